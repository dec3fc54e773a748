/* The body of the matrix product, for whatever vector_*.h gives. Tile: tile.h; packing: packing.h.
 *
 * The panel is the outer loop: it is read again for every tile of rows, and comes from the first-
 * or second-level cache. The caller keeps the rows of one call few enough for theirs to stay in the
 * second.
 *
 * In the deep layers a panel is used for few rows and was last read one picture ago, so it is
 * somewhere far away. The tiles of one panel fetch the next one meanwhile, each its share. Behind a
 * layer's last panel lie the next layer's weights. In the wide layers the weights are near, and the
 * caller says what is far away. */
#ifndef MN_POINTWISE_H
#define MN_POINTWISE_H

#include <stdbool.h>

#include "kernels.h"
#include "tile.h"

enum { LEAST_DEPTH = 128 };

/* A panel, and what to fetch meanwhile. */
struct panel {
    const struct mn_matmul_args *args;
    const float *bias; /* [vectors * VECTOR], the weights behind it */
    int channel;
    struct fetch fetch;
};

static inline __attribute__((always_inline)) void run_tile(struct panel *panel, int row, int rows,
                                                           int vectors, bool accumulate)
{
    const struct mn_matmul_args *args = panel->args;
    const size_t depth = (size_t)args->in_channels, stride = (size_t)args->output_stride;
    const size_t input_stride = (size_t)args->input_stride;
    const float *input = args->input + (size_t)row * input_stride;
    struct sums sums;
    if (accumulate)
        load_sums(&sums, args->output + (size_t)row * stride + panel->channel, stride,
                  args->out_channels - panel->channel, rows, vectors);
    else
        start_sums(&sums, panel->bias, rows, vectors);
    add_products_and_fetch(&sums, input, input_stride, depth, panel->bias + VECTOR * vectors, rows,
                           vectors, &panel->fetch);
    store_sums(&sums, args->lo, args->hi, args->output + (size_t)row * stride + panel->channel,
               stride, args->out_channels - panel->channel, rows, vectors);
}

/* `rows` is a constant here, and dead code where a tile has fewer. */
static inline __attribute__((always_inline)) void
run_fitting(struct panel *panel, int row, int rows, int vectors, bool accumulate)
{
    const bool fits = rows <= (vectors == 2 ? ROWS : NARROW_ROWS);
    if (fits)
        run_tile(panel, row, fits ? rows : 1, vectors, accumulate);
}

static inline __attribute__((always_inline)) void run_rows(struct panel *panel, int row, int rows,
                                                           int vectors, bool accumulate)
{
    switch (rows) {
    case 14:
        run_fitting(panel, row, 14, vectors, accumulate);
        break;
    case 13:
        run_fitting(panel, row, 13, vectors, accumulate);
        break;
    case 12:
        run_fitting(panel, row, 12, vectors, accumulate);
        break;
    case 11:
        run_fitting(panel, row, 11, vectors, accumulate);
        break;
    case 10:
        run_fitting(panel, row, 10, vectors, accumulate);
        break;
    case 9:
        run_fitting(panel, row, 9, vectors, accumulate);
        break;
    case 8:
        run_fitting(panel, row, 8, vectors, accumulate);
        break;
    case 7:
        run_fitting(panel, row, 7, vectors, accumulate);
        break;
    case 6:
        run_fitting(panel, row, 6, vectors, accumulate);
        break;
    case 5:
        run_fitting(panel, row, 5, vectors, accumulate);
        break;
    case 4:
        run_fitting(panel, row, 4, vectors, accumulate);
        break;
    case 3:
        run_fitting(panel, row, 3, vectors, accumulate);
        break;
    case 2:
        run_fitting(panel, row, 2, vectors, accumulate);
        break;
    default:
        run_tile(panel, row, 1, vectors, accumulate);
    }
}

/* `floats` of it, over so many tiles. */
static inline struct fetch fetch_over(const struct mn_matmul_args *args, const float *next,
                                      size_t floats, int tiles)
{
    size_t times = FAR_LINES * (size_t)tiles * ((size_t)args->in_channels / STEPS);
    return (struct fetch){.next = next, .advance = times ? (floats + times - 1) / times : 0};
}

static inline __attribute__((always_inline)) void run_panels(const struct mn_matmul_args *args,
                                                             bool accumulate)
{
    const size_t depth = (size_t)args->in_channels;
    const int panels = (args->out_channels + PANEL - 1) / PANEL;
    const bool next_panel = !args->ahead && args->in_channels >= LEAST_DEPTH && args->rows > 1;
    struct fetch fetch = {.next = args->packed}; /* near: costs nothing */
    for (int channel = 0; args->rows > 0 && channel < args->out_channels; channel += PANEL) {
        bool wide = args->out_channels - channel > VECTOR;
        int most = wide ? ROWS : NARROW_ROWS, tiles = (args->rows + most - 1) / most;
        if (next_panel)
            fetch = fetch_over(args, args->packed + (size_t)(channel + PANEL) * (1 + depth),
                               PANEL * depth, tiles);
        else if (args->ahead && channel == 0)
            fetch = fetch_over(args, args->ahead, args->ahead_floats, tiles * panels);
        struct panel panel = {
            .args = args,
            .bias = args->packed + (size_t)channel * (1 + depth),
            .channel = channel,
            .fetch = fetch,
        };
        for (int row = 0, rows; row < args->rows; row += rows) {
            rows = next_tile(args->rows - row, most);
            if (wide)
                run_rows(&panel, row, rows, 2, accumulate);
            else
                run_rows(&panel, row, rows, 1, accumulate);
        }
        fetch = panel.fetch;
    }
}

/* Twice the code, so that inference pays nothing for what only training needs. */
static inline void run_pointwise(const struct mn_matmul_args *args)
{
    if (args->accumulate)
        run_panels(args, true);
    else
        run_panels(args, false);
}

#endif
