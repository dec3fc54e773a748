/* Writing files that are there whole or not at all, whatever happens meanwhile. */
#ifndef MN_FILE_WRITER_H
#define MN_FILE_WRITER_H

#include <stdio.h>

#include "error.h"

/* A file being written. Zero-initialise; begin, write to stream, then commit. */
struct mn_file_writer {
    FILE *stream;
    const char *path; /* borrowed until commit or abandon */
    char *temporary;
};

/* Opens a temporary file in the folder of `path`. One that a killed writer has left is used again,
 * so that they do not pile up. Errors: MN_BAD_INPUT if path names something that is there and no
 * regular file, MN_FAILED with the system's reason. */
enum mn_status mn_file_begin(struct mn_file_writer *writer, const char *path,
                             struct mn_error *error);

/* Flushes to the disk and renames over `path`. On an error nothing is left behind and the old file
 * stays. Either way the writer is closed. */
enum mn_status mn_file_commit(struct mn_file_writer *writer, struct mn_error *error);

/* Removes the temporary file. Idempotent; fine after commit. */
void mn_file_abandon(struct mn_file_writer *writer);

/* Can a file be begun there? Asked before long work whose result goes there; errors as those of
 * mn_file_begin(). */
enum mn_status mn_file_can_begin(const char *path, struct mn_error *error);

#endif
