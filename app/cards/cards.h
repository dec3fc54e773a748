/* The demo's pictograms and the scenes that show them: live source, training set and printable
 * sheet come from this one module, so that a network trained on its pictures knows the demo and the
 * printed cards.
 *
 * A scene is a card of one pictogram in perspective, over a moving background, in changing light,
 * through a camera with blur and noise. Everything follows from a seed: the same seed gives the
 * same bytes on every machine. */
#ifndef CAMLABEL_CARDS_H
#define CAMLABEL_CARDS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
    CARDS_COUNT = 12,
    CARDS_SHOT_S = 4,                           /* a pictogram is shown for as long */
    CARDS_ROUND_S = CARDS_COUNT * CARDS_SHOT_S, /* all twelve, each once */
    CARDS_MIN_SIDE = 32,                        /* of a picture, in px */
    CARDS_MAX_SIDE = 4096,
};

/* Lower-case English name of a pictogram: "banana" … "umbrella", in alphabetical order; index 0 …
 * CARDS_COUNT - 1. */
const char *cards_name(int index);

struct cards_scene; /* a sequence of frames of one size */

/* NULL when memory runs out. width and height: CARDS_MIN_SIDE … CARDS_MAX_SIDE. */
struct cards_scene *cards_scene_new(uint64_t seed, int width, int height);
void cards_scene_free(struct cards_scene *scene);

/* Draws the scene at `time_s` (>= 0) into rgb [height][width][3] and returns the pictogram's index.
 * The pictogram changes every CARDS_SHOT_S; within one all motion is smooth. Each round of
 * CARDS_ROUND_S shows all twelve in a random order, and none follows itself. */
int cards_scene_draw(struct cards_scene *scene, double time_s, uint8_t *rgb);

/* A single training picture of pictogram `index`, all of it random by `seed`. Sizes as above. Grey
 * all over when memory runs out. */
void cards_picture(uint64_t seed, int index, int width, int height, uint8_t *rgb);

/* The printable sheet: A4 as SVG, twelve cards with names and cutting lines. Returns 0, or -1 if
 * writing failed. */
int cards_write_sheet(FILE *file);

#endif
