/* A picture that owns its pixels: a buffer that grows and is used again for the next picture. */
#ifndef MN_BITMAP_H
#define MN_BITMAP_H

#include "../base/error.h"
#include "image.h"

struct mn_bitmap {
    struct mn_image image; /* points into pixels; valid after a successful reserve */
    uint8_t *pixels;       /* owned */
    size_t capacity;       /* bytes */
};

/* Makes room for a tightly packed picture and points bitmap->image at it (BT.601, full range).
 * Start with a zeroed struct. The old pixels are lost, unless it fails. Errors: MN_FAILED for
 * memory, MN_BAD_INPUT for a size that cannot be. */
enum mn_status mn_bitmap_reserve(struct mn_bitmap *bitmap, enum mn_pixel_format format, int width,
                                 int height, struct mn_error *error);
void mn_bitmap_free(struct mn_bitmap *bitmap); /* leaves it zeroed */

#endif
