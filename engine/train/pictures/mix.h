/* Mixing the pictures of a batch in pairs, and their targets with them: mixup (Zhang et al. 2017)
 * and cutmix (Yun et al. 2019), each picture with the one at the mirrored place of the batch, as
 * timm does. */
#ifndef MN_MIX_H
#define MN_MIX_H

#include "../base/random.h"

struct mn_mixing {
    double mixup, cutmix;      /* alpha of the beta distribution; 0: not */
    double probability;        /* that a batch is mixed at all ("mixup_prob") */
    double switch_probability; /* that it is cutmix where both are on */
    int off_epoch;             /* from this epoch (0 …) on, not any more; 0: always */
};

/* How one batch is mixed. Picture i becomes lambda of itself and 1 - lambda of batch - 1 - i,
 * either by brightness or, where there is a box, by area: the box is the other's. */
struct mn_mix {
    double lambda; /* 1: not mixed */
    int box[4];    /* cutmix: top, left, bottom, right in px, ends excluded; all 0 for mixup */
};

struct mn_mix mn_mix_draw(const struct mn_mixing *mixing, int epoch, struct mn_random random,
                          int resolution);

/* Mixes pictures `i` and batch - 1 - i of tensor [batch][resolution][resolution][3] in place; for i
 * < (batch + 1) / 2, each independent of the others, so that threads can share the work. */
void mn_mix_pair(const struct mn_mix *mix, float *tensor, int batch, int resolution, int i);

#endif
