/* What a camera does to a scene: blur, exposure, colour, vignette, noise. */
#ifndef CAMLABEL_CARDS_LENS_H
#define CAMLABEL_CARDS_LENS_H

#include "chance.h"

enum { LENS_NOISE_BYTES = 1 << 16, LENS_MAX_WIDTH = 4096, LENS_MAX_PASSES = 24 };

/* One pass of blur: each pixel keeps 256 - 2 * share of itself and takes `share` (of 256) from the
 * pixels at +(dx, dy) and -(dx, dy). */
struct lens_pass {
    int dx, dy, share;
};

struct lens_blur {
    struct lens_pass pass[LENS_MAX_PASSES];
    int pass_count;
};

struct lens_exposure {
    float gain[3];          /* R, G, B */
    float light_x, light_y; /* relative change of light at the right and lower edge */
    float vignette;         /* relative loss in the corners */
    float haze;             /* added, in 1/255 */
    float noise;            /* standard deviation, in 1/255 */
    uint64_t noise_seed;    /* another one for every frame */
};

struct lens {
    int8_t noise[LENS_NOISE_BYTES];      /* of R, G, B in turn; standard deviation 32 */
    uint16_t column[3 * LENS_MAX_WIDTH]; /* light by column, as lens_expose() needs it */
};

void lens_init(struct lens *lens, struct chance *chance);

/* The passes for a Gaussian of `defocus_px` standard deviation and for a straight motion by (dx,
 * dy) px while the shutter is open. */
struct lens_blur lens_plan_blur(float defocus_px, float dx_px, float dy_px);

/* rgb [height][width][3] both; they do not overlap. */
void lens_smear(const struct lens_pass *pass, const uint8_t *from, uint8_t *to, int width,
                int height);
void lens_expose(struct lens *lens, const struct lens_exposure *exposure, const uint8_t *from,
                 uint8_t *to, int width, int height);

#endif
