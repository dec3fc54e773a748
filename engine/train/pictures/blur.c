#include "blur.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static size_t bytes_of(int size)
{
    return (size_t)size * (size_t)size * 3;
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

void mn_blur_sharpen(uint8_t *rgb, uint8_t *room, int size, double factor)
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

/* --- defocus --- */

static void mix_three(const uint8_t *restrict before, const uint8_t *restrict at,
                      const uint8_t *restrict after, uint8_t *restrict out, int count)
{
    for (int i = 0; i < count; i++)
        out[i] = (uint8_t)((before[i] + 2 * at[i] + after[i] + 2) >> 2);
}

static void blur_row(const uint8_t *from, uint8_t *to, int size)
{
    int row = 3 * size, beside = size > 1 ? 3 : 0;
    mix_three(from, from, from + beside, to, 3);
    if (size > 2)
        mix_three(from, from + 3, from + 6, to + 3, row - 6);
    mix_three(from + row - 3 - beside, from + row - 3, from + row - 3, to + row - 3, 3);
}

void mn_blur_defocus(uint8_t *rgb, uint8_t *room, int size, int passes)
{
    size_t row = 3 * (size_t)size;
    for (int pass = 0; pass < passes; pass++) {
        for (int y = 0; y < size; y++)
            blur_row(rgb + (size_t)y * row, room + (size_t)y * row, size);
        for (int y = 0; y < size; y++)
            mix_three(room + (size_t)(y > 0 ? y - 1 : 0) * row, room + (size_t)y * row,
                      room + (size_t)(y < size - 1 ? y + 1 : y) * row, rgb + (size_t)y * row,
                      3 * size);
    }
}

/* --- motion --- */

enum { RUN = 192 }; /* values of a row that are summed at once, of whole pixels */

struct path {
    int length, right[MN_BLUR_MOTION], down[MN_BLUR_MOTION]; /* px */
};

static struct path path_of(int length, double angle)
{
    struct path path = {.length = length};
    for (int k = 0; k < length; k++) {
        double along = k - 0.5 * (length - 1);
        path.right[k] = (int)floor(along * cos(angle) + 0.5);
        path.down[k] = (int)floor(along * sin(angle) + 0.5);
    }
    return path;
}

/* Adds what is `right` px beside values begin … begin + count - 1 of a row. */
static void add_moved(const uint8_t *restrict row, int size, int right, int begin, int count,
                      uint16_t *restrict sum)
{
    int place = begin + 3 * right, edge = 3 * (size - 1);
    int first = clamp(-place, 0, count);              /* before: left of the picture */
    int last = clamp(3 * size - place, first, count); /* from there: right of it */
    for (int i = 0; i < first; i++)
        sum[i] = (uint16_t)(sum[i] + row[i % 3]);
    for (int i = first; i < last; i++)
        sum[i] = (uint16_t)(sum[i] + row[place + i]);
    for (int i = last; i < count; i++)
        sum[i] = (uint16_t)(sum[i] + row[edge + i % 3]);
}

static void blur_run(const uint8_t *from, int size, const struct path *path, int y, int begin,
                     int count, uint8_t *to)
{
    uint16_t sum[RUN] = {0};
    unsigned part = 65536U / (unsigned)path->length;
    for (int k = 0; k < path->length; k++) {
        int row = clamp(y + path->down[k], 0, size - 1);
        add_moved(from + 3 * (size_t)row * (size_t)size, size, path->right[k], begin, count, sum);
    }
    for (int i = 0; i < count; i++)
        to[i] = (uint8_t)((sum[i] * part + 0x8000) >> 16);
}

void mn_blur_motion(uint8_t *rgb, uint8_t *room, int size, int length, double angle)
{
    struct path path = path_of(clamp(length, 1, MN_BLUR_MOTION), angle);
    int row = 3 * size;
    memcpy(room, rgb, bytes_of(size));
    for (int y = 0; y < size; y++, rgb += row)
        for (int begin = 0; begin < row; begin += RUN)
            blur_run(room, size, &path, y, begin, row - begin < RUN ? row - begin : RUN,
                     rgb + begin);
}
