/* A picture, or a folder of pictures, as a source. */
#ifndef CAMLABEL_IMAGES_H
#define CAMLABEL_IMAGES_H

#include "source.h"

/* A folder shows its pictures (those with a known ending, also those of its subfolders) sorted by
 * name, one a second; a single picture is shown as a still video of 25 frames a second, decoded
 * once. Pictures that cannot be read are skipped, the first of them named on standard error, and
 * leave a gap in the frame numbers. On MN_OK *source is the caller's, to be closed with
 * source->close(). Errors: MN_BAD_INPUT where no picture can be read, with the reason for one of
 * them; MN_FAILED for memory and reading. */
enum mn_status images_open(struct source **source, const char *path,
                           const struct source_pacing *pacing, struct mn_error *error);

#endif
