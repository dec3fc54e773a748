/* A recipe: everything that a training depends on, apart from the data and the start. Names are
 * timm's, flags are in app/train/recipe.c, their defaults in app/train/fit_defaults.c; the model
 * file keeps it. */
#ifndef MN_RECIPE_H
#define MN_RECIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "../network.h"
#include "pictures/augment.h"
#include "pictures/mix.h"

enum mn_optimizer_kind {
    MN_SGD,      /* Nesterov momentum, as timm's "sgd" */
    MN_MOMENTUM, /* plain momentum */
    MN_RMSPROP,  /* TensorFlow's: epsilon inside the root, mean square begins at 1 */
    MN_ADAMW,
    MN_MUON, /* products' weights turned by orthogonal steps, the rest AdamW */
};

enum mn_schedule_kind { MN_COSINE, MN_STEP, MN_CONSTANT };

enum { MN_MAX_SIZE_PHASES = 16, MN_MAX_SIZES = 8 };

/* Which resolutions the network is trained at, by epoch: "64" all the time; "0:32,20:64" small
 * first; "0:64/96/128" each batch at one of several, so that one model serves them all. */
struct mn_size_phase {
    double epoch; /* from here on */
    int sizes[MN_MAX_SIZES], count;
};

struct mn_recipe {
    /* network: spec.resolution is what the model is made for and evaluated at, classes are set by
     * the data */
    struct mn_network_spec spec;
    struct mn_size_phase train_sizes[MN_MAX_SIZE_PHASES];
    int train_size_phases; /* 0: spec.resolution */
    double bn_momentum;    /* share of the new batch in the running statistics: 0.1 as PyTorch */
    double bn_eps;
    double dropout; /* before the linear layer */

    /* length and pace */
    int epochs, batch_size;
    enum mn_schedule_kind sched;
    double lr, min_lr, warmup_lr;    /* per step of batch_size pictures */
    double warmup_epochs;            /* linear from warmup_lr */
    double decay_epochs, decay_rate; /* MN_STEP: every so many epochs times so much */
    int patience_epochs;             /* without a better validation accuracy, then stop; 0: never */

    /* optimizer */
    enum mn_optimizer_kind opt;
    double momentum, opt_eps, opt_beta2;
    double weight_decay; /* not on biases, batch norm and depthwise filters; decoupled for AdamW and
                            Muon */
    double clip_grad;    /* norm of all gradients together; 0: no clipping */
    double smoothing;    /* label smoothing */
    double model_ema_decay; /* average of the weights, what is evaluated and kept; 0: none */

    /* transfer */
    int freeze; /* blocks whose weights stay as they are, counted from the picture; the first
                   convolution is frozen with the first. 13: all but the head */
    bool no_feature_cache; /* with freeze 13: run the frozen trunk for every picture of every epoch,
                              augmented, instead of keeping its output for each picture and its
                              mirror image */

    struct mn_augmentation augmentation;
    struct mn_mixing mixing;
    float mean[3], std[3];
    double crop_pct; /* crop fraction at evaluation */
    uint64_t seed;
};

#endif
