/* A pipe as a FILE whose reader can be woken: bytes come when they come. */
#ifndef CAMLABEL_PIPE_H
#define CAMLABEL_PIPE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Once wake_fd is readable, or the time is over, reading fails. The reader sets both. */
struct pipe {
    int fd;
    int wake_fd;      /* -1: nobody wakes */
    int64_t until_ns; /* of monotonic_ns(); 0: no end */
    bool woken, late; /* why it failed */
};

/* A stream that reads from pipe->fd, which may be non-blocking; fclose() closes both. The pipe must
 * outlive it. NULL when memory runs out. */
FILE *pipe_open(struct pipe *pipe);

#endif
