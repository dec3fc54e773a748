/* Vectors of this file's instruction set, where a loop is not left to the compiler: it might not
 * make vectors of it, or keep its sums in memory. */
#ifndef MN_LANES_H
#define MN_LANES_H

#include <stddef.h>
#include <string.h>

/* As many floats as a register holds. GNU C's vectors: they may lie anywhere. */
#if defined __AVX512F__
enum { LANES = 16 };
#elif defined __AVX__
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
typedef float lanes __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int masks __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

static inline lanes some_lanes(const float *from, size_t count)
{
    lanes x = {0};
    if (count == LANES)
        return *(const lanes *)from;
    memcpy(&x, from, count * sizeof *from);
    return x;
}

static inline void store_lanes(float *to, lanes x, size_t count)
{
    if (count == LANES)
        *(lanes *)to = x;
    else
        memcpy(to, &x, count * sizeof *to);
}

#endif
