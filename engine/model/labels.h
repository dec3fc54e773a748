/* Label lists: what the classes are called, one per line, in any of the usual forms:
 *
 *     tench, Tinca tinca              plain
 *     1 tench      1: tench           numbered: all lines are, from 0 or 1, each number once
 *     n01440764 tench, Tinca tinca    ImageNet's synsets: all are; "background" may be first
 *
 * CRLF and a byte order mark are fine, and so are blank lines at the end. */
#ifndef MN_LABELS_H
#define MN_LABELS_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

struct mn_labels {
    int count;
    char **text; /* [count], UTF-8 without control characters */
    char *block; /* that text points into */
};

/* Reads a file. On MN_OK free with mn_labels_free(). Errors: MN_BAD_INPUT names the file and the
 * line; MN_FAILED for memory and reading. */
enum mn_status mn_labels_read(struct mn_labels *labels, const char *path, struct mn_error *error);

/* The same from memory; messages have no file name. */
enum mn_status mn_labels_decode(struct mn_labels *labels, const uint8_t *data, size_t size,
                                struct mn_error *error);

void mn_labels_free(struct mn_labels *labels); /* idempotent */

/* Gives the model these labels. Where the network has a background class and the list does not,
 * "background" is put in front; where the list alone has one, it is dropped. Errors: MN_BAD_INPUT
 * with both counts if they do not fit. */
enum mn_status mn_labels_apply(const struct mn_labels *labels, struct mn_model *model,
                               struct mn_error *error);

#endif
