/* What is behind the card: rooms, walls, desks, patterns, by chance. */
#ifndef CAMLABEL_CARDS_BACKDROP_H
#define CAMLABEL_CARDS_BACKDROP_H

#include "chance.h"
#include "raster.h"

/* Fills all levels of the texture, opaque. */
void backdrop_draw(struct texture *texture, struct raster *raster, struct chance *chance);

#endif
