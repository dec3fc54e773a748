/* A picture as JPEG, in memory. Reading them is jpeg.h's. */
#ifndef MN_JPEG_WRITE_H
#define MN_JPEG_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"

/* Bytes that the JPEG of a picture of width x height never exceeds. */
size_t mn_jpeg_room(int width, int height);

/* rgb: [height][width][3]. quality: 1 … 100, as libjpeg's. `data` has mn_jpeg_room() bytes; *bytes
 * of them are the JPEG. Errors: MN_FAILED, for memory. */
enum mn_status mn_jpeg_write(const uint8_t *rgb, int width, int height, int quality, uint8_t *data,
                             size_t *bytes, struct mn_error *error);

#endif
