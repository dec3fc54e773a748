/* Windows bitmaps: 1, 4 and 8 bits with a palette, 24 and 32 bits, uncompressed, either way up. */
#ifndef MN_BMP_H
#define MN_BMP_H

#include "bitmap.h"

/* Decodes to RGB24; a fourth byte of the pixels is ignored. Errors: MN_BAD_INPUT, MN_FAILED for
 * memory. */
enum mn_status mn_bmp_decode(struct mn_bitmap *bitmap, const uint8_t *data, size_t bytes,
                             const char *name, struct mn_error *error);

#endif
