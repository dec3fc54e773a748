/* The flags that choose and prepare a model, shared by the commands that run one. */
#ifndef CAMLABEL_MODEL_OPTIONS_H
#define CAMLABEL_MODEL_OPTIONS_H

#include "../engine_options.h"

struct model_settings {
    const char *model;  /* NULL: the command's default, as shipped */
    const char *labels; /* NULL: the model's own, or a list beside the file */
    int resolution;     /* 0: the model's own */
    struct engine_settings engine;
    int fit;              /* enum mn_fit, or FIT_AUTO */
    double crop;          /* 0: the model's own */
    double unknown_below; /* probability of the likeliest class; UNKNOWN_AUTO: the model's own */
};

/* The models that ship which are taken where --model names none. */
#define MODEL_OF_PICTURES "everyday" /* of a camera's, a clip's and other photos */
#define MODEL_OF_DEMO "cards"

enum { FIT_AUTO = MN_FIT_STRETCH + 1, UNKNOWN_AUTO = -1 };

/* Becomes part of a command's table by an entry of type OPTION_GROUP. */
extern const struct option_spec model_option_table[];

/* Reads the model and makes an engine of it. On MN_OK both are the caller's; on an error neither
 * pointer is touched. shipped names the model to look for where --model is not given. */
enum mn_status model_open(const struct model_settings *settings, const char *shipped,
                          struct mn_model **model, struct mn_engine **engine,
                          struct mn_error *error);

/* Below which probability of the likeliest class the answer is "unknown"; 0: there is none. */
double model_unknown_below(const struct model_settings *settings, const struct mn_model *model);

#endif
