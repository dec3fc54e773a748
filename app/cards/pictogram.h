/* The twelve pictograms as vector shapes: the one definition behind scenes, training pictures and
 * the printed sheet. */
#ifndef CAMLABEL_CARDS_PICTOGRAM_H
#define CAMLABEL_CARDS_PICTOGRAM_H

#include <stdint.h>

enum { PICTOGRAM_COUNT = 12, PICTOGRAM_SIDE = 100 /* they fill a square of this size */ };

#define PICTOGRAM_NONE 0xffffffffu /* no fill, or no stroke */

/* Filled by the non-zero rule, then stroked with round joins and ends. */
struct pictogram_shape {
    uint32_t fill, stroke; /* 0xRRGGBB or PICTOGRAM_NONE */
    int stroke_tenths;     /* its width in tenths of a unit */
    const char *path;      /* SVG path data, of the kind that outline.h reads */
};

struct pictogram {
    const char *name; /* lower-case English */
    int shape_count;
    const struct pictogram_shape *shape; /* painted in this order */
};

/* In alphabetical order of their names; index 0 … PICTOGRAM_COUNT - 1. */
const struct pictogram *pictogram_at(int index);

#endif
