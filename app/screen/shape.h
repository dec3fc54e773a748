/* Filled shapes with round, smooth corners, which SDL's renderer does not have. */
#ifndef CAMLABEL_SHAPE_H
#define CAMLABEL_SHAPE_H

#include "sdl.h"

enum { SHAPE_DISCS = 8 };

/* Start with {.sdl = …, .renderer = …}; both are borrowed and must outlive it. */
struct shape {
    const struct sdl *sdl;
    SDL_Renderer *renderer;
    int next; /* slot that is given up next */
    struct {
        int radius;           /* px */
        SDL_Texture *texture; /* a white disc, 2 * radius across; owned */
    } discs[SHAPE_DISCS];
};

void shape_close(struct shape *shape); /* leaves it empty and usable */

void shape_box(struct shape *shape, const SDL_Rect *box, SDL_Color colour);

/* The radius is cut to half the shorter side. */
void shape_round_box(struct shape *shape, const SDL_Rect *box, int radius, SDL_Color colour);

/* A bar of which the left `part` (0 … 1) is filled with `colour` and the rest with `track`. Its
 * length is exact: only the left end of the filling is round. */
void shape_bar(struct shape *shape, const SDL_Rect *box, double part, SDL_Color colour,
               SDL_Color track);

#endif
