/* A pipe as a FILE whose reader can be woken: bytes come when they come. */
#ifndef CAMLABEL_PIPE_H
#define CAMLABEL_PIPE_H

#include <stdbool.h>
#include <stdio.h>

struct pipe {
    int fd;
    int wake_fd; /* once it is readable reading fails; -1: nobody wakes. Its reader sets it */
    bool woken;  /* that is why it failed */
};

/* A stream that reads from pipe->fd, which may be non-blocking; fclose() closes both. The pipe must
 * outlive it. NULL when memory runs out. */
FILE *pipe_open(struct pipe *pipe);

#endif
