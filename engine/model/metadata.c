#include "metadata.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static const char format_prefix[] = "camlabel-", format_version[] = "camlabel-1";
static const char *const activation_names[] = {[MN_RELU] = "relu", [MN_RELU6] = "relu6"};
static const char *const padding_names[] = {
    [MN_PAD_SAME] = "same", [MN_PAD_SYMMETRIC] = "symmetric"};
static const char *const architecture_names[] = {"mobilenet_v1", "mobilenet_v1_standard"};

/* --- reading --- */

static const char *word(const json_t *metadata, const char *key)
{
    return json_string_value(json_object_get(metadata, key));
}

static enum mn_status fail_key(struct mn_error *error, const char *key, const char *expected)
{
    return mn_fail(error, MN_BAD_INPUT, "metadata \"%s\" is missing or is not %s", key, expected);
}

/* The parsed value of a key that holds JSON text; NULL if there is none. The caller frees. */
static json_t *value_of(const json_t *metadata, const char *key)
{
    const char *text = word(metadata, key);
    return text ? json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL) : NULL;
}

static enum mn_status read_number(const json_t *metadata, const char *key, double *number,
                                  struct mn_error *error)
{
    json_t *value = value_of(metadata, key);
    bool valid = json_is_number(value);
    if (valid)
        *number = json_number_value(value);
    json_decref(value);
    return valid ? MN_OK : fail_key(error, key, "a number");
}

static enum mn_status read_int(const json_t *metadata, const char *key, int *number,
                               struct mn_error *error)
{
    json_t *value = value_of(metadata, key);
    json_int_t wide = json_integer_value(value);
    bool valid = json_is_integer(value) && wide >= 0 && wide <= INT32_MAX;
    if (valid)
        *number = (int)wide;
    json_decref(value);
    return valid ? MN_OK : fail_key(error, key, "a whole number");
}

/* The index of the key's word among `names`. */
static enum mn_status read_choice(const json_t *metadata, const char *key,
                                  const char *const names[2], int *choice, struct mn_error *error)
{
    const char *text = word(metadata, key);
    for (*choice = 0; *choice < 2; ++*choice)
        if (text && !strcmp(text, names[*choice]))
            return MN_OK;
    return mn_fail(error, MN_BAD_INPUT, "metadata \"%s\" is missing or is neither %s nor %s", key,
                   names[0], names[1]);
}

static enum mn_status read_rgb(const json_t *metadata, const char *key, float rgb[3],
                               struct mn_error *error)
{
    json_t *value = value_of(metadata, key);
    bool valid = json_array_size(value) == 3;
    for (size_t i = 0; valid && i < 3; i++) {
        rgb[i] = (float)json_number_value(json_array_get(value, i));
        valid = json_is_number(json_array_get(value, i)) && isfinite(rgb[i]);
    }
    json_decref(value);
    return valid ? MN_OK : fail_key(error, key, "a list of three numbers");
}

static enum mn_status read_fit(const json_t *metadata, enum mn_fit *fit, struct mn_error *error)
{
    const char *text = word(metadata, "fit");
    for (*fit = MN_FIT_CROP; *fit <= MN_FIT_STRETCH; ++*fit)
        if (text && !strcmp(text, mn_fit_name(*fit)))
            return MN_OK;
    return fail_key(error, "fit", "crop, letterbox or stretch");
}

bool mn_metadata_is_ours(const json_t *metadata)
{
    const char *format = word(metadata, "format");
    return format && !strncmp(format, format_prefix, sizeof format_prefix - 1);
}

enum mn_status mn_metadata_network(const json_t *metadata, struct mn_network *network,
                                   struct mn_error *error)
{
    const char *format = word(metadata, "format");
    if (!format || strcmp(format, format_version) != 0)
        return mn_fail(error, MN_BAD_INPUT,
                       "the format is \"%.40s\", this program reads \"%s\"; a newer one is needed",
                       format ? format : "", format_version);
    struct mn_network_spec spec = {0};
    int architecture, activation, padding;
    if (read_choice(metadata, "architecture", architecture_names, &architecture, error) ||
        read_number(metadata, "width", &spec.width, error) ||
        read_int(metadata, "channel_divisor", &spec.channel_divisor, error) ||
        read_int(metadata, "resolution", &spec.resolution, error) ||
        read_int(metadata, "classes", &spec.classes, error) ||
        read_choice(metadata, "activation", activation_names, &activation, error) ||
        read_choice(metadata, "padding", padding_names, &padding, error))
        return error->status;
    spec.standard = architecture == 1;
    spec.activation = (enum mn_activation)activation;
    spec.padding = (enum mn_padding)padding;
    return mn_network_build(network, &spec, error);
}

