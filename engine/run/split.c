#include "split.h"

/* What a piece should touch of its input, so that it stays in a second-level cache of 512 KB beside
 * its weights and its output. */
enum { PIECE_BYTES = 96 << 10 };

/* A depthwise output of this size is still there for the 1x1 layer behind it; a bigger one is not.
 */
enum { FUSED_BYTES = 300 << 10 };

/* A piece per thread would wait for the slowest; a few more even that out. */
enum { PIECES_PER_THREAD = 4 };

static int divide_up(int a, int b)
{
    return (a + b - 1) / b;
}

static int clamp(int x, int lo, int hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

bool mn_split_fuses(const struct mn_layer *depthwise)
{
    return 4 * depthwise->out_size * depthwise->out_size * depthwise->out_channels > FUSED_BYTES;
}

struct mn_split mn_split_layer(const struct mn_layer *layer, bool fused, int panel,
                               const struct mn_plan_options *options)
{
    struct mn_split split = {.images = options->batch,
                             .rows = layer->out_size,
                             .channels = layer->out_channels,
                             .row_parts = 1,
                             .channel_parts = 1,
                             .panel = panel};
    int parts = options->threads == 1 ? 1 : options->threads * PIECES_PER_THREAD;
    bool is_matmul = layer->kind == MN_POINTWISE || layer->kind == MN_LINEAR;
    int row_bytes = 4 * layer->in_channels * (is_matmul && !fused ? 1 : layer->in_size);
    if (layer->kind == MN_POOL)
        return split;
    if (is_matmul && !fused) {
        split.rows *= options->batch * layer->out_size;
        split.images = 1;
    }
    split.row_parts = clamp(divide_up(split.rows * row_bytes, PIECE_BYTES), 1, split.rows);
    if (split.row_parts * split.images >= parts)
        return split;
    if (is_matmul && !fused)
        split.channel_parts =
            clamp(divide_up(parts, split.row_parts), 1, divide_up(split.channels, panel));
    else
        split.row_parts = clamp(divide_up(parts, split.images), 1, split.rows);
    return split;
}

int mn_split_most_rows(const struct mn_split *split)
{
    return divide_up(split->rows, split->row_parts);
}

int mn_split_pieces(const struct mn_split *split)
{
    return split->images * split->row_parts * split->channel_parts;
}

/* Where part `part` of `parts` even ones of `count` begins. */
static int cut(int count, int parts, int part)
{
    return (int)((int64_t)count * part / parts);
}

struct mn_piece mn_split_piece(const struct mn_split *split, int number)
{
    int channel_part = number % split->channel_parts;
    int row_part = number / split->channel_parts % split->row_parts;
    int panels = divide_up(split->channels, split->panel);
    int channel_end = cut(panels, split->channel_parts, channel_part + 1) * split->panel;
    return (struct mn_piece){
        .image = number / split->channel_parts / split->row_parts,
        .row_begin = cut(split->rows, split->row_parts, row_part),
        .row_end = cut(split->rows, split->row_parts, row_part + 1),
        .channel_begin = cut(panels, split->channel_parts, channel_part) * split->panel,
        .channel_end = channel_end < split->channels ? channel_end : split->channels,
    };
}
