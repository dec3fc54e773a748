/* Where the planes of each pixel format lie. */
#include "image.h"

#include <stdbool.h>
#include <string.h>

static size_t half_up(size_t length)
{
    return (length + 1) / 2;
}

static size_t tight_stride(enum mn_pixel_format format, int width)
{
    switch (format) {
    case MN_PIXEL_RGB24:
    case MN_PIXEL_BGR24:
        return 3 * (size_t)width;
    case MN_PIXEL_YUYV:
    case MN_PIXEL_UYVY:
        return 2 * (size_t)width;
    default:
        return (size_t)width;
    }
}

size_t mn_image_bytes(enum mn_pixel_format format, int width, int height)
{
    if (format > MN_PIXEL_I420 || width < 1 || height < 1 || width > MN_MAX_IMAGE_SIDE ||
        height > MN_MAX_IMAGE_SIDE)
        return 0;
    if ((uint64_t)width * (uint64_t)height > MN_MAX_IMAGE_PIXELS)
        return 0;
    if ((format == MN_PIXEL_YUYV || format == MN_PIXEL_UYVY) && width % 2 != 0)
        return 0;
    size_t bytes = tight_stride(format, width) * (size_t)height;
    if (format == MN_PIXEL_NV12 || format == MN_PIXEL_I420)
        bytes += 2 * half_up((size_t)width) * half_up((size_t)height);
    return bytes;
}

void mn_image_wrap(struct mn_image *image, enum mn_pixel_format format, int width, int height,
                   const uint8_t *pixels, size_t stride0)
{
    memset(image, 0, sizeof *image);
    image->format = format;
    image->width = width;
    image->height = height;
    image->matrix = MN_BT601;
    bool is_yuv = format >= MN_PIXEL_YUYV;
    image->range = is_yuv ? MN_RANGE_LIMITED : MN_RANGE_FULL;
    image->plane[0] = pixels;
    image->stride[0] = stride0 ? stride0 : tight_stride(format, width);
    const uint8_t *chroma = pixels + image->stride[0] * (size_t)height;
    if (format == MN_PIXEL_NV12) {
        image->plane[1] = chroma;
        image->stride[1] = 2 * half_up(image->stride[0]);
    } else if (format == MN_PIXEL_I420) {
        image->stride[1] = image->stride[2] = half_up(image->stride[0]);
        image->plane[1] = chroma;
        image->plane[2] = chroma + image->stride[1] * half_up((size_t)height);
    }
}
