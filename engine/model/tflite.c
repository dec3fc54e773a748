/* Three steps: the walk says which operator is which layer; the weights' shapes say which network
 * it is; then the weights are dequantised and turned round. */
#include "tflite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "tflite_walk.h"

static const char file_identifier[] = "TFL3";

bool mn_tflite_sniff(const uint8_t *head, size_t head_size)
{
    return head_size >= 8 && !memcmp(head + 4, file_identifier, 4);
}

/* The spec of the walk's pattern: what matters of it, kinds and strides, any MobileNet-V1 has. */
static const struct mn_network_spec any_spec = {.width = 1,
                                                .resolution = 224,
                                                .classes = 1000,
                                                .channel_divisor = 1,
                                                .activation = MN_RELU6,
                                                .padding = MN_PAD_SAME};

/* Output channels of a convolution or a dense layer: the first size of its weight. */
static enum mn_status read_channels(const struct mn_tflite_tensor *weight, int limit, int *channels,
                                    struct mn_error *error)
{
    int64_t size = weight->shape.rank ? weight->shape.size[0] : 0;
    if (size < 1 || size > limit)
        return mn_fail(error, MN_BAD_INPUT, "tensor %s has no shape that a MobileNet-V1 can have",
                       weight->name);
    *channels = (int)size;
    return MN_OK;
}

static enum mn_status find_resolution(const struct mn_tflite_tensor *input, int *resolution,
                                      struct mn_error *error)
{
    char text[MN_SHAPE_TEXT];
    const int64_t *size = input->shape.size;
    mn_shape_text(&input->shape, text);
    if (input->shape.rank != 4 || size[0] != 1 || size[1] != size[2] || size[3] != 3 ||
        size[1] > MN_MAX_RESOLUTION)
        return mn_fail(error, MN_BAD_INPUT,
                       "the input %s has shape %s; one square picture of 3 channels is expected",
                       input->name, text);
    if (input->type != MN_TFLITE_FLOAT32 && !(input->type == MN_TFLITE_UINT8 && input->quantised))
        return mn_fail(error, MN_BAD_INPUT,
                       "the input %s has type %d; float32 or quantised uint8 is expected",
                       input->name, input->type);
    *resolution = (int)size[1];
    return MN_OK;
}

static enum mn_status find_network(const struct mn_tflite_walk *walk, struct mn_network *network,
                                   struct mn_error *error)
{
    struct mn_network_spec spec = any_spec;
    int channels[1 + MN_BLOCKS] = {0}, found = 0;
    spec.activation = walk->activation;
    if (find_resolution(&walk->input, &spec.resolution, error))
        return error->status;
    for (int i = 0; i < walk->pattern->layer_count; i++) {
        enum mn_layer_kind kind = walk->pattern->layers[i].kind;
        const struct mn_tflite_tensor *weight = &walk->layers[i].weight;
        if ((kind == MN_CONV || kind == MN_POINTWISE) &&
            read_channels(weight, MN_MAX_CHANNELS, &channels[found++], error))
            return error->status;
        if (kind == MN_LINEAR && read_channels(weight, MN_MAX_CLASSES, &spec.classes, error))
            return error->status;
    }
    return mn_network_of_channels(network, &spec, channels, error);
}

static enum mn_status check_layer(const struct mn_layer *layer, const struct mn_tflite_layer *found,
                                  struct mn_error *error)
{
    int64_t out = layer->out_channels, in = layer->in_channels;
    bool depthwise = layer->kind == MN_DEPTHWISE;
    int64_t side = layer->kind == MN_CONV || depthwise ? 3 : 1;
    struct mn_shape expected = {4, {out, side, side, in}};
    if (depthwise)
        expected = (struct mn_shape){4, {1, side, side, out}};
    if (layer->kind == MN_LINEAR && found->weight.shape.rank == 2)
        expected = (struct mn_shape){2, {out, in}};

    if (layer->kind == MN_POOL) {
        if (found->pool_width &&
            (found->pool_width != layer->in_size || found->pool_height != layer->in_size))
            return mn_fail(error, MN_BAD_INPUT,
                           "operator %d averages %dx%d values, but the network has %dx%d there",
                           found->op, found->pool_width, found->pool_height, layer->in_size,
                           layer->in_size);
        return MN_OK;
    }
    if (mn_shape_check(found->weight.name, &found->weight.shape, &expected, error))
        return error->status;
    struct mn_shape vector = {1, {out}};
    return found->bias.data ? mn_shape_check(found->bias.name, &found->bias.shape, &vector, error)
                            : MN_OK;
}

