/* Outlines: SVG path data and simple figures as polygons, to be filled or stroked. */
#ifndef CAMLABEL_CARDS_OUTLINE_H
#define CAMLABEL_CARDS_OUTLINE_H

#include <stdbool.h>

#include "raster.h"

enum { OUTLINE_POINTS = 1024, OUTLINE_PARTS = 16 };

struct outline_part {
    int first, count; /* its points */
    bool closed;
};

struct outline {
    float x[OUTLINE_POINTS], y[OUTLINE_POINTS]; /* where the path's coordinates are */
    struct outline_part part[OUTLINE_PARTS];
    int point_count, part_count;
};

/* Where an outline comes to lie on a texture: turned about its origin, stretched, then moved. */
struct outline_place {
    float xx, xy, x; /* x' = xx * x + xy * y + x */
    float yx, yy, y; /* y' = yx * x + yy * y + y */
};

/* Reads the part of SVG path data that the pictograms use: absolute M, L, C and Z, and A for half
 * an ellipse whose diameter is horizontal and whose sweep flag is 1; numbers parted by blanks. What
 * comes after anything else is left out. */
void outline_path(struct outline *outline, const char *path);

void outline_ellipse(struct outline *outline, float x, float y, float rx, float ry);
void outline_box(struct outline *outline, float left, float top, float right, float bottom,
                 float corner);

void outline_fill(const struct outline *outline, const struct outline_place *place,
                  struct raster *raster);
/* With round joins and ends; width in the outline's coordinates. */
void outline_stroke(const struct outline *outline, const struct outline_place *place, float width,
                    struct raster *raster);

#endif
