/* A picture's own pixels: the buffer only ever grows. */
#include "bitmap.h"

#include <stdlib.h>
#include <string.h>

enum mn_status mn_bitmap_reserve(struct mn_bitmap *bitmap, enum mn_pixel_format format, int width,
                                 int height, struct mn_error *error)
{
    size_t bytes = mn_image_bytes(format, width, height);
    if (bytes == 0)
        return mn_fail(error, MN_BAD_INPUT, "a picture of %d x %d pixels cannot be held", width,
                       height);
    if (bytes > bitmap->capacity) {
        uint8_t *pixels = malloc(bytes);
        if (!pixels)
            return mn_fail(error, MN_FAILED, "not enough memory for a picture of %d x %d pixels",
                           width, height);
        free(bitmap->pixels);
        bitmap->pixels = pixels;
        bitmap->capacity = bytes;
    }
    mn_image_wrap(&bitmap->image, format, width, height, bitmap->pixels, 0);
    bitmap->image.range = MN_RANGE_FULL;
    return MN_OK;
}

void mn_bitmap_free(struct mn_bitmap *bitmap)
{
    free(bitmap->pixels);
    memset(bitmap, 0, sizeof *bitmap);
}
