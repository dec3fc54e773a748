/* PNG in memory to pixels, and pixels to a PNG stream, through libpng. */
#ifndef MN_PNG_H
#define MN_PNG_H

#include <stdio.h>

#include "bitmap.h"

/* Decodes to RGB24 or GREY; transparency over black, 16 bit to 8, colour profiles and gamma
 * ignored. Errors: MN_BAD_INPUT also for a wrong checksum; MN_FAILED for memory. */
enum mn_status mn_png_decode(struct mn_bitmap *bitmap, const uint8_t *data, size_t bytes,
                             const char *name, struct mn_error *error);

/* Writes an RGB24 or GREY picture to a stream, which stays open. `name` is for messages. */
enum mn_status mn_png_encode(FILE *stream, const struct mn_image *image, const char *name,
                             struct mn_error *error);

#endif
