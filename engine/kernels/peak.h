/* The body of the arithmetic limit, for whatever vector_*.h gives: chains of multiply-adds that
 * wait for nothing but themselves; twelve hide a latency of 4 or 5 cycles on two units. */
#ifndef MN_PEAK_H
#define MN_PEAK_H

#include "unroll.h"

static inline double run_peak(long rounds)
{
    enum { SUMS = 12 };
    const vector factor = repeat(0.999999F), term = repeat(1e-6F);
    vector sums[SUMS];
    for (int i = 0; i < SUMS; i++)
        sums[i] = repeat((float)i);
    for (long round = 0; round < rounds; round++) {
        MN_UNROLL_WHOLE
        for (int i = 0; i < SUMS; i++)
            sums[i] = multiply_add(sums[i], factor, term);
    }
    vector all = sums[0];
    for (int i = 1; i < SUMS; i++)
        all = add(all, sums[i]);
    float values[VECTOR];
    store(values, all);
    volatile float sink = values[0]; /* or the compiler sees that nobody looks */
    (void)sink;
    return (double)rounds * SUMS * VECTOR * 2;
}

#endif
