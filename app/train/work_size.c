#include "work_size.h"

#include <math.h>

#include "../../engine/train/features.h"
#include "../../engine/train/schedule.h"

static int largest_size(const struct mn_recipe *recipe)
{
    int trained = mn_schedule_largest_size(recipe);
    return trained > recipe->spec.resolution ? trained : recipe->spec.resolution;
}

/* What trainer and learner make room for, see learner_room.h: the input and each layer's output
 * once, the gradients of two, the weights with gradient, two rows of the optimizer's, average and
 * packed, and the operands of a gradient of weights, which are these at most. */
double work_training_bytes(const struct mn_recipe *recipe)
{
    struct mn_network network;
    struct mn_error error;
    struct mn_network_spec spec = recipe->spec;
    spec.resolution = largest_size(recipe);
    if (spec.classes == 0)
        spec.classes = 1000; /* not yet known */
    if (mn_network_build(&network, &spec, &error))
        return 0; /* its trainer will say why */
    double floats = 3.0 * spec.resolution * spec.resolution, largest = 0;
    for (int i = 0; i < network.layer_count; i++) {
        const struct mn_layer *layer = &network.layers[i];
        double output = (double)layer->out_size * layer->out_size * layer->out_channels;
        floats += output;
        largest = fmax(largest, output);
    }
    const double operands = 4 << 20;
    double trunk = (floats + 2 * largest) * recipe->batch_size + operands;
    return 4 * ((mn_features_wanted(recipe) ? 0 : trunk) + 6 * (double)network.parameters);
}

size_t work_cache_bytes(const struct fit_settings *settings)
{
    double left = (double)settings->ram_bytes - work_training_bytes(&settings->recipe);
    return left > 0 ? (size_t)left : 0;
}

int work_picture_side(const struct mn_recipe *recipe)
{
    const struct mn_augmentation *augmentation = &recipe->augmentation;
    bool crops = augmentation->crop == MN_CROP_RESIZED && !mn_features_wanted(recipe);
    double part = crops ? sqrt(augmentation->scale[0]) : 1;
    part = fmin(part, recipe->crop_pct);
    const double most = 4; /* times the input: what is cropped smaller than that is blown up */
    return (int)ceil(largest_size(recipe) * fmin(most, 1 / part));
}
