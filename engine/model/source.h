/* Where the bytes of a model file are: in memory, or in an open file, from which they are read
 * piece by piece.
 *
 * Reading and not mapping: a mapped file that another program shortens kills the reader, and
 * reading costs hardly more (a file in the page cache is copied at the speed of memory). */
#ifndef MN_SOURCE_H
#define MN_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "../base/error.h"

struct mn_source {
    const uint8_t *data; /* borrowed; NULL: the bytes are in the file */
    int file;            /* descriptor, borrowed */
    size_t size_bytes;
};

struct mn_source mn_source_memory(const uint8_t *data, size_t size_bytes);

/* Copies bytes offset … offset + size - 1. Errors: MN_FAILED, also where the file has become
 * shorter than size_bytes meanwhile. */
enum mn_status mn_source_read(const struct mn_source *source, size_t offset, void *to, size_t size,
                              struct mn_error *error);

/* Reads a whole source. On MN_OK *data is the caller's, to be freed, and holds one byte more than
 * the source, a zero. Errors: MN_FAILED, for memory, too. */
enum mn_status mn_source_read_all(const struct mn_source *source, uint8_t **data,
                                  struct mn_error *error);

#endif
