#include "pipe.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "pace.h"

/* For poll(). */
static int left_ms(const struct pipe *pipe)
{
    const int64_t ms = 1000000, most = 1 << 30;
    if (!pipe->until_ns)
        return -1; /* for ever */
    int64_t left = (pipe->until_ns - monotonic_ns() + ms - 1) / ms;
    return left < 0 ? 0 : (int)(left < most ? left : most);
}

static ssize_t wait_and_read(void *cookie, char *buffer, size_t size)
{
    struct pipe *pipe = cookie;
    for (;;) {
        struct pollfd fds[] = {{.fd = pipe->fd, .events = POLLIN},
                               {.fd = pipe->wake_fd, .events = POLLIN}};
        int ready = poll(fds, 2, left_ms(pipe));
        if (ready < 0 && errno != EINTR)
            return -1;
        pipe->woken = ready > 0 && fds[1].revents;
        pipe->late = ready == 0 && left_ms(pipe) == 0;
        if (pipe->woken || pipe->late) {
            errno = pipe->woken ? EINTR : ETIMEDOUT;
            return -1;
        }
        ssize_t got = fds[0].revents ? read(pipe->fd, buffer, size) : -1;
        if (got >= 0 || (fds[0].revents && errno != EINTR && errno != EAGAIN))
            return got;
    }
}

static int close_fd(void *cookie)
{
    const struct pipe *pipe = cookie;
    return close(pipe->fd);
}

FILE *pipe_open(struct pipe *pipe)
{
    return fopencookie(pipe, "rb",
                       (cookie_io_functions_t){.read = wait_and_read, .close = close_fd});
}
