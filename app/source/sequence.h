/* A driver's 32-bit frame counter, made the 64-bit frame number of a source. */
#ifndef CAMLABEL_SEQUENCE_H
#define CAMLABEL_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

struct sequence {
    bool started;
    uint32_t last;   /* the driver's counter */
    uint64_t number; /* ours: counts from 0, gaps are kept */
};

/* The number of the frame that the driver counts as `counter`. It grows with every call: over the
 * wrap at 2^32, and by one where the counter stands still or goes back (drivers that do not count,
 * streams that start anew). Start with a zeroed struct. */
uint64_t sequence_next(struct sequence *sequence, uint32_t counter);

#endif