static enum mn_status read_preprocessing(const json_t *metadata, struct mn_preprocessing *settings,
                                         struct mn_error *error)
{
    if (read_fit(metadata, &settings->fit, error) ||
        read_number(metadata, "crop_fraction", &settings->crop_fraction, error) ||
        read_rgb(metadata, "mean", settings->mean, error) ||
        read_rgb(metadata, "std", settings->std, error))
        return error->status;
    if (!(settings->crop_fraction > 0 && settings->crop_fraction <= 1))
        return fail_key(error, "crop_fraction", "above 0 and at most 1");
    for (int i = 0; i < 3; i++)
        if (!(settings->std[i] > 0) || !isfinite(1 / settings->std[i]))
            return fail_key(error, "std", "three numbers above 0");
    return MN_OK;
}

static enum mn_status read_labels(const json_t *metadata, struct mn_model *model,
                                  struct mn_error *error)
{
    if (!word(metadata, "labels"))
        return MN_OK;
    json_t *list = value_of(metadata, "labels");
    size_t count = json_array_size(list);
    const char **labels = calloc(count + 1, sizeof *labels);
    bool valid = json_is_array(list) && count <= MN_MAX_CLASSES;
    for (size_t i = 0; labels && valid && i < count; i++) {
        const json_t *label = json_array_get(list, i);
        labels[i] = json_string_value(label);
        valid = labels[i] && mn_text_is_clean(labels[i], json_string_length(label));
    }
    if (!labels)
        mn_fail(error, MN_FAILED, "not enough memory for the labels");
    else if (!valid)
        fail_key(error, "labels", "a list of printable texts");
    else
        error->status = mn_model_set_labels(model, (char *const *)labels, (int)count, error);
    free(labels);
    json_decref(list);
    return error->status;
}

/* Several lines where `lines`. */
static enum mn_status read_text(const json_t *metadata, const char *key, bool lines, char **text,
                                struct mn_error *error)
{
    const char *found = word(metadata, key);
    if (!found)
        return MN_OK;
    char *copy =
        lines ? mn_text_lines_cleaned(found, strlen(found)) : mn_text_cleaned(found, strlen(found));
    if (!copy)
        return mn_fail(error, MN_FAILED, "not enough memory for the metadata");
    free(*text);
    *text = copy;
    return MN_OK;
}

/* Leaves it as it is where there is no such key. */
static enum mn_status read_fraction(const json_t *metadata, const char *key, double *fraction,
                                    struct mn_error *error)
{
    if (!word(metadata, key))
        return MN_OK;
    if (read_number(metadata, key, fraction, error))
        return error->status;
    return *fraction >= 0 && *fraction <= 1 ? MN_OK : fail_key(error, key, "from 0 to 1");
}

static enum mn_status read_training(const json_t *metadata, struct mn_model *model,
                                    struct mn_error *error)
{
    if (read_fraction(metadata, "unknown_below", &model->unknown_below, error) ||
        read_fraction(metadata, "accuracy", &model->accuracy, error) ||
        read_text(metadata, "measured", false, &model->measured, error))
        return error->status;
    return read_text(metadata, "recipe", true, &model->recipe, error);
}

static enum mn_status read_known_answer(const json_t *metadata, struct mn_model *model,
                                        struct mn_error *error)
{
    if (!word(metadata, "golden"))
        return MN_OK;
    json_t *golden = value_of(metadata, "golden");
    const json_t *checksum = json_object_get(golden, "input_checksum");
    const json_t *logits = json_object_get(golden, "logits");
    size_t classes = (size_t)model->network.spec.classes;
    bool valid = json_is_integer(checksum) && json_array_size(logits) == classes;
    float *copy = valid ? malloc(classes * sizeof *copy) : NULL;
    for (size_t i = 0; copy && valid && i < classes; i++) {
        copy[i] = (float)json_number_value(json_array_get(logits, i));
        valid = json_is_number(json_array_get(logits, i)) && isfinite(copy[i]);
    }
    model->known_answer.input_checksum = (uint32_t)json_integer_value(checksum);
    json_decref(golden);
    free(model->known_answer.logits);
    model->known_answer.logits = copy;
    if (!valid)
        return fail_key(error, "golden", "a checksum and a finite logit for each class");
    return copy ? MN_OK : mn_fail(error, MN_FAILED, "not enough memory for the metadata");
}

enum mn_status mn_metadata_apply(const json_t *metadata, struct mn_model *model,
                                 struct mn_error *error)
{
    const char *background = word(metadata, "background");
    if (background && strcmp(background, "true") != 0 && strcmp(background, "false") != 0)
        return fail_key(error, "background", "true or false");
    model->background = background && !strcmp(background, "true");

