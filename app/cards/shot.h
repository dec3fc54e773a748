/* A shot: how one card is shown over time. Every quantity drifts smoothly about a random middle;
 * what is live and what is a training picture differ in how far it may go, and in nothing else. */
#ifndef CAMLABEL_CARDS_SHOT_H
#define CAMLABEL_CARDS_SHOT_H

#include "chance.h"

enum look {
    LOOK_SIZE,   /* side of the pictogram in sides of the frame's largest square */
    LOOK_X,      /* its centre, in shares of the room that it leaves in that square: 1 is */
    LOOK_Y,      /* as far right or down as it can go and stay whole */
    LOOK_ROLL,   /* turns */
    LOOK_YAW,    /* turns */
    LOOK_PITCH,  /* turns */
    LOOK_SHADOW, /* 0 … 1 */
    LOOK_VIEW_X, /* centre of the view of the backdrop, in texels from its centre */
    LOOK_VIEW_Y,
    LOOK_VIEW_TURN,   /* turns */
    LOOK_VIEW_RADIUS, /* texels of the backdrop from the frame's centre to its corner */
    LOOK_GAIN,        /* exposure: 1 as drawn */
    LOOK_WARMTH,      /* red against blue, -1 … 1 */
    LOOK_TINT,        /* green against both, -1 … 1 */
    LOOK_LIGHT_X,     /* how much lighter it is at the frame's right edge than in the middle */
    LOOK_LIGHT_Y,     /* … at its lower edge */
    LOOK_VIGNETTE,    /* how much darker it is in the corners */
    LOOK_HAZE,        /* added to everything, in 1/255 */
    LOOK_DEFOCUS,     /* standard deviation in 1/480 of the frame's shorter side */
    LOOK_SHUTTER,     /* how long it is open, in seconds */
    LOOK_NOISE,       /* standard deviation, in 1/255 */
    LOOK_COUNT,
};

/* Where a quantity's middle may lie, and how far it may drift from it. */
struct shot_range {
    float low, high, sway;
};

extern const struct shot_range SHOT_LIVE[LOOK_COUNT], SHOT_TRAINING[LOOK_COUNT];

struct shot_drift {
    float middle, sway, frequency_hz, phase, wobble_phase;
};

struct shot {
    struct shot_drift drift[LOOK_COUNT];
};

struct shot shot_random(struct chance *chance, const struct shot_range range[LOOK_COUNT]);

/* The quantities at time_s after the shot's begin (0 … 60). */
void shot_look(const struct shot *shot, float time_s, float look[LOOK_COUNT]);

#endif
