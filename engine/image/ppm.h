/* Netpbm's pictures: PGM and PPM, binary (P5, P6) and text (P2, P3), 8 and 16 bit. */
#ifndef MN_PPM_H
#define MN_PPM_H

#include "bitmap.h"

/* Decodes to GREY or RGB24, scaled to 0…255. Of several pictures in a file the first is read.
 * Errors: MN_BAD_INPUT, MN_FAILED for memory. */
enum mn_status mn_ppm_decode(struct mn_bitmap *bitmap, const uint8_t *data, size_t bytes,
                             const char *name, struct mn_error *error);

#endif
