/* From a picture's bytes to the network's input tensor in one pass: crop, resize, colour
 * conversion, normalisation.
 *
 * Camera, picture files and trainer all go through here, so that a network is shown what it was
 * trained on.
 *
 * Definition. Let the crop be w x h pixels of the picture (real numbers; pixel i covers i … i + 1)
 * and the target rectangle tw x th pixels of the tensor. Each component (R, G, B, or Y, Cb, Cr, on
 * its own grid) is sampled with a triangle filter whose half-width is max(1, w / tw) samples of
 * that grid, w counted on it, separably: antialiased bilinear, the same as Pillow's
 * resize(box=crop). The filter reaches over the edges of the crop, where pixels are to be had, and
 * is cut off at the edges of the picture; its taps are normalised to sum 1. Then Y'CbCr becomes
 * R'G'B', is rounded to a whole level 0…255, and x becomes (x / 255 - mean) / std. Padding of a
 * letterbox is `mean` itself, so 0 in the tensor. Whole levels, because that is what networks are
 * trained on (Pillow gives bytes) and what quantised ones can take; only the last step rounds.
 *
 * Grids. Chroma of YUYV, UYVY, NV12 and I420 sits on even columns, that of NV12 and I420 between
 * two rows, as MPEG-2 and V4L2's default: pixel coordinates (x, y) are (x / 2 + 1/4, y) on the
 * chroma grid of YUYV and UYVY, (x / 2 + 1/4, y / 2) on that of NV12 and I420.
 *
 * Crop and target. MN_FIT_CROP: a square of side max(1, f * min(width, height)), centred, fills the
 * tensor. MN_FIT_STRETCH: max(1, f * width) x max(1, f * height), centred, fills it. In
 * MN_FIT_LETTERBOX all of the picture becomes round(width * s) x round(height * s), at least 1,
 * with s = resolution / max(width, height); the odd pixel of padding is right or below.
 *
 * All this of the picture as it is stored; where it is to be turned or mirrored, the tensor is. */
#ifndef MN_PREPROCESS_H
#define MN_PREPROCESS_H

#include "../base/error.h"
#include "image.h"

struct mn_kernels;

enum mn_fit {
    MN_FIT_CROP,      /* the middle square, cut; its aspect ratio kept */
    MN_FIT_LETTERBOX, /* all of the picture, bars around it */
    MN_FIT_STRETCH,   /* the middle of both sides, its aspect ratio lost: how TensorFlow evaluated
                         its MobileNets (crop_fraction 0.875) */
};

/* What a model wants done to a picture. Part of the model file. */
struct mn_preprocessing {
    enum mn_fit fit;
    double crop_fraction;  /* 0 < f <= 1: MN_FIT_CROP keeps the middle f of the shorter side,
                              MN_FIT_STRETCH of both (usually 0.875); MN_FIT_LETTERBOX keeps all */
    float mean[3], std[3]; /* R, G, B on the scale 0…1 */
};

struct mn_preprocessor; /* tap tables and row buffers for one picture geometry; rebuilt when the
                           geometry changes */

/* NULL when memory runs out. The settings are copied, the kernels borrowed (they are static). The
 * caller frees with mn_preprocessor_free(). */
struct mn_preprocessor *mn_preprocessor_new(const struct mn_preprocessing *settings, int resolution,
                                            const struct mn_kernels *kernels);
void mn_preprocessor_free(struct mn_preprocessor *preprocessor); /* NULL is fine */

/* Writes tensor [resolution][resolution][3], float32, R G B. Allocates only when format or size of
 * the picture differ from the call before. Errors: MN_FAILED for memory, MN_BAD_INPUT for a picture
 * that cannot be (see mn_image_bytes) or a crop fraction out of range. */
enum mn_status mn_preprocess(struct mn_preprocessor *preprocessor, const struct mn_image *image,
                             float *tensor, struct mn_error *error);

/* The same in pieces, for several threads. Prepare does what can fail, once a picture, and makes
 * room for `workers` workers at a time; its errors, and when it allocates, are mn_preprocess()'s.
 * Then each worker, 0 … workers - 1, makes rows row_begin … row_end - 1 of all resolution rows, and
 * writes them where they are seen, in a turned picture as columns; what it writes does not depend
 * on where the cuts are. Rows are made in groups of 8, so
 * cuts at multiples of 8 cost least. */
enum mn_status mn_preprocess_prepare(struct mn_preprocessor *preprocessor,
                                     const struct mn_image *image, int workers,
                                     struct mn_error *error);
void mn_preprocess_rows(const struct mn_preprocessor *preprocessor, const struct mn_image *image,
                        float *tensor, int row_begin, int row_end, int worker);

/* "crop", "letterbox", "stretch": names for flags and files. */
const char *mn_fit_name(enum mn_fit fit);

#endif