/* `scratch` holds the layer's weights. */
static enum mn_status fill_layer(const struct mn_layer *layer, const struct mn_tflite_layer *found,
                                 struct mn_parameters *parameters, float *scratch,
                                 struct mn_error *error)
{
    if (layer->kind == MN_POOL)
        return MN_OK;
    if (mn_tflite_floats(&found->weight, scratch, error))
        return error->status;
    size_t outer = layer->kind == MN_DEPTHWISE ? 1 : (size_t)layer->out_channels;
    size_t area = layer->kind == MN_CONV || layer->kind == MN_DEPTHWISE ? 9 : 1;
    mn_layout_swap(scratch, parameters->weight, outer, area, found->weight.count / outer / area);
    return found->bias.data ? mn_tflite_floats(&found->bias, parameters->bias, error) : MN_OK;
}

/* How a picture's bytes become the network's input. Floats are fed -1 … 1 by MobileNet's custom,
 * and so were the quantised networks in training; their files say (byte - 128) / 128, which is
 * that, rounded to what a byte can express. Any other quantisation is meant as it is: real = (byte
 * - zero_point) * scale, which is (byte / 255 - mean) / std. TensorFlow's own evaluation takes the
 * middle of both sides and squeezes it to a square. */
static void fill_preprocessing(const struct mn_tflite_tensor *input,
                               struct mn_preprocessing *settings)
{
    settings->fit = MN_FIT_STRETCH;
    double low = (double)-input->zero_point * (double)input->scale;
    double high = low + 255 * (double)input->scale;
    bool customary =
        fabs(low + 1) <= (double)input->scale && fabs(high - 1) <= (double)input->scale;
    if (input->type != MN_TFLITE_UINT8 || customary)
        return;
    for (int i = 0; i < 3; i++) {
        settings->mean[i] = (float)((double)input->zero_point / 255);
        settings->std[i] = (float)(1 / (255 * (double)input->scale));
    }
}

static enum mn_status fill_model(struct mn_model *model, const struct mn_tflite_walk *walk,
                                 struct mn_error *error)
{
    size_t largest = 1;
    for (int i = 0; i < walk->pattern->layer_count; i++)
        if (walk->layers[i].weight.count > largest)
            largest = walk->layers[i].weight.count;
    float *scratch = malloc(largest * sizeof *scratch);
    if (!scratch)
        return mn_fail(error, MN_FAILED, "not enough memory for the model");
    enum mn_status status = MN_OK;
    for (int i = 0; status == MN_OK && i < walk->pattern->layer_count; i++)
        status = fill_layer(&model->network.layers[i], &walk->layers[i], &model->parameters[i],
                            scratch, error);
    free(scratch);
    fill_preprocessing(&walk->input, &model->preprocessing);
    model->background = model->network.spec.classes == 1001;
    free(model->origin);
    bool dequantised = walk->layers[0].weight.type == MN_TFLITE_UINT8;
    model->origin = strdup(dequantised ? "imported from TensorFlow Lite, uint8 weights dequantised"
                                       : "imported from TensorFlow Lite, float weights");
    if (!model->origin)
        return mn_fail(error, MN_FAILED, "not enough memory for the model");
    return status;
}

static enum mn_status read_graph(struct mn_model **result, struct mn_tflite_walk *walk,
                                 struct mn_error *error)
{
    struct mn_network network = {0};
    if (mn_tflite_follow(walk, error) || find_network(walk, &network, error))
        return error->status;
    for (int i = 0; i < network.layer_count; i++)
        if (check_layer(&network.layers[i], &walk->layers[i], error))
            return error->status;
    struct mn_model *model = mn_model_new(&network, false);
    if (!model)
        return mn_fail(error, MN_FAILED, "not enough memory for the model");
    if (fill_model(model, walk, error)) {
        mn_model_free(model);
        return error->status;
    }
    *result = model;
    return MN_OK;
}

enum mn_status mn_tflite_read(struct mn_model **model, const uint8_t *data, size_t size,
                              struct mn_error *error)
{
    struct mn_network pattern;
    struct mn_tflite_graph *graph = malloc(sizeof *graph);
    struct mn_tflite_walk *walk = calloc(1, sizeof *walk);
    if (!graph || !walk) {
        mn_fail(error, MN_FAILED, "not enough memory for the graph");
    } else if (mn_network_build(&pattern, &any_spec, error) == MN_OK &&
               mn_tflite_open(graph, data, size, error) == MN_OK) {
        walk->graph = graph;
        walk->pattern = &pattern;
        error->status = read_graph(model, walk, error);
    }
    free(walk);
    free(graph);
    return error->status;
}