    if (read_number(metadata, "norm_epsilon", &model->norm_epsilon, error))
        return error->status;
    if (!(model->norm_epsilon >= 0 && model->norm_epsilon <= 1))
        return fail_key(error, "norm_epsilon", "from 0 to 1");
    if (read_preprocessing(metadata, &model->preprocessing, error) ||
        read_labels(metadata, model, error) || read_known_answer(metadata, model, error) ||
        read_text(metadata, "name", false, &model->name, error) ||
        read_text(metadata, "origin", false, &model->origin, error))
        return error->status;
    return read_training(metadata, model, error);
}

/* --- writing; a failed step shows as a NULL that the setter refuses --- */

/* The shortest text that reads back as the same number. */
static char *number_text(double number)
{
    char *text = NULL;
    for (size_t digits = 6; digits <= 17; digits++) {
        json_t *value = json_real(number);
        free(text);
        text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits));
        json_decref(value);
        json_t *again = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
        bool same = json_number_value(again) == number;
        json_decref(again);
        if (same)
            break;
    }
    return text;
}

static bool set_text(json_t *object, const char *key, char *text)
{
    bool done = json_object_set_new(object, key, text ? json_string(text) : NULL) == 0;
    free(text);
    return done;
}

static bool set_word(json_t *object, const char *key, const char *text)
{
    return json_object_set_new(object, key, json_string(text)) == 0;
}

static bool set_json(json_t *object, const char *key, json_t *value, size_t flags)
{
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | flags) : NULL;
    json_decref(value);
    return set_text(object, key, text);
}

static bool set_int(json_t *object, const char *key, int number)
{
    return set_json(object, key, json_integer(number), 0);
}

static bool set_rgb(json_t *object, const char *key, const float rgb[3])
{
    json_t *list = json_pack("[f,f,f]", (double)rgb[0], (double)rgb[1], (double)rgb[2]);
    return set_json(object, key, list, JSON_REAL_PRECISION(9)); /* 9 digits tell any float32 */
}

static bool set_labels(json_t *object, const struct mn_model *model)
{
    if (!model->labels)
        return true;
    json_t *list = json_array();
    for (int i = 0; i < model->network.spec.classes; i++)
        if (json_array_append_new(list, json_string(model->labels[i]))) {
            json_decref(list);
            return false;
        }
    return set_json(object, "labels", list, 0);
}

static bool set_known_answer(json_t *object, const struct mn_model *model)
{
    if (!model->known_answer.logits)
        return true;
    json_t *logits = json_array();
    for (int i = 0; i < model->network.spec.classes; i++)
        json_array_append_new(logits, json_real((double)model->known_answer.logits[i]));
    json_t *golden = json_pack("{s:I, s:o}", "input_checksum",
                               (json_int_t)model->known_answer.input_checksum, "logits", logits);
    return set_json(object, "golden", golden, JSON_REAL_PRECISION(9));
}

/* Only what there is to say. */
static bool set_training(json_t *object, const struct mn_model *model)
{
    return (model->unknown_below <= 0 ||
            set_text(object, "unknown_below", number_text(model->unknown_below))) &&
           (!model->recipe[0] || set_word(object, "recipe", model->recipe)) &&
           (!model->measured[0] || (set_word(object, "measured", model->measured) &&
                                    set_text(object, "accuracy", number_text(model->accuracy))));
}

json_t *mn_metadata_new(const struct mn_model *model)
{
    const struct mn_network_spec *spec = &model->network.spec;
    const struct mn_preprocessing *settings = &model->preprocessing;
    json_t *object = json_object();
    bool done = set_word(object, "format", format_version) &&
                set_word(object, "architecture", architecture_names[spec->standard]) &&
                set_text(object, "width", number_text(spec->width)) &&
                set_int(object, "channel_divisor", spec->channel_divisor) &&
                set_int(object, "resolution", spec->resolution) &&
                set_int(object, "classes", spec->classes) &&
                set_word(object, "activation", activation_names[spec->activation]) &&
                set_word(object, "padding", padding_names[spec->padding]) &&
                set_text(object, "norm_epsilon", number_text(model->norm_epsilon)) &&
                set_word(object, "fit", mn_fit_name(settings->fit)) &&
                set_text(object, "crop_fraction", number_text(settings->crop_fraction)) &&
                set_rgb(object, "mean", settings->mean) && set_rgb(object, "std", settings->std) &&
                set_word(object, "background", model->background ? "true" : "false") &&
                set_labels(object, model) && set_known_answer(object, model) &&
                set_word(object, "name", model->name) &&
                set_word(object, "origin", model->origin) && set_training(object, model);
    if (done)
        return object;
    json_decref(object);
    return NULL;
}
