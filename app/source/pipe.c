#include "pipe.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

static ssize_t wait_and_read(void *cookie, char *buffer, size_t size)
{
    struct pipe *pipe = cookie;
    for (;;) {
        struct pollfd fds[] = {{.fd = pipe->fd, .events = POLLIN},
                               {.fd = pipe->wake_fd, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return -1;
        if (fds[1].revents) {
            pipe->woken = true;
            errno = EINTR;
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
