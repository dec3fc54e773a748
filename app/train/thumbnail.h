/* A small JPEG of a picture, as a network sees it: cropped and scaled by its preprocessing. */
#ifndef CAMLABEL_THUMBNAIL_H
#define CAMLABEL_THUMBNAIL_H

#include "../../engine/image/image.h"
#include "../../engine/image/preprocess.h"

enum { THUMBNAIL_SIDE = 128 /* px; less for a smaller picture */ };

struct thumbnail {
    uint8_t *data; /* the JPEG, the caller's: free() */
    size_t bytes;
};

/* NULL for preprocessing: the middle square. Errors: MN_FAILED for memory, MN_BAD_INPUT for a
 * picture that cannot be; *thumbnail is then zeroed. */
enum mn_status thumbnail_make(struct thumbnail *thumbnail, const struct mn_image *image,
                              const struct mn_preprocessing *preprocessing, struct mn_error *error);

#endif
