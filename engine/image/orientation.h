/* Which way up a picture is: EXIF's orientation of a JPEG (CIPA DC-008, tag 0x0112), and how a
 * camera was mounted. */
#ifndef MN_ORIENTATION_H
#define MN_ORIENTATION_H

#include "bitmap.h"

/* The orientation, 1 … 8, that an EXIF segment of the JPEG states; 1 (upright) where none does or
 * where it makes no sense. */
int mn_orientation_of_jpeg(const uint8_t *data, size_t bytes);

/* Of a picture that is to be turned clockwise by 0, 90, 180 or 270 degrees, and then mirrored left
 * to right, upside down, or both. */
struct mn_turn mn_turn_of(int degrees, bool hflip, bool vflip);

/* Turns and mirrors an RGB24 or GREY picture upright. Errors: MN_FAILED for memory, the picture is
 * then as it was. */
enum mn_status mn_orientation_apply(struct mn_bitmap *bitmap, int orientation,
                                    struct mn_error *error);

#endif
