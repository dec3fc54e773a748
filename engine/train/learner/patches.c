#include "patches.h"

#include <string.h>

/* Which of a patch's rows or columns, begin to end, are inside of the picture; first: where the
 * patch begins, may be outside. */
static void inside(int first, int size, int *begin, int *end)
{
    *begin = first < 0 ? -first : 0;
    *end = size - first < 3 ? size - first : 3;
}

static void gather_patch(const struct mn_layer *layer, const float *picture, int top, int left,
                         float *patch)
{
    size_t in = (size_t)layer->in_channels;
    int row[2], column[2];
    inside(top, layer->in_size, &row[0], &row[1]);
    inside(left, layer->in_size, &column[0], &column[1]);
    bool whole = row[1] - row[0] == 3 && column[1] - column[0] == 3;
    if (!whole)
        memset(patch, 0, 9 * in * sizeof *patch);
    for (int y = row[0]; y < row[1]; y++) /* a row's three pixels are neighbours in both */
        memcpy(patch + (size_t)(3 * y + column[0]) * in,
               picture +
                   ((size_t)(top + y) * (size_t)layer->in_size + (size_t)(left + column[0])) * in,
               (size_t)(column[1] - column[0]) * in * sizeof *patch);
}

void mn_patches_gather(const struct mn_layer *layer, const float *picture, float *patches)
{
    for (int y = 0; y < layer->out_size; y++)
        for (int x = 0; x < layer->out_size; x++, patches += 9 * (size_t)layer->in_channels)
            gather_patch(layer, picture, y * layer->stride - layer->pad,
                         x * layer->stride - layer->pad, patches);
}

static void scatter_patch(const struct mn_layer *layer, const float *patch, int top, int left,
                          float *picture, const struct mn_arithmetic *arithmetic)
{
    size_t in = (size_t)layer->in_channels;
    int row[2], column[2];
    inside(top, layer->in_size, &row[0], &row[1]);
    inside(left, layer->in_size, &column[0], &column[1]);
    for (int y = row[0]; y < row[1]; y++)
        arithmetic->add(
            picture +
                ((size_t)(top + y) * (size_t)layer->in_size + (size_t)(left + column[0])) * in,
            patch + (size_t)(3 * y + column[0]) * in, (size_t)(column[1] - column[0]) * in);
}

void mn_patches_scatter(const struct mn_layer *layer, const float *patches, float *picture,
                        const struct mn_arithmetic *arithmetic)
{
    memset(picture, 0,
           (size_t)layer->in_size * (size_t)layer->in_size * (size_t)layer->in_channels *
               sizeof *picture);
    for (int y = 0; y < layer->out_size; y++)
        for (int x = 0; x < layer->out_size; x++, patches += 9 * (size_t)layer->in_channels)
            scatter_patch(layer, patches, y * layer->stride - layer->pad,
                          x * layer->stride - layer->pad, picture, arithmetic);
}
