#include "packed.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "../base/block.h"

enum {
    PIECE_FLOATS = 1 << 15, /* 128 KB, and as much packed */
    MOST_PIECES = 2000,     /* of a layer */
};

/* Output channels of a layer: whole panels. */
struct piece {
    int layer, first, count;
};

struct mn_packed {
    struct mn_network network;
    const struct mn_kernels *kernels;
    float *weights; /* owned, all layers */
    const float *layer[MN_MAX_LAYERS];
    struct piece *pieces; /* owned */
    int piece_count;
    float *folded; /* owned: [threads][folded_floats], a piece's weights and biases */
    size_t folded_floats;
    atomic_bool failed;
};

static int taps(const struct mn_layer *layer)
{
    return layer->kind == MN_CONV || layer->kind == MN_DEPTHWISE ? 9 : 1;
}

/* How many input channels each output channel has weights for. */
static int weight_channels(const struct mn_layer *layer)
{
    return layer->kind == MN_DEPTHWISE ? 1 : layer->in_channels;
}

static size_t depth(const struct mn_layer *layer)
{
    return (size_t)weight_channels(layer) * (size_t)taps(layer);
}

static struct mn_packing packing(const struct mn_packed *packed, const struct mn_layer *layer)
{
    return layer->kind == MN_DEPTHWISE ? packed->kernels->depthwise : packed->kernels->dense;
}

static size_t layer_floats(const struct mn_packed *packed, const struct mn_layer *layer)
{
    return mn_packed_size(packing(packed, layer), weight_channels(layer), taps(layer),
                          layer->out_channels);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Channels of a piece: as many panels as PIECE_FLOATS hold, at least one. */
static int piece_channels(const struct mn_packed *packed, const struct mn_layer *layer)
{
    int panel = packing(packed, layer).panel;
    int panels = (layer->out_channels + panel - 1) / panel;
    int fitting = (int)(PIECE_FLOATS / ((size_t)panel * depth(layer)));
    int fewest = (panels + MOST_PIECES - 1) / MOST_PIECES;
    return panel * (fitting > fewest ? smaller(fitting, panels) : fewest);
}

/* Lists the pieces of a layer, or only counts them where there is no list yet. */
static void cut(struct mn_packed *packed, int number)
{
    const struct mn_layer *layer = &packed->network.layers[number];
    int channels = piece_channels(packed, layer);
    size_t floats = (size_t)channels * (depth(layer) + 1);
    if (floats > packed->folded_floats)
        packed->folded_floats = floats;
    for (int first = 0; first < layer->out_channels; first += channels) {
        struct piece piece = {number, first, smaller(channels, layer->out_channels - first)};
        if (packed->pieces)
            packed->pieces[packed->piece_count] = piece;
        packed->piece_count++;
    }
}

static void cut_all(struct mn_packed *packed)
{
    packed->piece_count = 0;
    for (int i = 0; i < packed->network.layer_count; i++)
        if (packed->network.layers[i].kind != MN_POOL)
            cut(packed, i);
}

static bool allocate(struct mn_packed *packed, uint64_t floats, int threads)
{
    cut_all(packed);
    packed->pieces = calloc((size_t)packed->piece_count, sizeof *packed->pieces);
    if (!packed->pieces)
        return false;
    cut_all(packed);
    packed->folded_floats = (size_t)mn_block_round_up(packed->folded_floats);
    packed->folded = mn_block_new((uint64_t)threads * packed->folded_floats);
    packed->weights = mn_block_new(floats);
    return packed->folded && packed->weights;
}

enum mn_status mn_packed_new(struct mn_packed **result, const struct mn_network *network,
                             const struct mn_kernels *kernels, int threads, struct mn_error *error)
{
    uint64_t offset[MN_MAX_LAYERS], floats = 0;
    struct mn_packed *packed = calloc(1, sizeof *packed);
    if (!packed)
        return mn_fail(error, MN_FAILED, "not enough memory for the network");
    packed->network = *network;
    packed->kernels = kernels;
    for (int i = 0; i < network->layer_count; i++) {
        offset[i] = floats;
        if (network->layers[i].kind != MN_POOL)
            floats += mn_block_round_up(layer_floats(packed, &network->layers[i]));
    }
    if (!allocate(packed, floats, threads)) {
        mn_packed_free(packed);
        return mn_fail(error, MN_FAILED,
                       "not enough memory for the network: its weights need %" PRIu64
                       " MB; try a smaller width",
                       floats * sizeof(float) >> 20);
    }
    for (int i = 0; i < network->layer_count; i++)
        packed->layer[i] = packed->weights + offset[i];
    *result = packed;
    return MN_OK;
}

void mn_packed_free(struct mn_packed *packed)
{
    if (!packed)
        return;
    free(packed->pieces);
    free(packed->folded);
    free(packed->weights);
    free(packed);
}

int mn_packed_pieces(const struct mn_packed *packed)
{
    return packed->piece_count;
}

void mn_packed_make(struct mn_packed *packed, const struct mn_model *model, int piece, int worker)
{
    const struct piece *part = &packed->pieces[piece];
    const struct mn_layer *layer = &packed->network.layers[part->layer];
    size_t weights = (size_t)part->count * depth(layer);
    size_t place = (size_t)(packed->layer[part->layer] - packed->weights);
    float *folded = packed->folded + (size_t)worker * packed->folded_floats;
    if (!mn_model_fold(model, part->layer, part->first, part->count, folded, folded + weights))
        atomic_store(&packed->failed, true);
    mn_pack(packing(packed, layer), folded, folded + weights, weight_channels(layer), taps(layer),
            part->count, packed->weights + place + (size_t)part->first * (depth(layer) + 1));
}

bool mn_packed_finish(struct mn_packed *packed)
{
    free(packed->folded);
    packed->folded = NULL;
    return !packed->failed;
}

const float *mn_packed_layer(const struct mn_packed *packed, int layer)
{
    return packed->layer[layer];
}
