#include "warp.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static size_t bytes_of(int size)
{
    return (size_t)size * (size_t)size * 3;
}

void mn_warp_affine(uint8_t *rgb, uint8_t *room, int size, const struct mn_affine *map,
                    const uint8_t fill[3])
{
    double middle = 0.5 * (size - 1);
    memcpy(room, rgb, bytes_of(size));
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++, rgb += 3) {
            double dx = x - middle, dy = y - middle;
            int from_x = (int)floor(map->xx * dx + map->xy * dy + map->x0 + middle + 0.5);
            int from_y = (int)floor(map->yx * dx + map->yy * dy + map->y0 + middle + 0.5);
            bool inside = from_x >= 0 && from_y >= 0 && from_x < size && from_y < size;
            const uint8_t *from =
                inside ? room + 3 * ((size_t)from_y * (size_t)size + (size_t)from_x) : fill;
            rgb[0] = from[0];
            rgb[1] = from[1];
            rgb[2] = from[2];
        }
}

void mn_warp_sharpen(uint8_t *rgb, uint8_t *room, int size, double factor)
{
    int part = (int)floor(factor * 256 + 0.5), row = 3 * size;
    memcpy(room, rgb, bytes_of(size));
    for (int y = 1; y < size - 1; y++) {
        const uint8_t *from = room + (size_t)y * (size_t)row;
        uint8_t *to = rgb + (size_t)y * (size_t)row;
        for (int i = 3; i < row - 3; i++) {
            const uint8_t *p = from + i;
            int around = p[-row - 3] + p[-row] + p[-row + 3] + p[-3] + p[3] + p[row - 3] + p[row] +
                         p[row + 3];
            int smooth = (around + 5 * p[0] + 6) / 13;
            int value = smooth + (((p[0] - smooth) * part + 128) >> 8);
            to[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
    }
}

/* Each value with those `step` away on both sides, within runs of `length`. */
static void blur_run(const uint8_t *from, uint8_t *to, int length, int step)
{
    for (int i = 0; i < length; i++) {
        int before = from[i < step ? i : i - step], after = from[i + step < length ? i + step : i];
        to[i] = (uint8_t)((before + 2 * from[i] + after + 2) >> 2);
    }
}

void mn_warp_blur(uint8_t *rgb, uint8_t *room, int size, int along_rows, int along_columns)
{
    int row = 3 * size;
    for (int pass = 0; pass < along_rows; pass++) {
        memcpy(room, rgb, bytes_of(size));
        for (int y = 0; y < size; y++)
            blur_run(room + (size_t)y * (size_t)row, rgb + (size_t)y * (size_t)row, row, 3);
    }
    for (int pass = 0; pass < along_columns; pass++) {
        memcpy(room, rgb, bytes_of(size));
        blur_run(room, rgb, row * size, row);
    }
}
