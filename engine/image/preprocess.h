/* From a picture's bytes to the network's input tensor in one pass: crop, resize, colour
 * conversion, normalisation.
 *
 * Camera, picture files and trainer all go through here, so that a network is shown what it was
 * trained on.
 *
 * Definition. Let the crop be w x h pixels of the picture (real numbers) and the target rectangle
 * tw x th pixels of the tensor. Each component (R, G, B, or Y, Cb, Cr, on its own grid; chroma of
 * YUYV and UYVY sits on even columns, of NV12 and I420 on even columns and between two rows, as
 * MPEG-2 and V4L2's default) is sampled with a triangle filter whose half-width is max(1, w / tw)
 * pixels of that grid (antialiased bilinear, as Pillow's resize), separably, its taps cut off at
 * the crop and normalised to sum 1; then Y'CbCr becomes R'G'B', is clamped to 0…255, and x becomes
 * (x / 255 - mean) / std. Padding of a letterbox is `mean` itself, so 0 in the tensor. */
#ifndef MN_PREPROCESS_H
#define MN_PREPROCESS_H

#include "../error.h"
#include "image.h"

enum mn_fit {
    MN_FIT_CROP,      /* the largest centred square, cut: what ImageNet models are used to */
    MN_FIT_LETTERBOX, /* all of the picture, bars around it */
    MN_FIT_STRETCH,   /* all of the picture, its aspect ratio lost */
};

/* What a model wants done to a picture. Part of the model file. */
struct mn_preprocessing {
    enum mn_fit fit;
    double crop_fraction; /* 0 < f <= 1: MN_FIT_CROP keeps the middle f of the shorter side (usually
                             0.875) */
    float mean[3], std[3]; /* R, G, B on the scale 0…1 */
};

struct mn_preprocessor; /* tap tables and row buffers for one picture geometry; rebuilt when the
                           geometry changes */

/* Both give NULL / MN_FAILED when memory runs out. The caller frees with mn_preprocessor_free(). */
struct mn_preprocessor *mn_preprocessor_new(const struct mn_preprocessing *settings,
                                            int resolution);
void mn_preprocessor_free(struct mn_preprocessor *preprocessor); /* NULL is fine */

/* Writes tensor [resolution][resolution][3], float32, R G B. Allocates only when format or size of
 * the picture differ from the call before. */
enum mn_status mn_preprocess(struct mn_preprocessor *preprocessor, const struct mn_image *image,
                             float *tensor, struct mn_error *error);

/* "crop", "letterbox", "stretch": names for flags and files. */
const char *mn_fit_name(enum mn_fit fit);

#endif
