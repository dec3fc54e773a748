/* Matrix product with AVX2 and FMA: 1x1 convolutions and the linear layer. Tile: tile_avx2.h;
 * packing: packing.h.
 *
 * The panel is the outer loop: it is read again for every tile of rows, and comes from the first-
 * or second-level cache. The caller keeps the rows of one call few enough for theirs to stay in the
 * second.
 *
 * In the deep layers a panel is used for few rows and was last read one picture ago, so it is
 * somewhere far away. The tiles of one panel fetch the next one meanwhile, each its share, a few
 * lines every 32 steps of the depth: 49 x 1024 x 1024 goes from 82 to 94 % of the limit, 16 x 256 x
 * 256 from 67 to 91. Behind a layer's last panel lie the next layer's weights. */
#include "tile_avx2.h"

enum { STEPS = 32, LEAST_DEPTH = 128, LINE = 16 };

/* A panel, and what to do beside it. */
struct panel {
    const struct mn_matmul_args *args;
    const float *bias; /* [vectors * 8], the weights behind it */
    int channel;
    const float *ahead; /* to be fetched: the lines of the next panel that are left, */
    int lines;          /* this many of them every STEPS steps */
};

static inline __attribute__((always_inline)) void tile(struct panel *panel, int row, int rows,
                                                       int vectors)
{
    const struct mn_matmul_args *args = panel->args;
    const size_t depth = (size_t)args->in_channels, stride = (size_t)args->output_stride;
    const float *input = args->input + (size_t)row * depth;
    const float *weight = panel->bias + MN_VECTOR_AVX2 * vectors;
    struct mn_tile_avx2 sums;
    mn_tile_start_avx2(&sums, panel->bias, rows, vectors);
    if (panel->lines == 0)
        mn_tile_add_avx2(&sums, input, depth, depth, weight, rows, vectors);
    for (size_t i = 0; i < depth && panel->lines > 0; i += STEPS) {
        for (int l = 0; l < panel->lines; l++, panel->ahead += LINE)
            _mm_prefetch((const char *)panel->ahead, _MM_HINT_T1);
        mn_tile_add_avx2(&sums, input + i, depth, depth - i < STEPS ? depth - i : STEPS,
                         weight + i * (size_t)(MN_VECTOR_AVX2 * vectors), rows, vectors);
    }
    mn_tile_store_avx2(&sums, args->lo, args->hi,
                       args->output + (size_t)row * stride + panel->channel, stride,
                       args->out_channels - panel->channel, rows, vectors);
}

/* 7 and 8 rows only come with one vector. */
static inline __attribute__((always_inline)) void any_tile(struct panel *panel, int row, int rows,
                                                           int vectors)
{
    switch (rows) {
    case 8:
        tile(panel, row, 8, 1);
        break;
    case 7:
        tile(panel, row, 7, 1);
        break;
    case 6:
        tile(panel, row, 6, vectors);
        break;
    case 5:
        tile(panel, row, 5, vectors);
        break;
    case 4:
        tile(panel, row, 4, vectors);
        break;
    case 3:
        tile(panel, row, 3, vectors);
        break;
    case 2:
        tile(panel, row, 2, vectors);
        break;
    default:
        tile(panel, row, 1, vectors);
    }
}

void mn_pointwise_avx2(const struct mn_matmul_args *args)
{
    const size_t depth = (size_t)args->in_channels;
    for (int channel = 0; channel < args->out_channels; channel += MN_PANEL_AVX2) {
        bool wide = args->out_channels - channel > MN_VECTOR_AVX2;
        int most = wide ? MN_ROWS_AVX2 : MN_NARROW_ROWS_AVX2;
        int tiles = (args->rows + most - 1) / most;
        struct panel panel = {
            .args = args,
            .bias = args->packed + (size_t)channel * (1 + depth),
            .channel = channel,
            .lines = args->in_channels < LEAST_DEPTH || args->rows == 1
                         ? 0
                         : (STEPS + tiles - 1) / tiles,
        };
        panel.ahead = panel.bias + MN_PANEL_AVX2 * (1 + depth);
        for (int row = 0, rows; row < args->rows; row += rows) {
            rows = (args->rows - row) / tiles--;
            if (wide)
                any_tile(&panel, row, rows, 2);
            else
                any_tile(&panel, row, rows, 1);
        }
    }
}
