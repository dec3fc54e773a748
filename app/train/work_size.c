#include "work_size.h"

#include <math.h>

#include "../../engine/train/features.h"
#include "../../engine/train/schedule.h"

static int largest_size(const struct mn_recipe *recipe)
{
    int trained = mn_schedule_largest_size(recipe);
    return trained > recipe->spec.resolution ? trained : recipe->spec.resolution;
}

/* Activations of the trained layers forward and backward, and the weights with gradient, momentum,
 * square and average. */
static double training_bytes(const struct mn_recipe *recipe)
{
    struct mn_network network;
    struct mn_error error;
    struct mn_network_spec spec = recipe->spec;
    spec.resolution = largest_size(recipe);
    if (spec.classes == 0)
        spec.classes = 1000; /* not yet known */
    if (mn_network_build(&network, &spec, &error))
        return 0; /* its trainer will say why */
    double floats = 0;
    for (int i = 0; i < network.layer_count; i++) {
        const struct mn_layer *layer = &network.layers[i];
        floats += 3.0 * layer->out_size * layer->out_size * layer->out_channels;
    }
    return 4 * ((mn_features_wanted(recipe) ? 0 : floats * recipe->batch_size) +
                5.0 * (double)network.parameters);
}

size_t work_cache_bytes(const struct fit_settings *settings)
{
    double left = (double)settings->ram_bytes - training_bytes(&settings->recipe);
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
