#include "shrink.h"

#include <stdlib.h>

enum { SPARE_BYTES = 8 << 20 /* that a bitmap may hold on to for the next large picture */ };

static uint8_t average(const uint8_t *pixels, size_t stride, int step, const int rows[2],
                       const int columns[2])
{
    long long sum = 0;
    for (int y = rows[0]; y < rows[1]; y++)
        for (int x = columns[0]; x < columns[1]; x++)
            sum += pixels[(size_t)y * stride + (size_t)x * (size_t)step];
    long long count = (long long)(rows[1] - rows[0]) * (columns[1] - columns[0]);
    return (uint8_t)((sum + count / 2) / count);
}

/* In place, because it only shrinks. */
static void average_blocks(struct mn_bitmap *bitmap, int factor)
{
    struct mn_image *image = &bitmap->image;
    int step = image->format == MN_PIXEL_GREY ? 1 : 3;
    int width = image->width / factor, height = image->height / factor;
    size_t stride = image->stride[0];
    uint8_t *out = bitmap->pixels;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < step; c++) {
                int rows[2] = {y * factor, (y + 1) * factor};
                int columns[2] = {x * factor, (x + 1) * factor};
                *out++ = average(bitmap->pixels + c, stride, step, rows, columns);
            }
    mn_image_wrap(image, image->format, width, height, bitmap->pixels, 0);
}

static void give_back(struct mn_bitmap *bitmap)
{
    struct mn_image *image = &bitmap->image;
    size_t bytes = mn_image_bytes(image->format, image->width, image->height);
    if (bytes == 0 || bitmap->capacity < bytes + SPARE_BYTES)
        return;
    uint8_t *less = realloc(bitmap->pixels, bytes);
    if (!less)
        return; /* then it stays */
    bitmap->pixels = less;
    bitmap->capacity = bytes;
    mn_image_wrap(image, image->format, image->width, image->height, less, 0);
}

void mn_shrink(struct mn_bitmap *bitmap, int side)
{
    const struct mn_image *image = &bitmap->image;
    int shorter = image->width < image->height ? image->width : image->height;
    if (side <= 0)
        return;
    if (shorter / side > 1)
        average_blocks(bitmap, shorter / side);
    give_back(bitmap);
}
