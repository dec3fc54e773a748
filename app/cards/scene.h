/* Puts a card before a backdrop and takes the picture. */
#ifndef CAMLABEL_CARDS_SCENE_H
#define CAMLABEL_CARDS_SCENE_H

#include <stddef.h>

#include "card.h"
#include "lens.h"
#include "shot.h"

enum { SCENE_MAX_SIDE = LENS_MAX_WIDTH /* px */ };

struct scene {
    int width, height;
    struct card card;
    struct shot shot;
    struct texture card_texture, backdrop_texture;
    struct raster raster;
    struct lens lens;
    /* one row of the picture, from left to right */
    uint32_t row[SCENE_MAX_SIDE];                           /* texels, opaque */
    int32_t card_x[SCENE_MAX_SIDE], card_y[SCENE_MAX_SIDE]; /* as texture_sample() takes them */
    uint16_t shade[SCENE_MAX_SIDE];                         /* by the card's shadow, 0 … 256 */
    /* every second column of the backdrop, of the two even rows around this one, and between */
    uint32_t every_second[2][SCENE_MAX_SIDE / 2 + 1], between[SCENE_MAX_SIDE / 2 + 1];
    uint8_t draft[]; /* [height][width][3] */
};

/* Free with free(). NULL when memory runs out. */
struct scene *scene_new(int width, int height);

/* Draws a new card of pictogram `index` and a new backdrop and plans how they move. */
void scene_set(struct scene *scene, uint64_t seed, int index, float variety,
               const struct shot_range range[LOOK_COUNT]);

/* The picture at time_s (0 … 60) of the shot, into rgb [height][width][3]. size scales the card, 1
 * as planned. */
void scene_take(struct scene *scene, float time_s, float size, uint64_t noise_seed, uint8_t *rgb);

#endif
