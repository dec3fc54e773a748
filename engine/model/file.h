/* Whole files in and out of memory: reading with limits, writing that leaves all or nothing. */
#ifndef MN_FILE_H
#define MN_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../error.h"
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

/* A file being written. Zero-initialise; begin, write to stream, then commit. */
struct mn_file_writer {
    FILE *stream;
    const char *path; /* borrowed until commit or abandon */
    char *temporary;
};

/* Opens a temporary file in the folder of `path`. One that a killed writer has left is used again,
 * so that they do not pile up. Errors: MN_BAD_INPUT if path names something
 * that is there and no regular file, MN_FAILED with the system's reason. */
enum mn_status mn_file_begin(struct mn_file_writer *writer, const char *path,
                             struct mn_error *error);

/* Flushes to the disk and renames over `path`. On an error nothing is left behind and the old file
 * stays. Either way the writer is closed. */
enum mn_status mn_file_commit(struct mn_file_writer *writer, struct mn_error *error);

/* Removes the temporary file. Idempotent; fine after commit. */
void mn_file_abandon(struct mn_file_writer *writer);

#endif
