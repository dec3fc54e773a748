/* Which network it is, by the shapes of its kernels; then its weights, turned round. */
#ifdef MN_HAVE_HDF5

#include "keras_h5.h"

#include <stdlib.h>
#include <string.h>

#include "h5_tensor.h"
#include "keras_config.h"
#include "layout.h"

enum {
    MAX_CONFIG_BYTES = 16 << 20,
    MAX_TOP_LINKS = 512, /* layers of a file */
    READ_ONLY = 0,       /* H5F_ACC_RDONLY, but that macro calls functions that are not linked */
};

/* Keras' name of a layer: conv1, conv_dw_3, conv_pw_3, conv_preds. */
static void layer_name(int index, enum mn_layer_kind kind, char name[32])
{
    int block = (index + 1) / 2; /* layers 1 and 2 are block 1 */
    if (kind == MN_CONV)
        snprintf(name, 32, "conv1");
    else if (kind == MN_LINEAR)
        snprintf(name, 32, "conv_preds");
    else
        snprintf(name, 32, kind == MN_DEPTHWISE ? "conv_dw_%d" : "conv_pw_%d", block);
}

/* --- the network --- */

/* Output channels: the last size of a kernel [3][3][in][out]. */
static enum mn_status read_channels(const struct mn_h5 *h5, hid_t root, const char *layer,
                                    int limit, int *channels, struct mn_error *error)
{
    hid_t tensor;
    struct mn_shape shape = {0};
    if (mn_h5_find(h5, root, layer, "kernel", &tensor, &shape, error))
        return error->status;
    h5->Dclose(tensor);
    if (shape.rank != 4 || shape.size[3] < 1 || shape.size[3] > limit)
        return mn_fail(error, MN_BAD_INPUT, "%s/kernel has no shape that a MobileNet-V1 can have",
                       layer);
    *channels = (int)shape.size[3];
    return MN_OK;
}

/* `network` has the kinds of the layers already; spec->resolution and others are set. */
static enum mn_status find_network(const struct mn_h5 *h5, hid_t root, struct mn_network_spec spec,
                                   struct mn_network *network, struct mn_error *error)
{
    int channels[1 + MN_BLOCKS] = {0}, found = 0;
    if (mn_network_build(network, &spec, error))
        return error->status;
    for (int i = 0; i < network->layer_count; i++) {
        char name[32];
        enum mn_layer_kind kind = network->layers[i].kind;
        layer_name(i, kind, name);
        if ((kind == MN_CONV || kind == MN_POINTWISE) &&
            read_channels(h5, root, name, MN_MAX_CHANNELS, &channels[found++], error))
            return error->status;
        if (kind == MN_LINEAR &&
            read_channels(h5, root, name, MN_MAX_CLASSES, &spec.classes, error))
            return error->status;
    }
    return mn_network_of_channels(network, &spec, channels, error);
}

static bool is_layer(const struct mn_network *network, const char *link)
{
    for (int i = 0; i < network->layer_count; i++) {
        char name[32], norm[40];
        enum mn_layer_kind kind = network->layers[i].kind;
        layer_name(i, kind, name);
        snprintf(norm, sizeof norm, "%s_bn", name);
        if (kind != MN_POOL && (!strcmp(link, name) || (kind != MN_LINEAR && !strcmp(link, norm))))
            return true;
    }
    return false;
}

/* Layers without weights are empty groups. Any other that holds something is another network's. */
static enum mn_status refuse_unknown(const struct mn_h5 *h5, hid_t root,
                                     const struct mn_network *network, struct mn_error *error)
{
    H5G_info_t info;
    if (h5->Gget_info(root, &info) < 0 || info.nlinks > MAX_TOP_LINKS)
        return mn_fail(error, MN_BAD_INPUT, "it has more layers than MobileNet-V1");
    for (hsize_t i = 0; i < info.nlinks; i++) {
        char name[128];
        H5G_info_t inner = {0};
        ssize_t length = h5->Lget_name_by_idx(root, ".", H5_INDEX_NAME, H5_ITER_INC, i, name,
                                              sizeof name, H5P_DEFAULT);
        if (length <= 0)
            return mn_fail(error, MN_BAD_INPUT, "its list of layers is damaged");
        if (length < (ssize_t)sizeof name && is_layer(network, name))
            continue;
        hid_t group =
            length < (ssize_t)sizeof name ? mn_h5_open_group(h5, root, name) : H5I_INVALID_HID;
        bool empty = group >= 0 && h5->Gget_info(group, &inner) >= 0 && inner.nlinks == 0;
        if (group >= 0)
            h5->Gclose(group);
        if (!empty)
            return mn_fail(error, MN_BAD_INPUT,
                           "there is a layer %s with weights, which MobileNet-V1 does not have",
                           name);
    }
    return MN_OK;
}

