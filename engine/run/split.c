#include "split.h"

#include <stdint.h>

#include "pool.h"

enum {
    /* Depthwise rows of a block that stay in the first cache levels until the 1x1 layer has
     * consumed them, beside a panel of weights. */
    BLOCK_BYTES = 96 << 10,
    /* Input of a matrix product that stays in a second level of 512 KB while panel after panel goes
     * over it. */
    MATMUL_BYTES = 416 << 10,
    /* Weights that are read again for every few rows must stay in the second level; bigger ones are
     * better read once, for all rows of the picture. */
    FUSED_WEIGHT_BYTES = 300 << 10,
    /* With bigger weights, threads may share rows or channels. With rows, each reads all weights,
     * which are fetched ahead; with channels, all rows, and those that another core has just
     * written come late. So rows, if a panel of weights serves so many pixels at a time, and
     * each thread has so many pieces. */
    BLOCK_PIXELS = 36,
    BLOCK_PIECES = 2,
    /* Some channels of all pixels that stay in the first level between the halves of a bridge. */
    BRIDGE_BYTES = 26 << 10,
    /* More pieces than threads even out a busy neighbour; a piece must be worth taking: this much
     * is some 5 µs. */
    PIECES_PER_THREAD = 4,
    PIECE_MULT_ADDS = 200000,
};

static int divide_up(int64_t a, int64_t b)
{
    return (int)((a + b - 1) / b);
}

static int clamp(int x, int lo, int hi)
{
    return x < lo ? lo : x > hi ? hi : x;
}

static bool has_small_weights(const struct mn_layer *layer)
{
    return 4 * mn_layer_weight_count(layer) <= FUSED_WEIGHT_BYTES;
}

/* Better a few rows at a time, while they are in the first cache levels? */
static bool is_block(const struct mn_layer *first, const struct mn_layer *second, int threads)
{
    int pixels = second->out_size * second->out_size;
    bool shares_rows = threads > 1 && pixels / BLOCK_PIXELS >= BLOCK_PIECES * threads;
    return first->kind == MN_DEPTHWISE && (has_small_weights(second) || shares_rows);
}

static int64_t input_bytes(const struct mn_layer *layer)
{
    return (int64_t)4 * layer->in_size * layer->in_size * layer->in_channels;
}

/* Better some channels at a time, while they are in the first level? */
static bool is_bridge(const struct mn_layer *first, const struct mn_layer *second)
{
    return first->kind == MN_POINTWISE && second->kind == MN_DEPTHWISE &&
           input_bytes(first) <= MATMUL_BYTES &&
           input_bytes(second) / second->in_channels * MN_BRIDGE_CHANNELS <= BRIDGE_BYTES;
}

int mn_split_layers(const struct mn_layer *first, int left, const struct mn_plan_options *options)
{
    bool pair = left > 1 && !options->unfused &&
                (is_block(first, first + 1, options->threads) || is_bridge(first, first + 1));
    return pair ? 2 : 1;
}

/* At least `least` parts of `count`; where there is such a number below twice that, all of one
 * size, and as many for each thread. */
static int even_parts(int count, int least, int threads)
{
    least = clamp(least, 1, count);
    for (int parts = least; parts <= count && parts < 2 * least && threads > 1; parts++)
        if (count % parts == 0 && parts % threads == 0)
            return parts;
    return least;
}

/* How many pieces the threads want of a step with so much work. */
static int wanted_pieces(int64_t mult_adds, int threads)
{
    if (threads == 1)
        return 1;
    int64_t worth_taking = mult_adds / PIECE_MULT_ADDS;
    int most = threads * PIECES_PER_THREAD;
    return worth_taking < threads ? threads : worth_taking < most ? (int)worth_taking : most;
}

static struct mn_split split_rows(const struct mn_layer *layer, int bytes_per_piece, int wanted,
                                  const struct mn_plan_options *options)
{
    int64_t row_bytes = (int64_t)4 * layer->in_size * layer->in_channels;
    int for_cache = divide_up(layer->out_size * row_bytes, bytes_per_piece);
    int for_threads = divide_up(wanted, options->batch);
    return (struct mn_split){
        .images = options->batch,
        .rows = layer->out_size,
        .channels = layer->out_channels,
        .row_parts = even_parts(layer->out_size, for_cache > for_threads ? for_cache : for_threads,
                                options->threads),
        .channel_parts = 1,
        .panel = 1,
    };
}

/* Rows for the cache, channels for the threads: then each reads its own weights only. */
static struct mn_split split_matmul(const struct mn_layer *layer, int panel, int wanted,
                                    const struct mn_plan_options *options)
{
    int rows = options->batch * layer->out_size * layer->out_size;
    int row_parts = divide_up((int64_t)rows * 4 * layer->in_channels, MATMUL_BYTES);
    int panels = divide_up(layer->out_channels, panel);
    row_parts = clamp(row_parts, 1, rows);
    return (struct mn_split){
        .images = 1,
        .rows = rows,
        .channels = layer->out_channels,
        .row_parts = row_parts,
        .channel_parts = even_parts(panels, divide_up(wanted, row_parts), options->threads),
        .panel = panel,
    };
}

/* All rows of some channels: the depthwise half needs its pixels' neighbours. */
static struct mn_split split_bridge(const struct mn_layer *layer, int wanted,
                                    const struct mn_plan_options *options)
{
    int groups = divide_up(layer->out_channels, MN_BRIDGE_CHANNELS);
    int parts = even_parts(groups, divide_up(wanted, options->batch), options->threads);
    return (struct mn_split){
        .images = options->batch,
        .rows = layer->out_size,
        .channels = layer->out_channels,
        .row_parts = 1,
        .channel_parts = clamp(parts, 1, MN_MAX_PIECES / options->batch),
        .panel = MN_BRIDGE_CHANNELS,
    };
}

static struct mn_split split_step(const struct mn_layer *first, const struct mn_layer *last,
                                  int panel, const struct mn_plan_options *options)
{
    int64_t mult_adds = (first == last ? 0 : first->mult_adds) + last->mult_adds;
    int wanted = wanted_pieces(mult_adds * options->batch, options->threads);
    if (last->kind == MN_POOL)
        return (struct mn_split){.images = options->batch,
                                 .rows = 1,
                                 .channels = last->out_channels,
                                 .row_parts = 1,
                                 .channel_parts = 1,
                                 .panel = 1};
    if (first->kind == MN_POINTWISE && last->kind == MN_DEPTHWISE)
        return split_bridge(last, wanted, options);
    if (first->kind == MN_POINTWISE || first->kind == MN_LINEAR)
        return split_matmul(last, panel, wanted, options);
    if (first != last && !has_small_weights(last))
        return split_rows(last, MATMUL_BYTES, BLOCK_PIECES * options->threads, options);
    return split_rows(last, BLOCK_BYTES, wanted, options);
}

struct mn_split mn_split_step(const struct mn_layer *first, const struct mn_layer *last, int panel,
                              const struct mn_plan_options *options)
{
    struct mn_split split = split_step(first, last, panel, options);
    int most = MN_MAX_PIECES / (split.images * split.channel_parts);
    split.row_parts = clamp(split.row_parts, 1, most);
    split.near_weights = has_small_weights(last);
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
