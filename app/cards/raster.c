#include "raster.h"

#include <string.h>

static void forget_extent(struct raster *raster)
{
    raster->top = raster->left = TEXTURE_SIDE;
    raster->bottom = raster->right = 0;
}

void raster_clear(struct raster *raster)
{
    memset(raster->change, 0, sizeof raster->change);
    forget_extent(raster);
}

static float clamp_column(float x)
{
    return x < 0 ? 0 : x > TEXTURE_SIDE ? TEXTURE_SIDE : x;
}

static void widen(int *low, int *high, int from, int to)
{
    if (*low > from)
        *low = from;
    if (*high < to)
        *high = to;
}

/* An edge within one row, from column xa to xb >= xa, that covers `height` (signed) of it. */
static void row_edge(struct raster *raster, int row, float xa, float xb, float height)
{
    float *change = raster->change[row];
    int first = (int)xa, last = (int)xb;
    float per_column = last > first ? height / (xb - xa) : 0;
    float from = xa;
    for (int column = first; column <= last; column++) {
        float to = column == last ? xb : (float)(column + 1);
        float share = last > first ? (to - from) * per_column : height;
        float left_of = 0.5f * (from + to) - (float)column; /* of this pixel, not covered */
        change[column] += share * (1 - left_of);
        change[column + 1] += share * left_of;
        from = to;
    }
    widen(&raster->left, &raster->right, first, last + 2);
}

void raster_edge(struct raster *raster, float x0, float y0, float x1, float y1)
{
    float sense = 1;
    if (y0 > y1) {
        float x = x0, y = y0;
        x0 = x1, y0 = y1, x1 = x, y1 = y;
        sense = -1;
    }
    if (!(y1 > 0 && y0 < TEXTURE_SIDE && y0 < y1))
        return;
    float slope = (x1 - x0) / (y1 - y0);
    int top = y0 < 0 ? 0 : (int)y0;
    int bottom = y1 > TEXTURE_SIDE ? TEXTURE_SIDE : (int)y1 + 1;
    if (bottom > TEXTURE_SIDE)
        bottom = TEXTURE_SIDE;
    for (int row = top; row < bottom; row++) {
        float from = y0 > (float)row ? y0 : (float)row;
        float to = y1 < (float)(row + 1) ? y1 : (float)(row + 1);
        if (to <= from)
            continue;
        float xa = clamp_column(x0 + (from - y0) * slope);
        float xb = clamp_column(x0 + (to - y0) * slope);
        row_edge(raster, row, xa < xb ? xa : xb, xa < xb ? xb : xa, sense * (to - from));
    }
    widen(&raster->top, &raster->bottom, top, bottom);
}

void raster_paint(struct raster *raster, struct texture *texture, uint32_t rgb, float opacity)
{
    uint32_t ink = texture_opaque(rgb);
    for (int row = raster->top; row < raster->bottom; row++) {
        float *change = raster->change[row];
        uint32_t *texel = texture->texel + row * TEXTURE_SIDE;
        float sum = 0;
        for (int column = raster->left; column < raster->right; column++) {
            sum += change[column];
            change[column] = 0;
            float cover = sum < 0 ? -sum : sum;
            uint32_t share = (uint32_t)((cover < 1 ? cover : 1) * opacity * 256 + 0.5f);
            if (share && column < TEXTURE_SIDE)
                texel[column] = texture_mix(texel[column], ink, share);
        }
    }
    forget_extent(raster);
}
