#include "keras_config.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct mn_keras_config mn_keras_config_default(void)
{
    return (struct mn_keras_config){
        .activation = MN_RELU6, .padding = MN_PAD_SAME, .norm_epsilon = 1e-3};
}

static bool usable_resolution(json_int_t size)
{
    return size >= MN_MIN_RESOLUTION && size <= MN_MAX_RESOLUTION && size % 32 == 0;
}

int mn_keras_name_resolution(const char *name)
{
    const char *slash = strrchr(name, '/');
    int found = 0;
    if (slash)
        name = slash + 1;
    while (*name) {
        size_t length = strcspn(name, "_-.");
        size_t digits = strspn(name, "0123456789");
        if (digits == length && length >= 2 && length <= 3 &&
            usable_resolution(strtol(name, NULL, 10)))
            found = (int)strtol(name, NULL, 10);
        name += length + (name[length] != '\0');
    }
    return found;
}

/* What has been seen once must be the same in every layer. */
struct seen {
    bool activation, padding, epsilon;
};

static enum mn_status fail_layer(const json_t *layer, const char *what, struct mn_error *error)
{
    const char *name = json_string_value(json_object_get(json_object_get(layer, "config"), "name"));
    const char *kind = json_string_value(json_object_get(layer, "class_name"));
    return mn_fail(error, MN_BAD_INPUT, "layer %.80s is a %.80s %s", name ? name : "(unnamed)",
                   kind ? kind : "(unknown)", what);
}

static enum mn_status read_input(const json_t *layer, const json_t *settings, struct seen *seen,
                                 struct mn_keras_config *config, struct mn_error *error)
{
    (void)seen;
    const json_t *shape = json_object_get(settings, "batch_input_shape");
    if (!shape)
        shape = json_object_get(settings, "batch_shape");
    const json_t *height = json_array_get(shape, 1), *width = json_array_get(shape, 2);
    if (json_is_null(height) || json_is_null(width)) /* any size: the file's name may say more */
        return MN_OK;
    if (json_array_size(shape) != 4 || json_integer_value(json_array_get(shape, 3)) != 3 ||
        json_integer_value(height) != json_integer_value(width) ||
        !usable_resolution(json_integer_value(height)))
        return fail_layer(layer,
                          "whose shape is not one square picture of 3 channels, 32 to 512 pixels, "
                          "a multiple of 32",
                          error);
    config->resolution = (int)json_integer_value(height);
    return MN_OK;
}

/* Padding before the layers of stride 2: one pixel after, as SAME on even inputs, or one around. */
static enum mn_status read_padding(const json_t *layer, const json_t *settings, struct seen *seen,
                                   struct mn_keras_config *config, struct mn_error *error)
{
    int before[2], after[2];
    json_t *padding = json_object_get(settings, "padding");
    if (json_unpack(padding, "[[i,i],[i,i]]", &before[0], &after[0], &before[1], &after[1]) ||
        before[0] != before[1] || after[0] != 1 || after[1] != 1 || before[0] < 0 || before[0] > 1)
        return fail_layer(layer, "with a padding that MobileNet-V1 does not have", error);
    enum mn_padding found = before[0] ? MN_PAD_SYMMETRIC : MN_PAD_SAME;
    if (seen->padding && found != config->padding)
        return fail_layer(layer, "with another padding than the ones before it", error);
    seen->padding = true;
    config->padding = found;
    return MN_OK;
}

/* Of the convolution that has this name in Keras' MobileNet (see keras_h5.c). */
static int stride_of(const char *name)
{
    static const char *const halving[] = {"conv1", "conv_dw_2", "conv_dw_4", "conv_dw_6",
                                          "conv_dw_12"};
    for (size_t i = 0; i < sizeof halving / sizeof *halving; i++)
        if (!strcmp(name, halving[i]))
            return 2;
    return 1;
}

/* [expected, expected], or not said */
static bool is_pair(const json_t *pair, json_int_t expected)
{
    return !pair ||
           (json_array_size(pair) == 2 && json_integer_value(json_array_get(pair, 0)) == expected &&
            json_integer_value(json_array_get(pair, 1)) == expected);
}

/* What the shape of its weights does not tell. */
static enum mn_status read_conv(const json_t *layer, const json_t *settings, struct seen *seen,
                                struct mn_keras_config *config, struct mn_error *error)
{
    (void)config;
    const char *name = json_string_value(json_object_get(settings, "name"));
    const char *padding = json_string_value(json_object_get(settings, "padding"));
    const char *activation = json_string_value(json_object_get(settings, "activation"));
    bool is_classifier = name && !strcmp(name, "conv_preds");
    if (!name || !is_pair(json_object_get(settings, "strides"), stride_of(name)) ||
        !is_pair(json_object_get(settings, "dilation_rate"), 1))
        return fail_layer(layer, "with a stride or dilation that MobileNet-V1 does not have",
                          error);
    bool is_pointwise = is_classifier || !strncmp(name, "conv_pw_", strlen("conv_pw_"));
    bool is_padded = stride_of(name) == 2 && seen->padding; /* by a layer of its own */
    if (padding && strcmp(padding, "same") != 0 && !is_padded && !is_pointwise)
        return fail_layer(layer, "without the padding that MobileNet-V1 has there", error);
    if (activation && strcmp(activation, "linear") != 0 &&
        !(is_classifier && !strcmp(activation, "softmax")))
        return fail_layer(layer, "with an activation, which MobileNet-V1 does not have there",
                          error);
    if (json_is_true(json_object_get(settings, "use_bias")) && !is_classifier)
        return fail_layer(layer, "with a bias, which MobileNet-V1 does not have", error);
    return MN_OK;
}

