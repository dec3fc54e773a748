/* Which way up a JPEG from a camera is: EXIF's orientation (CIPA DC-008, tag 0x0112). */
#ifndef MN_ORIENTATION_H
#define MN_ORIENTATION_H

#include "bitmap.h"

/* The orientation, 1 … 8, that an EXIF segment of the JPEG states; 1 (upright) where none does or
 * where it makes no sense. */
int mn_orientation_of_jpeg(const uint8_t *data, size_t bytes);

/* Turns and mirrors an RGB24 or GREY picture upright. Errors: MN_FAILED for memory, the picture is
 * then as it was. */
enum mn_status mn_orientation_apply(struct mn_bitmap *bitmap, int orientation,
                                    struct mn_error *error);

#endif
