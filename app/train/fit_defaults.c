#include "fit_settings.h"

/* Who needs a default has some dozen to some hundred photos of each of a few things, two cores, and
 * a camera that will look at such things. */
const struct fit_settings fit_defaults = {
    .recipe =
        {
            /* A quarter of the arithmetic of α 1 and a third of its parameters: classes that a
             * handful of photos can tell apart do not need more, and it trains over a cup of coffee
             * and runs live on a Raspberry Pi. 128 px because objects fill half a photo rather than
             * all of it. ReLU6 and SAME padding as the paper's own code, so that weights move
             * freely to and from TensorFlow's. */
            .spec = {.width = 0.5,
                     .resolution = 128,
                     .channel_divisor = 8,
                     .activation = MN_RELU6,
                     .padding = MN_PAD_SAME},
            .bn_momentum = 0.1,
            .bn_eps = 1e-3, /* the paper's code: channels that are all but dead stay calm */
            .dropout = 0.1,

            /* Few pictures make short epochs, so there are many; small batches make many steps of
             * them. The learning rate is the usual 0.1 for 64 (He et al. 2015: 0.1 for 256) a
             * little tamed: batch norm over 32 pictures is noisy. */
            .epochs = 60,
            .batch_size = 32,
            .sched = MN_COSINE, /* nothing to choose, and its end is calm */
            .lr = 0.05,
            .min_lr = 1e-5,
            .warmup_lr = 1e-4,
            .warmup_epochs = 3,
            .decay_epochs = 20,
            .decay_rate = 0.1,
            .patience_epochs =
                0, /* most of the gain comes in cosine's last third: stopping is rarely right
                    */
            .opt = MN_SGD,
            .momentum = 0.9,
            .opt_eps = 1e-8,
            .opt_beta2 = 0.999,
            .weight_decay = 5e-4, /* high, as usual where data are few */
            .clip_grad =
                5, /* never reached in a healthy run; saves one with a mislabelled folder */
            .smoothing =
                0.1, /* some labels will be wrong, and "unknown" needs calm probabilities */
            .model_ema_decay = 0.99, /* over a hundred steps: short runs have no more to average */

            /* Photos show the thing somewhere: crops of a third of the area still hold it, those of
             * 8 % that ImageNet's recipes take often do not. */
            .augmentation = {.crop = MN_CROP_RESIZED,
                             .crop_pad = 0.125,
                             .scale = {0.35, 1},
                             .ratio = {0.75, 4.0 / 3},
                             .hflip = 0.5,
                             .vflip = 0,
                             .color_jitter = 0.4,
                             .trivial = true, /* needs no tuning, which is its whole point */
                             .camera = 0.2, /* the pictures to come are a webcam's, not a phone's */
                             .reprob = 0},
            /* mixing wants hundreds of epochs to pay */
            .mixing = {.mixup = 0, .cutmix = 0, .probability = 1, .switch_probability = 0.5},
            .mean = {0.5F, 0.5F, 0.5F}, /* of no data set in particular */
            .std = {0.5F, 0.5F, 0.5F},
            .crop_pct = 1, /* what the camera's frame shows in the middle */
            .seed = 42,    /* timm's */
        },
    /* Enough to judge by, and the rest to learn from; who has a val folder has chosen. */
    .val_split = 0.1,
    .ram_bytes = (size_t)512 << 20, /* a Raspberry Pi with 1 GB goes on working */
    .checkpoint_minutes = 5,
};