static enum mn_status read_norm(const json_t *layer, const json_t *settings, struct seen *seen,
                                struct mn_keras_config *config, struct mn_error *error)
{
    const json_t *epsilon = json_object_get(settings, "epsilon");
    double found = json_number_value(epsilon);
    if (!json_is_number(epsilon) || !(found >= 0 && found <= 1) ||
        (seen->epsilon && found != config->norm_epsilon))
        return fail_layer(layer, "with no epsilon, or another than the ones before it", error);
    seen->epsilon = true;
    config->norm_epsilon = found;
    return MN_OK;
}

static enum mn_status set_activation(const json_t *layer, enum mn_activation found,
                                     struct seen *seen, struct mn_keras_config *config,
                                     struct mn_error *error)
{
    if (seen->activation && found != config->activation)
        return fail_layer(layer, "other than the activations before it", error);
    seen->activation = true;
    config->activation = found;
    return MN_OK;
}

static enum mn_status read_activation(const json_t *layer, const json_t *settings,
                                      struct seen *seen, struct mn_keras_config *config,
                                      struct mn_error *error)
{
    const char *name = json_string_value(json_object_get(settings, "activation"));
    if (name && !strcmp(name, "softmax"))
        return MN_OK;
    if (name && !strcmp(name, "relu6"))
        return set_activation(layer, MN_RELU6, seen, config, error);
    if (name && !strcmp(name, "relu"))
        return set_activation(layer, MN_RELU, seen, config, error);
    return fail_layer(layer, "that MobileNet-V1 does not have", error);
}

static enum mn_status read_relu(const json_t *layer, const json_t *settings, struct seen *seen,
                                struct mn_keras_config *config, struct mn_error *error)
{
    const json_t *limit = json_object_get(settings, "max_value");
    bool unlimited = !limit || json_is_null(limit);
    if (json_number_value(json_object_get(settings, "negative_slope")) != 0 ||
        json_number_value(json_object_get(settings, "threshold")) != 0)
        return fail_layer(layer, "with a slope or a threshold", error);
    if (!unlimited && json_number_value(limit) != 6)
        return fail_layer(layer, "with a limit other than 6", error);
    return set_activation(layer, unlimited ? MN_RELU : MN_RELU6, seen, config, error);
}

typedef enum mn_status layer_reader(const json_t *layer, const json_t *settings, struct seen *seen,
                                    struct mn_keras_config *config, struct mn_error *error);

static enum mn_status read_layer(const json_t *layer, struct seen *seen,
                                 struct mn_keras_config *config, struct mn_error *error)
{
    /* Without a reader: layers that have no weights, and nothing to get wrong. */
    static const struct {
        const char *kind;
        layer_reader *read;
    } readers[] = {
        {"InputLayer", read_input},
        {"ZeroPadding2D", read_padding},
        {"Conv2D", read_conv},
        {"DepthwiseConv2D", read_conv},
        {"BatchNormalization", read_norm},
        {"Activation", read_activation},
        {"ReLU", read_relu},
        {"GlobalAveragePooling2D", NULL},
        {"Reshape", NULL},
        {"Dropout", NULL},
    };
    const char *kind = json_string_value(json_object_get(layer, "class_name"));
    const json_t *settings = json_object_get(layer, "config");
    for (size_t i = 0; kind && i < sizeof readers / sizeof *readers; i++)
        if (!strcmp(kind, readers[i].kind))
            return readers[i].read ? readers[i].read(layer, settings, seen, config, error) : MN_OK;
    return fail_layer(layer, "which MobileNet-V1 does not have", error);
}

enum mn_status mn_keras_config_read(struct mn_keras_config *config, const char *json, size_t length,
                                    struct mn_error *error)
{
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *layers = json_object_get(json_object_get(root, "config"), "layers");
    struct seen seen = {0};
    size_t count = json_array_size(layers);
    enum mn_status status = MN_OK;
    if (count == 0)
        status = mn_fail(error, MN_BAD_INPUT, "its model_config is not a Keras network");
    for (size_t i = 0; status == MN_OK && i < count; i++)
        status = read_layer(json_array_get(layers, i), &seen, config, error);
    json_decref(root);
    return status;
}
