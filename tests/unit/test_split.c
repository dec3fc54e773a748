/* How steps are cut: the pieces of every layer of many networks cover all of its output, each part
 * once, whatever the threads and the batch. */
#include <stdbool.h>

#include "../../engine/run/pool.h"
#include "../../engine/run/split.h"
#include "../support.h"

enum { MOST_THREADS = 8 };

/* What is walked through, for the message of a failure. */
struct where {
    const struct mn_network *network;
    const struct mn_layer *first, *layer; /* of a step: the same, or two */
    struct mn_plan_options options;
    int panel;
};

static void fail_at(const struct where *where, const char *what, int number)
{
    fail_msg("%s: piece %d of %s, width %g, %d px, panel %d, %d threads, batch %d", what, number,
             where->layer->name, where->network->spec.width, where->network->spec.resolution,
             where->panel, where->options.threads, where->options.batch);
}

static void require(bool holds, const struct where *where, const char *what, int number)
{
    if (!holds)
        fail_at(where, what, number);
}

/* Pieces come in the order image, rows, channels. So they are disjoint and complete if each begins
 * where the one before it ends, like the digits of a counter. */
static void check_cover(const struct where *where, const struct mn_split *split)
{
    int pieces = mn_split_pieces(split), image = 0, row = 0, row_end = 0, channel = 0;
    for (int i = 0; i < pieces; i++) {
        struct mn_piece piece = mn_split_piece(split, i);
        bool begins_rows = channel == 0;
        require(piece.image == image, where, "another image", i);
        require(piece.row_begin == row && piece.row_end > row && piece.row_end <= split->rows,
                where, "other rows", i);
        require(begins_rows || piece.row_end == row_end, where, "a step in the rows", i);
        require(piece.channel_begin == channel && piece.channel_end > channel &&
                    piece.channel_end <= split->channels,
                where, "other channels", i);
        require(piece.channel_begin % split->panel == 0, where, "a panel is cut", i);
        require(piece.row_end - piece.row_begin <= mn_split_most_rows(split), where,
                "more rows than the scratch buffer is made for", i);
        row_end = piece.row_end;
        channel = piece.channel_end == split->channels ? 0 : piece.channel_end;
        row = channel != 0 ? row : row_end == split->rows ? 0 : row_end;
        image += channel == 0 && row == 0;
    }
    require(image == split->images && row == 0 && channel == 0, where, "something is left", pieces);
}

/* Does the split speak of the whole layer? A matrix product has the pixels of all pictures for
 * rows, everything else the rows of each picture; a bridge and pool have all rows in one piece. */
static void check_extent(const struct where *where, const struct mn_split *split)
{
    const struct mn_layer *layer = where->layer;
    bool fused = where->first != layer, is_bridge = fused && layer->kind == MN_DEPTHWISE;
    bool is_matmul = !fused && (layer->kind == MN_POINTWISE || layer->kind == MN_LINEAR);
    int64_t pixels = (int64_t)layer->out_size * layer->out_size * where->options.batch;
    require(split->channels == layer->out_channels, where, "channels", 0);
    require(split->images == (is_matmul ? 1 : where->options.batch), where, "images", 0);
    if (is_matmul)
        require(split->rows == pixels, where, "rows", 0);
    else
        require(split->rows == layer->out_size, where, "rows", 0);
    require(!is_matmul || split->panel == where->panel, where, "panel", 0);
    require(!is_bridge || split->row_parts == 1, where, "rows of a bridge", 0);
    require(!is_bridge || split->panel % where->panel == 0, where, "panels of a bridge", 0);
    require(is_matmul || is_bridge || split->channel_parts == 1, where, "channels of a 3x3 layer",
            0);
}

static void check_step(const struct where *where)
{
    struct mn_split split =
        mn_split_step(where->first, where->layer, where->panel, &where->options);
    int64_t pieces = (int64_t)split.images * split.row_parts * split.channel_parts;
    require(pieces >= 1 && pieces <= MN_MAX_PIECES, where, "number of pieces", (int)pieces);
    require(mn_split_pieces(&split) == pieces, where, "number of pieces", (int)pieces);
    check_extent(where, &split);
    check_cover(where, &split);
}

