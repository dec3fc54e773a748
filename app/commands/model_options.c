#include "model_options.h"

#include <stdio.h>
#include <string.h>

#include "../model_name.h"
#include "../paths.h"

static const char *const fit_choices[] = {"crop", "letterbox", "stretch", "auto", NULL};

#define FIELD(member) offsetof(struct model_settings, member)

const struct option_spec model_option_table[] = {
    {OPTION_TEXT, 'm', "model", "FILE", FIELD(model),
     "the network: .safetensors, .tflite or Keras .h5, or the name of one that ships: everyday, "
     "everyday-0.5, everyday-0.25, cifar10, cards; default: everyday, and cards for the demo of "
     "live"},
    {OPTION_TEXT, 'l', "labels", "FILE", FIELD(labels),
     "names of the classes, one a line; default: the model's own, or FILE_labels.txt, "
     "labels_COUNT.txt or labels.txt "
     "beside it"},
    {OPTION_INTEGER, 'r', "resolution", "R", FIELD(resolution),
     "input size in pixels, a multiple of 32; default: the model's own", .low = 32, .high = 512},
    {OPTION_CHOICE, 0, "fit", "HOW", FIELD(fit),
     "crop, letterbox or stretch the picture to a square; default: the model's own",
     .choices = fit_choices},
    {OPTION_REAL, 0, "crop", "F", FIELD(crop),
     "fraction of the sides that crop and stretch keep, around the middle; default: the model's "
     "own",
     .low = 0.05, .high = 1},
    {OPTION_REAL, 0, "unknown-below", "P", FIELD(unknown_below),
     "say \"unknown\" where the most probable class is below this; 0: never; default: the model's "
     "own",
     .low = 0, .high = 1},
    {OPTION_GROUP, 0, "", NULL, FIELD(engine), NULL, .group = engine_option_table},
    {.name = NULL},
};

static enum mn_status find_shipped(char *path, size_t size, const char *name,
                                   struct mn_error *error)
{
    char file[64];
    snprintf(file, sizeof file, "models/%s.safetensors", name);
    if (!path_of_data(path, size, file))
        return mn_fail(error, MN_BAD_INPUT,
                       "no model: --model FILE names one, and the shipped %s is not there; "
                       "camlabel import makes one of a TensorFlow Lite, Keras or timm file",
                       file);
    return MN_OK;
}

static enum mn_status load(const struct model_settings *settings, const char *shipped,
                           struct mn_model **model, struct mn_error *error)
{
    char path[4096];
    if (settings->model)
        return model_name_load(model, settings->model, settings->labels, error);
    enum mn_status status = find_shipped(path, sizeof path, shipped, error);
    return status ? status : model_name_load(model, path, settings->labels, error);
}

enum mn_status model_open(const struct model_settings *settings, const char *shipped,
                          struct mn_model **model, struct mn_engine **engine,
                          struct mn_error *error)
{
    struct mn_model *loaded = NULL;
    enum mn_status status = load(settings, shipped, &loaded, error);
    if (status)
        return status;
    struct mn_preprocessing preprocessing = loaded->preprocessing;
    if (settings->fit != FIT_AUTO)
        preprocessing.fit = (enum mn_fit)settings->fit;
    if (settings->crop > 0)
        preprocessing.crop_fraction = settings->crop;
    struct mn_engine_options options = engine_options(&settings->engine);
    options.resolution = settings->resolution;
    options.preprocessing = &preprocessing;
    if (mn_engine_new(engine, loaded, &options, error)) {
        mn_model_free(loaded);
        return error->status;
    }
    *model = loaded;
    return MN_OK;
}

double model_unknown_below(const struct model_settings *settings, const struct mn_model *model)
{
    return settings->unknown_below >= 0 ? settings->unknown_below : model->unknown_below;
}
