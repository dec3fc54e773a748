#include "shot.h"

const struct shot_range SHOT_LIVE[LOOK_COUNT] = {
    [LOOK_SIZE] = {0.5f, 0.66f, 0.05f},      [LOOK_X] = {-0.45f, 0.45f, 0.45f},
    [LOOK_Y] = {-0.4f, 0.4f, 0.4f},          [LOOK_ROLL] = {-0.03f, 0.03f, 0.035f},
    [LOOK_YAW] = {-0.05f, 0.05f, 0.07f},     [LOOK_PITCH] = {-0.04f, 0.04f, 0.05f},
    [LOOK_SHADOW] = {0.3f, 0.55f, 0},        [LOOK_VIEW_X] = {-15, 15, 20},
    [LOOK_VIEW_Y] = {-15, 15, 15},           [LOOK_VIEW_TURN] = {-0.02f, 0.02f, 0.012f},
    [LOOK_VIEW_RADIUS] = {150, 185, 10},     [LOOK_GAIN] = {0.86f, 1.1f, 0.1f},
    [LOOK_WARMTH] = {-0.05f, 0.1f, 0.04f},   [LOOK_TINT] = {-0.02f, 0.02f, 0.01f},
    [LOOK_LIGHT_X] = {-0.12f, 0.12f, 0.08f}, [LOOK_LIGHT_Y] = {-0.1f, 0.1f, 0.05f},
    [LOOK_VIGNETTE] = {0.05f, 0.3f, 0},      [LOOK_HAZE] = {0, 10, 2},
    [LOOK_DEFOCUS] = {0.3f, 0.8f, 0.3f},     [LOOK_SHUTTER] = {0.015f, 0.033f, 0},
    [LOOK_NOISE] = {1.5f, 3.5f, 0},
};

const struct shot_range SHOT_TRAINING[LOOK_COUNT] = {
    [LOOK_SIZE] = {0.33f, 0.97f, 0.03f},
    [LOOK_X] = {-0.9f, 0.9f, 0.2f},
    [LOOK_Y] = {-0.9f, 0.9f, 0.2f},
    [LOOK_ROLL] = {-0.1f, 0.1f, 0.04f},
    [LOOK_YAW] = {-0.1f, 0.1f, 0.04f},
    [LOOK_PITCH] = {-0.09f, 0.09f, 0.04f},
    [LOOK_SHADOW] = {0, 0.7f, 0},
    [LOOK_VIEW_X] = {-30, 30, 10},
    [LOOK_VIEW_Y] = {-30, 30, 10},
    [LOOK_VIEW_TURN] = {-0.1f, 0.1f, 0},
    [LOOK_VIEW_RADIUS] = {70, 185, 10},
    [LOOK_GAIN] = {0.5f, 1.4f, 0.1f},
    [LOOK_WARMTH] = {-0.17f, 0.2f, 0.05f},
    [LOOK_TINT] = {-0.06f, 0.06f, 0.02f},
    [LOOK_LIGHT_X] = {-0.35f, 0.35f, 0},
    [LOOK_LIGHT_Y] = {-0.3f, 0.3f, 0},
    [LOOK_VIGNETTE] = {0, 0.5f, 0},
    [LOOK_HAZE] = {0, 40, 5},
    [LOOK_DEFOCUS] = {0, 4.5f, 0.5f},
    [LOOK_SHUTTER] = {0, 0.12f, 0},
    [LOOK_NOISE] = {0, 12, 2},
};

struct shot shot_random(struct chance *chance, const struct shot_range range[LOOK_COUNT])
{
    struct shot shot = {0};
    for (int i = 0; i < LOOK_COUNT; i++) {
        struct shot_drift *drift = &shot.drift[i];
        drift->middle = chance_between(chance, range[i].low, range[i].high);
        drift->sway = range[i].sway * chance_between(chance, 0.4f, 1);
        drift->frequency_hz = chance_between(chance, 0.12f, 0.32f);
        drift->phase = chance_between(chance, 0, 1);
        drift->wobble_phase = chance_between(chance, 0, 1);
    }
    return shot;
}

void shot_look(const struct shot *shot, float time_s, float look[LOOK_COUNT])
{
    for (int i = 0; i < LOOK_COUNT; i++) {
        const struct shot_drift *drift = &shot->drift[i];
        float cycles = drift->frequency_hz * time_s;
        float swing = 0.8f * chance_sine(cycles + drift->phase) +
                      0.2f * chance_sine(2.7f * cycles + drift->wobble_phase);
        look[i] = drift->middle + drift->sway * swing;
    }
}
