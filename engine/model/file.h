/* Whole files into memory, within limits. */
#ifndef MN_FILE_H
#define MN_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"
#include "source.h"

/* Opens a regular file. On MN_OK the caller closes source->file. Errors: MN_BAD_INPUT for what is
 * absent, unreadable, not a regular file, empty or above max_bytes; MN_FAILED for reading. Messages
 * name the path. */
enum mn_status mn_file_open(const char *path, size_t max_bytes, struct mn_source *source,
                            struct mn_error *error);

/* Reads a regular file. On MN_OK *data is the caller's, to be freed, and holds one byte more than
 * *size_bytes, a zero. Errors: as above, and MN_FAILED for memory. */
enum mn_status mn_file_read(const char *path, size_t max_bytes, uint8_t **data, size_t *size_bytes,
                            struct mn_error *error);

#endif
