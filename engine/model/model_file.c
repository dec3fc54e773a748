/* Tells the kind of a file by its first bytes and hands it to the reader of that kind. */
#include "model_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "keras.h"
#include "labels.h"
#include "metadata.h"
#include "native.h"
#include "safetensors.h"
#include "state_dict.h"
#include "text.h"
#include "tflite.h"
#include "timm.h"

/* The largest networks that network.h allows take more; nobody has one, and a file that large is a
 * mistake. */
static const size_t max_file_bytes = (size_t)2 << 30;

enum kind { UNKNOWN, SAFETENSORS, TFLITE, KERAS };

static enum kind sniff(const uint8_t *head, size_t head_size, size_t file_size)
{
    if (mn_tflite_sniff(head, head_size))
        return TFLITE;
    if (mn_keras_sniff(head, head_size))
        return KERAS;
    return mn_safetensors_sniff(head, head_size, file_size) ? SAFETENSORS : UNKNOWN;
}

static enum mn_status fail_unknown(struct mn_error *error)
{
    return mn_fail(error, MN_BAD_INPUT,
                   "not a model file (or cut off): safetensors, TensorFlow Lite or Keras .h5 is "
                   "expected");
}

static enum mn_status read_safetensors(struct mn_model **model, const uint8_t *data, size_t size,
                                       struct mn_error *error)
{
    struct mn_safetensors file;
    if (mn_safetensors_open(&file, data, size, error))
        return error->status;
    enum mn_status status = mn_metadata_is_ours(file.metadata) ? mn_native_read(model, &file, error)
                                                               : mn_timm_read(model, &file, error);
    mn_safetensors_close(&file);
    return status;
}

/* A weight that is no number would make every answer nonsense without a word. */
static enum mn_status check_values(const struct mn_model *model, struct mn_error *error)
{
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    int count = mn_model_tensors(model, tensors);
    for (int t = 0; t < count; t++)
        for (size_t i = 0; i < tensors[t].count; i++)
            if (!isfinite(tensors[t].values[i]))
                return mn_fail(error, MN_BAD_INPUT, "tensor %s has a value that is not a number",
                               tensors[t].name);
    for (int l = 0; l < model->network.layer_count; l++)
        for (int c = 0; model->parameters[l].variance && c < model->network.layers[l].out_channels;
             c++)
            if (!((double)model->parameters[l].variance[c] + model->norm_epsilon > 0))
                return mn_fail(error, MN_BAD_INPUT, "%s has a variance that is not positive",
                               model->network.layers[l].norm);
    for (int i = 0; i < 3; i++)
        if (!isfinite(model->preprocessing.mean[i]) || !isfinite(model->preprocessing.std[i]) ||
            !(model->preprocessing.std[i] > 0))
            return mn_fail(error, MN_BAD_INPUT, "the scale of its input is not a number");
    return MN_OK;
}

/* "folder/net.tflite" names the model "net", unless the file gave it a name. */
static enum mn_status set_name(struct mn_model *model, const char *path, struct mn_error *error)
{
    if (model->name[0])
        return MN_OK;
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    char *name = mn_text_cleaned(base, dot && dot != base ? (size_t)(dot - base) : strlen(base));
    if (!name)
        return mn_fail(error, MN_FAILED, "not enough memory for the model");
    free(model->name);
    model->name = name;
    return MN_OK;
}

static enum mn_status decode(struct mn_model **result, const uint8_t *data, size_t size,
                             const char *name, struct mn_error *error)
{
    struct mn_model *model = NULL;
    enum mn_status status = MN_OK;
    switch (sniff(data, size, size)) {
    case SAFETENSORS:
        status = read_safetensors(&model, data, size, error);
        break;
    case TFLITE:
        status = mn_tflite_read(&model, data, size, error);
        break;
    case KERAS:
        status = mn_keras_read(&model, data, size, name, error);
        break;
    case UNKNOWN:
        status = fail_unknown(error);
    }
    if (!model)
        return status;
    if (check_values(model, error) || set_name(model, name, error)) {
        mn_model_free(model);
        return error->status;
    }
    *result = model;
    return MN_OK;
}

enum mn_status mn_model_decode(struct mn_model **model, const uint8_t *data, size_t size,
                               const char *name, struct mn_error *error)
{
    struct mn_error why;
    enum mn_status status = decode(model, data, size, name, &why);
    return status ? mn_fail(error, status, "%s: %s", name, why.message) : MN_OK;
}

/* So that a film named by mistake is not read into memory first. */
static enum mn_status accept_head(const uint8_t head[MN_FILE_HEAD], size_t size,
                                  struct mn_error *error)
{
    size_t head_size = size < MN_FILE_HEAD ? size : MN_FILE_HEAD;
    return sniff(head, head_size, size) == UNKNOWN ? fail_unknown(error) : MN_OK;
}

static enum mn_status apply_labels(struct mn_model *model, const char *path, struct mn_error *error)
{
    struct mn_labels labels;
    struct mn_error why;
    if (mn_labels_read(&labels, path, error))
        return error->status;
    enum mn_status status = mn_labels_apply(&labels, model, &why);
    mn_labels_free(&labels);
    return status ? mn_fail(error, status, "label file %s: %s", path, why.message) : MN_OK;
}

enum mn_status mn_model_load(struct mn_model **result, const char *path, const char *labels_path,
                             struct mn_error *error)
{
    uint8_t *data;
    size_t size;
    struct mn_model *model = NULL;
    if (mn_file_read(path, max_file_bytes, accept_head, &data, &size, error))
        return error->status;
    enum mn_status status = mn_model_decode(&model, data, size, path, error);
    free(data);
    if (!model)
        return status;
    if (labels_path && apply_labels(model, labels_path, error)) {
        mn_model_free(model);
        return error->status;
    }
    *result = model;
    return MN_OK;
}

enum mn_status mn_model_save(const struct mn_model *model, const char *path, struct mn_error *error)
{
    struct mn_file_writer writer;
    if (mn_file_begin(&writer, path, error))
        return error->status;
    if (mn_native_write(model, writer.stream, error)) {
        mn_file_abandon(&writer);
        return error->status;
    }
    return mn_file_commit(&writer, error);
}
