/* Memory for floats that are streamed from one end to the other. */
#ifndef MN_BLOCK_H
#define MN_BLOCK_H

#include <stdint.h>

enum { MN_BLOCK_ALIGNED_FLOATS = 16 /* 64 bytes: a line of the cache, the largest vector */ };

/* The next multiple of MN_BLOCK_ALIGNED_FLOATS. */
uint64_t mn_block_round_up(uint64_t floats);

/* Room for so many floats, aligned as above, not initialised; the caller's: free(). NULL if there
 * is no memory. */
float *mn_block_new(uint64_t floats);

/* The same, of zeros, and of one float where none is asked for. */
float *mn_block_zeroed(uint64_t floats);

#endif
