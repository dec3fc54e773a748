#include "pace.h"

#include <poll.h>
#include <stddef.h>
#include <time.h>

int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Waits for wake_fd at most `ns`; true if it became readable. */
static bool wait_readable(int wake_fd, int64_t ns)
{
    struct pollfd poll_fd = {.fd = wake_fd, .events = POLLIN};
    struct timespec timeout = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    int ready = ppoll(&poll_fd, 1, &timeout, NULL);
    return ready > 0;
}

bool pace_woken(int wake_fd)
{
    return wait_readable(wake_fd, 0);
}

bool pace_wait(struct pace *pace, int wake_fd)
{
    int64_t now = monotonic_ns();
    if (pace->interval_ns == 0)
        return !pace_woken(wake_fd);
    if (pace->due_ns == 0 || now - pace->due_ns > pace->interval_ns)
        pace->due_ns = now;
    while (now < pace->due_ns) {
        if (wait_readable(wake_fd, pace->due_ns - now))
            return false;
        now = monotonic_ns();
    }
    pace->due_ns += pace->interval_ns;
    return !pace_woken(wake_fd);
}
