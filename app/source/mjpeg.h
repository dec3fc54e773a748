/* MJPEG: JPEG pictures one after the other, as cameras send them. */
#ifndef CAMLABEL_MJPEG_H
#define CAMLABEL_MJPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../../engine/base/error.h"

/* One picture of the stream, from SOI to EOI. Start with a zeroed struct, free(bytes) at the end.
 */
struct mjpeg_picture {
    uint8_t *bytes; /* owned; used again for the next picture */
    size_t length, capacity;
};

/* Does a file that starts with these bytes begin with a JPEG picture? */
bool mjpeg_is(const uint8_t *start, size_t bytes);

/* Reads the next picture, number `index` of the stream: its structure is checked, its image is
 * not decoded. Zeros between pictures (padding of a camera's buffers) are skipped. *end: there was
 * none, the file ends here as it should. `name` is for messages. Errors: MN_BAD_INPUT for a
 * picture that is cut short or is none; MN_FAILED for memory and reading. */
enum mn_status mjpeg_read(struct mjpeg_picture *picture, FILE *file, const char *name,
                          uint64_t index, bool *end, struct mn_error *error);

#endif
