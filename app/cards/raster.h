/* Fills outlines with exact area coverage.
 *
 * Each edge leaves, in every pixel it touches, the change of coverage from that pixel to the next;
 * a running sum along the row then is the winding number weighted with area. Where parts drawn in
 * the same sense overlap the sum is cut at 1; parts drawn in the opposite sense are holes. */
#ifndef CAMLABEL_CARDS_RASTER_H
#define CAMLABEL_CARDS_RASTER_H

#include "texture.h"

enum { RASTER_STRIDE = TEXTURE_SIDE + 2 /* an edge may touch the column after the last one */ };

struct raster {
    float change[TEXTURE_SIDE][RASTER_STRIDE];
    int top, bottom, left,
        right; /* what edges touched: rows [top, bottom), columns [left, right) */
};

void raster_clear(struct raster *raster); /* before the first use */

/* One directed edge, in texels of level 0; parts outside of the picture are cut off. */
void raster_edge(struct raster *raster, float x0, float y0, float x1, float y1);

/* Paints the inside of all edges so far, opacity 0 … 1, and clears the raster. */
void raster_paint(struct raster *raster, struct texture *texture, uint32_t rgb, float opacity);

#endif
