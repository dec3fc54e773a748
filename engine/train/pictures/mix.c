#include "mix.h"

#include <math.h>
#include <stddef.h>

/* A box of 1 - lambda of the area around a random centre, cut off at the edges. */
static void draw_box(struct mn_random *random, double lambda, int resolution, int box[4])
{
    int side = (int)(resolution * sqrt(1 - lambda) + 0.5);
    for (int axis = 0; axis < 2; axis++) {
        int begin = mn_random_below(random, resolution) - side / 2, end = begin + side;
        box[axis] = begin < 0 ? 0 : begin;
        box[axis + 2] = end > resolution ? resolution : end;
    }
}

struct mn_mix mn_mix_draw(const struct mn_mixing *mixing, int epoch, struct mn_random random,
                          int resolution)
{
    struct mn_mix mix = {.lambda = 1};
    bool mixup = mixing->mixup > 0, cutmix = mixing->cutmix > 0;
    bool over = mixing->off_epoch && epoch >= mixing->off_epoch;
    if ((!mixup && !cutmix) || over || !mn_random_chance(&random, mixing->probability))
        return mix;
    bool cut = cutmix && (!mixup || mn_random_chance(&random, mixing->switch_probability));
    mix.lambda = mn_random_beta(&random, cut ? mixing->cutmix : mixing->mixup);
    if (!cut)
        return mix;
    draw_box(&random, mix.lambda, resolution, mix.box);
    double area = (double)(mix.box[2] - mix.box[0]) * (mix.box[3] - mix.box[1]);
    mix.lambda = 1 - area / ((double)resolution * resolution);
    return mix;
}

static void blend(float *a, float *b, size_t count, float lambda)
{
    for (size_t i = 0; i < count; i++) {
        float first = a[i], second = b[i];
        a[i] = lambda * first + (1 - lambda) * second;
        b[i] = lambda * second + (1 - lambda) * first;
    }
}

void mn_mix_pair(const struct mn_mix *mix, float *tensor, int batch, int resolution, int i)
{
    size_t row = (size_t)resolution * 3, floats = row * (size_t)resolution;
    float *a = tensor + (size_t)i * floats, *b = tensor + (size_t)(batch - 1 - i) * floats;
    if (a == b || mix->lambda >= 1)
        return;
    if (mix->box[2] == 0) {
        blend(a, b, floats, (float)mix->lambda);
        return;
    }
    size_t left = (size_t)mix->box[1] * 3, width = (size_t)(mix->box[3] - mix->box[1]) * 3;
    for (int y = mix->box[0]; y < mix->box[2]; y++) /* lambda 0: each becomes the other */
        blend(a + (size_t)y * row + left, b + (size_t)y * row + left, width, 0);
}
