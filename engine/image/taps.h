/* Tap tables: how much of which samples makes each output of a one-dimensional resampling. */
#ifndef MN_TAPS_H
#define MN_TAPS_H

#include <stdbool.h>

struct mn_taps {
    int outputs, tap_count;
    int *first;    /* [outputs]: index of the first sample */
    float *weight; /* [outputs][tap_count]: sums to 1; unused ones are 0 at either end */
};

/* Samples the crop begin … end of a line of `samples` samples at `outputs` evenly spaced points.
 * Sample i covers i … i + 1. Triangle filter of half-width max(1, (end - begin) / outputs), which
 * reaches over the ends of the crop but not of the line. The crop is at least half a sample wide;
 * its ends may lie up to a quarter of a sample outside of the line. first + tap_count <= samples.
 * Start with a zeroed struct; an older table in it is freed. False when memory runs out, or
 * for counts below 1. */
bool mn_taps_build(struct mn_taps *taps, double begin, double end, int samples, int outputs);
void mn_taps_free(struct mn_taps *taps); /* leaves it zeroed */

#endif
