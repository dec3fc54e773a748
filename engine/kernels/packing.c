/* Packing is a transposition: weights lie [out][depth], panels want [depth][out]. Four by four at a
 * time in registers it costs a third of the time of one by one, which is felt when a program starts
 * for one picture. The vector type is GNU C's and works on every CPU. */
#include "packing.h"

#include <string.h>

typedef float float4 __attribute__((vector_size(16), aligned(4), may_alias));

static int round_up(int count, int multiple)
{
    return (count + multiple - 1) / multiple * multiple;
}

size_t mn_packed_size(struct mn_packing packing, int in_channels, int taps, int out_channels)
{
    return (size_t)round_up(out_channels, packing.vector) *
           (1 + (size_t)in_channels * (size_t)taps);
}

/* to[i * to_row + j] = from[j * from_row + i], for i, j < 4. */
static void transpose_4x4(const float *from, size_t from_row, float *to, size_t to_row)
{
    const float4 a = *(const float4 *)from, b = *(const float4 *)(from + from_row);
    const float4 c = *(const float4 *)(from + 2 * from_row),
                 d = *(const float4 *)(from + 3 * from_row);
    const float4 ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const float4 ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const float4 cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const float4 cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    *(float4 *)to = __builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5);
    *(float4 *)(to + to_row) = __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7);
    *(float4 *)(to + 2 * to_row) = __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
    *(float4 *)(to + 3 * to_row) = __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

/* A panel to be packed. The weights of output channel j for depth step (tap, i) lie at
 * source[j * depth + i * taps + tap]. */
struct block {
    const float *source;
    size_t in_channels, taps, depth;
    int count, width; /* channels that exist; channels of the packed panel */
};

static void pack_one_by_one(const struct block *block, size_t i_begin, int j_begin, int j_end,
                            float *packed)
{
    size_t width = (size_t)block->width;
    for (size_t tap = 0; tap < block->taps; tap++)
        for (size_t i = i_begin; i < block->in_channels; i++)
            for (int j = j_begin; j < j_end; j++)
                packed[(tap * block->in_channels + i) * width + (size_t)j] =
                    j < block->count
                        ? block->source[(size_t)j * block->depth + i * block->taps + tap]
                        : 0;
}

/* The block's biases and weights; returns the panel's end. */
static float *pack_panel(const struct block *block, const float *bias, float *packed)
{
    size_t width = (size_t)block->width;
    for (int j = 0; j < block->width; j++)
        *packed++ = bias && j < block->count ? bias[j] : 0;
    /* Whole squares: only where neighbours in the depth are neighbours in memory. */
    size_t i_end = block->taps == 1 ? block->in_channels / 4 * 4 : 0;
    int j_end = i_end > 0 ? block->count / 4 * 4 : 0;
    for (int j = 0; j < j_end; j += 4)
        for (size_t i = 0; i < i_end; i += 4)
            transpose_4x4(block->source + (size_t)j * block->depth + i, block->depth,
                          packed + i * width + (size_t)j, width);
    pack_one_by_one(block, 0, j_end, block->width, packed);
    pack_one_by_one(block, i_end, 0, j_end, packed);
    return packed + block->depth * width;
}

void mn_pack(struct mn_packing packing, const float *weight, const float *bias, int in_channels,
             int taps, int out_channels, float *packed)
{
    struct block block = {.in_channels = (size_t)in_channels,
                          .taps = (size_t)taps,
                          .depth = (size_t)in_channels * (size_t)taps};
    for (int first = 0; first < out_channels; first += packing.panel) {
        int rest = out_channels - first;
        block.source = weight + (size_t)first * block.depth;
        block.count = rest < packing.panel ? rest : packing.panel;
        block.width = round_up(block.count, packing.vector);
        packed = pack_panel(&block, bias ? bias + first : NULL, packed);
    }
}

/* Zeros behind the channels that exist. */
static float *copy_row(const float *from, int count, int width, float *to)
{
    int j = 0;
    for (; j + 4 <= count; j += 4)
        *(float4 *)(to + j) = *(const float4 *)(from + j);
    for (; j < width; j++)
        to[j] = j < count ? from[j] : 0;
    return to + width;
}

void mn_pack_transposed(struct mn_packing packing, const float *weight, int first, int rows,
                        int in_channels, int out_channels, float *packed)
{
    for (int channel = 0; channel < out_channels; channel += packing.panel) {
        int rest = out_channels - channel, count = rest < packing.panel ? rest : packing.panel;
        int width = round_up(count, packing.vector);
        float *to = packed + (size_t)(1 + first) * (size_t)width;
        if (first == 0)
            memset(packed, 0, (size_t)width * sizeof *packed);
        for (int i = 0; i < rows; i++)
            to = copy_row(weight + (size_t)i * (size_t)out_channels + channel, count, width, to);
        packed += (1 + (size_t)in_channels) * (size_t)width;
    }
}

/* Sixteen columns at a time: whole lines are read, and as many written side by side. */
void mn_transpose(const float *from, size_t rows, size_t columns, float *to, size_t to_row)
{
    enum { SQUARE = 4, LINE = 16 };
    size_t whole_rows = rows / SQUARE * SQUARE, whole_columns = columns / SQUARE * SQUARE;
    for (size_t j = 0; j < whole_columns; j += LINE) {
        size_t end = j + LINE < whole_columns ? j + LINE : whole_columns;
        for (size_t i = 0; i < whole_rows; i += SQUARE)
            for (size_t k = j; k < end; k += SQUARE)
                transpose_4x4(from + i * columns + k, columns, to + k * to_row + i, to_row);
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t j = i < whole_rows ? whole_columns : 0; j < columns; j++)
            to[j * to_row + i] = from[i * columns + j];
}
