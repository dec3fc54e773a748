/* Picture files: JPEG, PNG, BMP and PPM/PGM, told apart by their first bytes. */
#ifndef MN_PICTURE_FILE_H
#define MN_PICTURE_FILE_H

#include <stdbool.h>

#include "bitmap.h"

/* Reads a picture as RGB24 or GREY. Upright: a JPEG's EXIF orientation is applied. Transparency is
 * laid over black, 16 bit becomes 8. Errors: MN_BAD_INPUT names the file and what is wrong with it;
 * MN_FAILED for memory and reading. */
enum mn_status mn_picture_read(struct mn_bitmap *bitmap, const char *path, struct mn_error *error);

/* The same for one who needs no more than `least_side` px of the shorter side: a JPEG may come out
 * 2, 4 or 8 times smaller, not below that. 0: as it is. */
enum mn_status mn_picture_read_reduced(struct mn_bitmap *bitmap, const char *path, int least_side,
                                       struct mn_error *error);

/* The same as mn_picture_read() from memory; `name` is for messages. */
enum mn_status mn_picture_decode(struct mn_bitmap *bitmap, const uint8_t *data, size_t bytes,
                                 const char *name, struct mn_error *error);

/* Do a file's first bytes (16 are enough) promise one of these? */
bool mn_picture_is(const uint8_t *start, size_t bytes);

/* Does the file's name end like a picture's? For walking folders. */
bool mn_picture_has_known_ending(const char *path);

/* Writes an RGB24 or GREY picture as PNG, whole or not at all. Errors: those of file_writer.h. */
enum mn_status mn_png_write(const char *path, const struct mn_image *image, struct mn_error *error);

#endif