/* --- the weights --- */

static enum mn_status read_kernel(const struct mn_h5 *h5, hid_t root, const char *name,
                                  const struct mn_layer *layer, float *weight, float *scratch,
                                  struct mn_error *error)
{
    int64_t out = layer->out_channels, in = layer->in_channels;
    bool depthwise = layer->kind == MN_DEPTHWISE;
    int64_t side = layer->kind == MN_CONV || depthwise ? 3 : 1;
    struct mn_shape expected = {4, {side, side, in, depthwise ? 1 : out}};
    /* Some versions of Keras call it "kernel" in a depthwise layer, too. */
    hid_t old_name =
        depthwise ? mn_h5_open_tensor(h5, root, name, "depthwise_kernel") : H5I_INVALID_HID;
    const char *leaf = old_name >= 0 ? "depthwise_kernel" : "kernel";
    if (old_name >= 0)
        h5->Dclose(old_name);
    if (mn_h5_read(h5, root, name, leaf, &expected, scratch, error))
        return error->status;
    /* [side][side][in][out] is [1][area * in][out] and becomes [out][area * in]; then each output
     * channel's [area][in] becomes [in][area]. Depthwise: [area][channels] becomes
     * [channels][area]. */
    size_t area = (size_t)(side * side);
    if (depthwise) {
        mn_layout_swap(scratch, weight, 1, area, (size_t)out);
        return MN_OK;
    }
    size_t count = area * (size_t)in * (size_t)out;
    mn_layout_swap(scratch, weight, 1, area * (size_t)in, (size_t)out);
    memcpy(scratch, weight, count * sizeof *scratch);
    mn_layout_swap(scratch, weight, (size_t)out, area, (size_t)in);
    return MN_OK;
}

static enum mn_status read_layer(const struct mn_h5 *h5, hid_t root, int index,
                                 struct mn_model *model, float *scratch, struct mn_error *error)
{
    const struct mn_layer *layer = &model->network.layers[index];
    const struct mn_parameters *to = &model->parameters[index];
    struct mn_shape vector = {1, {layer->out_channels}};
    char name[32], norm[40];
    if (layer->kind == MN_POOL)
        return MN_OK;
    layer_name(index, layer->kind, name);
    snprintf(norm, sizeof norm, "%s_bn", name);
    if (read_kernel(h5, root, name, layer, to->weight, scratch, error))
        return error->status;
    if (layer->kind == MN_LINEAR)
        return mn_h5_read(h5, root, name, "bias", &vector, to->bias, error);
    if (mn_h5_read(h5, root, norm, "gamma", &vector, to->gamma, error) ||
        mn_h5_read(h5, root, norm, "beta", &vector, to->beta, error) ||
        mn_h5_read(h5, root, norm, "moving_mean", &vector, to->mean, error))
        return error->status;
    return mn_h5_read(h5, root, norm, "moving_variance", &vector, to->variance, error);
}

static enum mn_status read_layers(const struct mn_h5 *h5, hid_t root, struct mn_model *model,
                                  struct mn_error *error)
{
    int64_t largest = 1;
    for (int i = 0; i < model->network.layer_count; i++) {
        int64_t count = mn_layer_weight_count(&model->network.layers[i]);
        largest = count > largest ? count : largest;
    }
    float *scratch = malloc((size_t)largest * sizeof *scratch);
    if (!scratch)
        return mn_fail(error, MN_FAILED, "not enough memory for the model");
    enum mn_status status = MN_OK;
    for (int i = 0; status == MN_OK && i < model->network.layer_count; i++)
        status = read_layer(h5, root, i, model, scratch, error);
    free(scratch);
    return status;
}