static struct mn_network network_of(double width, int resolution, bool standard)
{
    struct mn_network_spec spec = {.width = width,
                                   .resolution = resolution,
                                   .classes = 1001,
                                   .channel_divisor = 1,
                                   .activation = MN_RELU6,
                                   .standard = standard};
    struct mn_network network;
    struct mn_error error;
    if (mn_network_build(&network, &spec, &error))
        fail_msg("%s", error.message);
    return network;
}

static void check_network(const struct mn_network *network, int panel,
                          struct mn_plan_options options)
{
    struct where where = {.network = network, .options = options, .panel = panel};
    int layers = network->layer_count;
    for (int unfused = 0; unfused < 2; unfused++)
        for (int i = 0, count; i < layers; i += count) {
            where.options.unfused = unfused;
            where.first = &network->layers[i];
            count = mn_split_layers(where.first, layers - i, &where.options);
            require(count == 1 || (count == 2 && i + 1 < layers && !unfused), &where,
                    "layers of a step", count);
            where.layer = where.first + count - 1;
            check_step(&where);
        }
}

static const double widths[] = {0.25, 0.33, 1, 1.3};
static const int resolutions[] = {32, 96, 160, 224, 512};
static const int panels[] = {8, 16, 32};
enum { WIDTHS = 4, RESOLUTIONS = 5, PANELS = 3 };

static void pieces_cover_every_layer_once(void **state)
{
    (void)state;
    for (int w = 0; w < WIDTHS; w++)
        for (int r = 0; r < RESOLUTIONS; r++) {
            struct mn_network network = network_of(widths[w], resolutions[r], false);
            for (int threads = 1; threads <= MOST_THREADS; threads++)
                for (int batch = 1; batch <= 3; batch++)
                    for (int p = 0; p < PANELS; p++)
                        check_network(&network, panels[p],
                                      (struct mn_plan_options){.threads = threads, .batch = batch});
        }
}

static void so_do_those_of_the_standard_twin(void **state)
{
    (void)state;
    struct mn_network network = network_of(1, 224, true);
    for (int threads = 1; threads <= MOST_THREADS; threads++)
        check_network(&network, 16, (struct mn_plan_options){.threads = threads, .batch = 2});
}

/* Blocks or bridges, by how many rows there are for each thread; and pieces enough for a busy
 * neighbour to matter little. */
static void threads_share_rows_where_there_are_enough(void **state)
{
    (void)state;
    static const struct {
        int resolution, threads;
        bool block;
    } cases[] = {{224, 1, false}, {224, 2, true}, {224, 4, false}, {192, 2, true},
                 {160, 2, false}, {256, 3, true}, {448, 4, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mn_network network = network_of(1, cases[i].resolution, false);
        struct mn_plan_options options = {.threads = cases[i].threads, .batch = 1};
        const struct mn_layer *layer = network.layers;
        while (layer->kind != MN_DEPTHWISE || layer->out_channels < 512 || layer->stride != 1)
            layer++;
        int left = network.layer_count - (int)(layer - network.layers);
        assert_int_equal(mn_split_layers(layer, left, &options), cases[i].block ? 2 : 1);
        if (!cases[i].block)
            continue;
        struct mn_split split = mn_split_step(layer, layer + 1, 32, &options);
        assert_true(mn_split_pieces(&split) >= 2 * options.threads);
        assert_false(split.near_weights);
    }
}

/* Numbers of rows, bytes and pieces that an int, or a ticket of the pool, does not hold. */
static void the_biggest_batch_is_cut_too(void **state)
{
    (void)state;
    static const double wide[] = {0.25, 1, 16, 1};
    static const int large[] = {MN_MAX_RESOLUTION, MN_MAX_RESOLUTION, MN_MAX_RESOLUTION, 224};
    for (int w = 0; w < 4; w++) {
        struct mn_network network = network_of(wide[w], large[w], false);
        for (int threads = 1; threads <= MN_MAX_THREADS; threads *= 2) {
            struct mn_plan_options options = {.threads = threads, .batch = MN_MAX_BATCH};
            check_network(&network, 8, options);
            options.batch = 771; /* at which 3x3 layers of 512 pixels used to overflow */
            check_network(&network, 32, options);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_cover_every_layer_once),
        cmocka_unit_test(so_do_those_of_the_standard_twin),
        cmocka_unit_test(threads_share_rows_where_there_are_enough),
        cmocka_unit_test(the_biggest_batch_is_cut_too),
    };
    return cmocka_run_group_tests_name("split", tests, NULL, NULL);
}
