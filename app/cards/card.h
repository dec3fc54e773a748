/* One card, drawn flat: paper with rounded corners, the pictogram, wear, and who holds it. */
#ifndef CAMLABEL_CARDS_CARD_H
#define CAMLABEL_CARDS_CARD_H

#include <stdbool.h>

#include "chance.h"
#include "raster.h"

enum {
    CARD_CENTRE = TEXTURE_SIDE / 2,  /* in texels, like all that follows */
    CARD_PICTOGRAM = 288,            /* side of the pictogram, at the centre of the texture */
    CARD_EDGE = TEXTURE_SIDE / 2 - 6 /* the paper stays within this distance of the centre */
};

struct card {
    float half_width, half_height; /* of the paper */
    bool held; /* fingers cross the texture's border: continue its outermost texels for ever */
};

/* Draws a random card of pictogram `index` and all levels of the texture. variety 0 … 1: how far it
 * may be from clean white paper. */
struct card card_draw(struct texture *texture, struct raster *raster, struct chance *chance,
                      int index, float variety);

#endif
