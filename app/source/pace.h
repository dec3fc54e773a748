/* Keeps a file or the demo at its frame rate. */
#ifndef CAMLABEL_PACE_H
#define CAMLABEL_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    int64_t interval_ns; /* 0: as fast as possible */
    int64_t due_ns;      /* CLOCK_MONOTONIC of the next frame; 0 before the first */
};

int64_t monotonic_ns(void);

/* Waits until the next frame is due, or wake_fd is readable: then false. A taker that fell behind
 * by more than one frame is not made to catch up. */
bool pace_wait(struct pace *pace, int wake_fd);

/* Is wake_fd readable now? */
bool pace_woken(int wake_fd);

#endif
