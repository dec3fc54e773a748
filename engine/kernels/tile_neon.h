/* NEON's tile of a matrix product: up to 7 rows (32-bit Arm: 4) by a panel of 8 output channels,
 * two vectors.
 *
 * A multiply-add can take one lane of a register as its factor. So four steps of the depth are
 * loaded at once for each row, and the lanes taken in turn: no input has to be broadcast. On
 * AArch64 14 sums, 7 inputs and the weights of one or two steps fill 23 to 25 of 32 registers; four
 * steps are 56 multiply-adds and 15 loads, which Cortex-A72 and A76 issue beside the multiply-adds.
 * With 8 rows gcc 12 runs short of registers and adds moves to the loop; and 7 divides the pixels
 * of every layer at 224 x 224. 32-bit Arm has 16 registers: 8 sums, 4 inputs, 4 weights. Its fused
 * multiply-add knows no lanes, so there the product is rounded before it is added; a broadcast for
 * each input instead loses a third of the speed, by llvm-mca. `make bench-arm` has the figures.
 *
 * A panel of 8 channels at the deepest layer (1024) is 32 KB and is streamed: 32 bytes a step feed
 * 14 multiply-adds. A last panel of 4 channels has one vector. Rows are dealt evenly, see deal.h.
 */
#ifndef MN_KERNELS_TILE_NEON_H
#define MN_KERNELS_TILE_NEON_H

#include <arm_neon.h>
#include <stddef.h>

#include "kernels_neon.h"
#include "unroll.h"

#ifdef __aarch64__
enum { MN_ROWS_NEON = 7 };
#else
enum { MN_ROWS_NEON = 4 };
#endif

struct mn_tile_neon {
    float32x4_t low[MN_ROWS_NEON], high[MN_ROWS_NEON]; /* high: of a panel of two vectors */
};

/* sum + weight * input[lane] */
static inline __attribute__((always_inline)) float32x4_t
mn_fma_lane_neon(float32x4_t sum, float32x4_t weight, float32x4_t input, int lane)
{
#ifdef __aarch64__
    switch (lane) {
    case 0:
        return vfmaq_laneq_f32(sum, weight, input, 0);
    case 1:
        return vfmaq_laneq_f32(sum, weight, input, 1);
    case 2:
        return vfmaq_laneq_f32(sum, weight, input, 2);
    default:
        return vfmaq_laneq_f32(sum, weight, input, 3);
    }
#else
    switch (lane) {
    case 0:
        return vmlaq_lane_f32(sum, weight, vget_low_f32(input), 0);
    case 1:
        return vmlaq_lane_f32(sum, weight, vget_low_f32(input), 1);
    case 2:
        return vmlaq_lane_f32(sum, weight, vget_high_f32(input), 0);
    default:
        return vmlaq_lane_f32(sum, weight, vget_high_f32(input), 1);
    }
#endif
}

/* In the functions below, `rows` and `vectors` (1 or 2) must be constants where they are called:
 * then the loops unroll, and the tile lives in registers. */
static inline __attribute__((always_inline)) void
mn_tile_start_neon(struct mn_tile_neon *tile, const float *bias, int rows, int vectors)
{
    MN_UNROLL_WHOLE
    for (int r = 0; r < rows; r++) {
        tile->low[r] = vld1q_f32(bias);
        if (vectors == 2)
            tile->high[r] = vld1q_f32(bias + 4);
    }
}

static inline __attribute__((always_inline)) void
mn_tile_add_neon(struct mn_tile_neon *tile, const float *input, size_t stride, size_t depth,
                 const float *weight, int rows, int vectors)
{
    const float *end = input + depth;
    for (; end - input >= 4; input += 4) {
        float32x4_t x[MN_ROWS_NEON];
        MN_UNROLL_WHOLE
        for (int r = 0; r < rows; r++)
            x[r] = vld1q_f32(input + (size_t)r * stride);
        MN_UNROLL_WHOLE
        for (int lane = 0; lane < 4; lane++, weight += MN_VECTOR_NEON * vectors) {
            float32x4_t low = vld1q_f32(weight), high = vectors == 2 ? vld1q_f32(weight + 4) : low;
            MN_UNROLL_WHOLE
            for (int r = 0; r < rows; r++) {
                tile->low[r] = mn_fma_lane_neon(tile->low[r], low, x[r], lane);
                if (vectors == 2)
                    tile->high[r] = mn_fma_lane_neon(tile->high[r], high, x[r], lane);
            }
        }
    }
#pragma GCC unroll 1
    for (; input < end; input++, weight += MN_VECTOR_NEON * vectors) {
        float32x4_t low = vld1q_f32(weight), high = vectors == 2 ? vld1q_f32(weight + 4) : low;
        MN_UNROLL_WHOLE
        for (int r = 0; r < rows; r++) {
            float32x4_t x = vld1q_dup_f32(input + (size_t)r * stride);
            tile->low[r] = vfmaq_f32(tile->low[r], low, x);
            if (vectors == 2)
                tile->high[r] = vfmaq_f32(tile->high[r], high, x);
        }
    }
}

/* The first `count` lanes (four, if there are more): nothing beyond them is read or written. */
static inline __attribute__((always_inline)) float32x4_t mn_load_neon(const float *from, int count)
{
    const float32x4_t zero = vdupq_n_f32(0);
    if (count >= 4)
        return vld1q_f32(from);
    if (count == 1)
        return vld1q_lane_f32(from, zero, 0);
    float32x4_t two = vcombine_f32(vld1_f32(from), vget_low_f32(zero));
    return count == 2 ? two : vld1q_lane_f32(from + 2, two, 2);
}

/* From where mn_tile_store_neon() puts them. */
static inline __attribute__((always_inline)) void mn_tile_load_neon(struct mn_tile_neon *tile,
                                                                    const float *output,
                                                                    size_t stride, int width,
                                                                    int rows, int vectors)
{
    MN_UNROLL_WHOLE
    for (int r = 0; r < rows; r++, output += stride) {
        tile->low[r] = vectors == 2 ? vld1q_f32(output) : mn_load_neon(output, width);
        if (vectors == 2)
            tile->high[r] = mn_load_neon(output + 4, width - 4);
    }
}

static inline __attribute__((always_inline)) void mn_store_neon(float *to, float32x4_t x, int count)
{
    if (count >= 4) {
        vst1q_f32(to, x);
        return;
    }
    if (count == 1) {
        vst1q_lane_f32(to, x, 0);
        return;
    }
    vst1_f32(to, vget_low_f32(x));
    if (count == 3)
        vst1q_lane_f32(to + 2, x, 2);
}

static inline __attribute__((always_inline)) void
mn_tile_store_neon(const struct mn_tile_neon *tile, float lo, float hi, float *output,
                   size_t stride, int width, int rows, int vectors)
{
    const float32x4_t least = vdupq_n_f32(lo), most = vdupq_n_f32(hi);
    MN_UNROLL_WHOLE
    for (int r = 0; r < rows; r++, output += stride) {
        float32x4_t low = vminq_f32(vmaxq_f32(tile->low[r], least), most);
        if (vectors == 1) {
            mn_store_neon(output, low, width);
            continue;
        }
        vst1q_f32(output, low);
        mn_store_neon(output + 4, vminq_f32(vmaxq_f32(tile->high[r], least), most), width - 4);
    }
}

#endif
