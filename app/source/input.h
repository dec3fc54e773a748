/* What --input names: a folder, a picture or a clip, told apart by content. */
#ifndef CAMLABEL_INPUT_H
#define CAMLABEL_INPUT_H

#include "source.h"

/* images_open() or clip_open(), and their errors; "-" and a FIFO are clips. A file that starts as a
 * JPEG is a clip if another one follows the first, unless its name ends like a picture's: phones
 * append pictures to pictures. */
enum mn_status input_open(struct source **source, const char *path,
                          const struct source_pacing *pacing, struct mn_error *error);

#endif
