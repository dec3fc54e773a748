/* Big blocks ask for big pages: weights are streamed for every picture, a learner's activations for
 * every batch, and then a page of 4 KB every 64 lines costs up to 5 % of the deep layers' time, and
 * a fault each when it is first touched. */
#include "block.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ALIGNMENT = MN_BLOCK_ALIGNED_FLOATS * sizeof(float),
    BIG_PAGE = 2 << 20,
};

uint64_t mn_block_round_up(uint64_t floats)
{
    return (floats + MN_BLOCK_ALIGNED_FLOATS - 1) / MN_BLOCK_ALIGNED_FLOATS *
           MN_BLOCK_ALIGNED_FLOATS;
}

float *mn_block_new(uint64_t floats)
{
    if (floats > (SIZE_MAX - 2 * BIG_PAGE) / sizeof(float)) /* a wide network on 32 bits */
        return NULL;
    size_t used = (size_t)mn_block_round_up(floats) * sizeof(float);
    size_t alignment = used < BIG_PAGE ? ALIGNMENT : BIG_PAGE;
    float *block = aligned_alloc(alignment, (used + alignment - 1) / alignment * alignment);
    if (block &&
        used >= BIG_PAGE) /* advice: what comes back does not matter; the end stays small */
        madvise(block, used / BIG_PAGE * BIG_PAGE, MADV_HUGEPAGE);
    return block;
}

float *mn_block_zeroed(uint64_t floats)
{
    float *block = mn_block_new(floats ? floats : 1);
    if (block)
        memset(block, 0, (size_t)floats * sizeof *block);
    return block;
}
