/* Small loops over arrays of vectors, which are unrolled whole so that the arrays become registers.
 *
 * gcc wants a count, which may be larger than the loop's. clang 14 does not unroll by it before it
 * decides what lives in memory, and its network took three times as long; it has a word of its own.
 * A macro, because a pragma cannot be had otherwise. */
#ifndef MN_UNROLL_H
#define MN_UNROLL_H

#ifdef __clang__
#define MN_UNROLL_WHOLE _Pragma("clang loop unroll(full)")
#else
#define MN_UNROLL_WHOLE _Pragma("GCC unroll 17")
#endif

#endif