static enum mn_status read_weights(const struct mn_h5 *h5, struct mn_model **result, hid_t root,
                                   const struct mn_keras_config *config, size_t size,
                                   struct mn_error *error)
{
    struct mn_network network;
    struct mn_network_spec spec = {.width = 1,
                                   .resolution = config->resolution,
                                   .classes = 1000,
                                   .channel_divisor = 1,
                                   .activation = config->activation,
                                   .padding = config->padding};
    if (find_network(h5, root, spec, &network, error) || refuse_unknown(h5, root, &network, error))
        return error->status;
    /* Trained weights hardly compress; a file that says otherwise asks for memory, not for work. */
    if ((uint64_t)network.parameters > size)
        return mn_fail(error, MN_BAD_INPUT, "%zu bytes cannot hold the %lld parameters it claims",
                       size, (long long)network.parameters);
    struct mn_model *model = mn_model_new(&network, true);
    if (!model)
        return mn_fail(error, MN_FAILED, "not enough memory for the model");
    model->norm_epsilon = config->norm_epsilon;
    model->preprocessing.fit = MN_FIT_STRETCH; /* as TensorFlow evaluated these weights */
    model->background = network.spec.classes == 1001;
    free(model->origin);
    model->origin = strdup("imported from Keras");
    if (!model->origin)
        mn_fail(error, MN_FAILED, "not enough memory for the model");
    else if (read_layers(h5, root, model, error) == MN_OK) {
        *result = model;
        return MN_OK;
    }
    mn_model_free(model);
    return error->status;
}

/* --- the file --- */

/* The text of a scalar attribute, of fixed or variable length; NULL if it is not so. The caller
 * frees. */
static char *read_text(const struct mn_h5 *h5, hid_t file, const char *name)
{
    char *text = NULL;
    hid_t attribute = h5->Aopen(file, name, H5P_DEFAULT);
    hid_t type = attribute >= 0 ? h5->Aget_type(attribute) : H5I_INVALID_HID;
    hid_t space = attribute >= 0 ? h5->Aget_space(attribute) : H5I_INVALID_HID;
    if (type >= 0 && space >= 0 && h5->Tget_class(type) == H5T_STRING &&
        h5->Sget_simple_extent_npoints(space) == 1) {
        size_t size = h5->Tget_size(type);
        if (h5->Tis_variable_str(type) > 0) {
            char *variable = NULL;
            if (h5->Aread(attribute, type, &variable) >= 0 && variable)
                text = strdup(variable);
            h5->free_memory(variable);
        } else if (size <= MAX_CONFIG_BYTES && (text = calloc(size + 1, 1)) &&
                   h5->Aread(attribute, type, text) < 0) {
            free(text);
            text = NULL;
        }
    }
    if (space >= 0)
        h5->Sclose(space);
    if (type >= 0)
        h5->Tclose(type);
    if (attribute >= 0)
        h5->Aclose(attribute);
    return text;
}

static enum mn_status read_config(const struct mn_h5 *h5, hid_t file, const char *name,
                                  struct mn_keras_config *config, struct mn_error *error)
{
    *config = mn_keras_config_default();
    char *json = h5->Aexists(file, "model_config") > 0 ? read_text(h5, file, "model_config") : NULL;
    enum mn_status status = json ? mn_keras_config_read(config, json, strlen(json), error) : MN_OK;
    free(json);
    if (!config->resolution)
        config->resolution = mn_keras_name_resolution(name);
    if (!config->resolution)
        config->resolution = 224;
    return status;
}

/* Opens the bytes as a file; negative if they are none. */
static hid_t open_image(const struct mn_h5 *h5, const uint8_t *data, size_t size)
{
    hid_t access = h5->Pcreate(*h5->file_access), file = H5I_INVALID_HID;
    /* The library copies the bytes, so it does not write to ours. */
    if (access >= 0 && h5->Pset_fapl_core(access, 1 << 16, false) >= 0 &&
        h5->Pset_file_image(access, (void *)data, size) >= 0)
        file = h5->Fopen("keras.h5", READ_ONLY, access);
    if (access >= 0)
        h5->Pclose(access);
    return file;
}

enum mn_status mn_keras_h5_read(struct mn_model **model, const uint8_t *data, size_t size,
                                const char *name, struct mn_error *error)
{
    struct mn_h5 library;
    if (mn_h5_load(&library, error))
        return error->status;
    const struct mn_h5 *h5 = &library;
    h5->Eset_auto2(H5E_DEFAULT, NULL, NULL);
    h5->PLset_loading_state(0);
    hid_t file = open_image(h5, data, size);
    if (file < 0)
        return mn_fail(error, MN_BAD_INPUT, "the HDF5 file is damaged or incomplete");

    struct mn_keras_config config;
    enum mn_status status = read_config(h5, file, name, &config, error);
    if (status == MN_OK) {
        /* A whole model has its weights in a group; a file of weights is that group. */
        hid_t group = mn_h5_open_group(h5, file, "model_weights");
        status = read_weights(h5, model, group >= 0 ? group : file, &config, size, error);
        if (group >= 0)
            h5->Gclose(group);
    }
    h5->Fclose(file);
    return status;
}

#else

typedef int mn_keras_h5_left_out; /* a translation unit must not be empty */

#endif
