/* A picture in memory, as a camera or a decoder left it. */
#ifndef MN_IMAGE_H
#define MN_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mn_pixel_format {
    MN_PIXEL_GREY,  /* 1 byte a pixel */
    MN_PIXEL_RGB24, /* 3 bytes a pixel: R G B */
    MN_PIXEL_BGR24, /* 3 bytes a pixel: B G R */
    MN_PIXEL_YUYV,  /* 4 bytes two pixels: Y0 U Y1 V, width even */
    MN_PIXEL_UYVY,  /* 4 bytes two pixels: U Y0 V Y1, width even */
    MN_PIXEL_NV12,  /* plane 0: Y; plane 1: U V interleaved, half width and height (rounded up) */
    MN_PIXEL_I420,  /* plane 0: Y; plane 1: U; plane 2: V, half width and height (rounded up) */
};

/* How Y'CbCr became R'G'B'. RGB formats ignore it. GREY uses only the range. */
enum mn_yuv_matrix { MN_BT601, MN_BT709 };
enum mn_yuv_range { MN_RANGE_LIMITED /* Y 16…235, C 16…240 */, MN_RANGE_FULL /* 0…255 */ };

enum {
    MN_MAX_IMAGE_SIDE = 65500,     /* px; what JPEG allows */
    MN_MAX_IMAGE_PIXELS = 1 << 28, /* width * height: 768 MiB of RGB24 */
};

/* How a stored picture is to be looked at: pixel (x, y) of what is seen is column x and row y of
 * what is stored, or column y and row x where `transposed`, counted from the other end where
 * `from_right` and `from_bottom`. All false: as it is stored. */
struct mn_turn {
    bool transposed, from_right, from_bottom;
};

struct mn_image {
    enum mn_pixel_format format;
    int width, height;       /* px, >= 1; as stored */
    const uint8_t *plane[3]; /* borrowed; unused ones NULL */
    size_t stride[3];        /* bytes from one row of a plane to the next */
    enum mn_yuv_matrix matrix;
    enum mn_yuv_range range;
    struct mn_turn turn;
};

/* Bytes of a tightly packed picture, all planes one after the other; 0 where width or height is out
 * of range (or width odd for YUYV and UYVY). */
size_t mn_image_bytes(enum mn_pixel_format format, int width, int height);

/* Points *image at a tightly packed picture at `pixels` (borrowed). stride0 is the bytes from row
 * to row of plane 0, 0 for tight; the chroma planes' strides follow from it as V4L2 lays
 * single-buffer formats out. Colours are BT.601, YUV formats of limited range, GREY of full range:
 * the caller corrects that where it knows better. */
void mn_image_wrap(struct mn_image *image, enum mn_pixel_format format, int width, int height,
                   const uint8_t *pixels, size_t stride0);

#endif
