/* Tells the kind of a file by its first bytes and hands it to the reader of that kind. */
#include "model_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file_writer.h"
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

static enum mn_status read_safetensors(struct mn_model **model, const struct mn_source *source,
                                       struct mn_error *error)
{
    struct mn_safetensors file;
    if (mn_safetensors_open(&file, *source, error))
        return error->status;
    enum mn_status status = mn_metadata_is_ours(file.metadata) ? mn_native_read(model, &file, error)
                                                               : mn_timm_read(model, &file, error);
    mn_safetensors_close(&file);
    return status;
}

/* Their parsers want the whole file in memory. */
static enum mn_status read_foreign(struct mn_model **model, enum kind kind,
                                   const struct mn_source *source, const char *name,
                                   struct mn_error *error)
{
    uint8_t *own = NULL;
    if (!source->data && mn_source_read_all(source, &own, error))
        return error->status;
    const uint8_t *data = own ? own : source->data;
    enum mn_status status = kind == TFLITE
                                ? mn_tflite_read(model, data, source->size_bytes, error)
                                : mn_keras_read(model, data, source->size_bytes, name, error);
    free(own);
    return status;
}

/* An exponent of all ones is infinity or no number. Asked of the bits, because compilers make
 * vectors of that and not of isfinite(): a model is loaded three times as fast. */
static bool all_finite(const float *values, size_t count)
{
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        found |= (bits & 0x7f800000) == 0x7f800000;
    }
    return !found;
}

static enum mn_status check_tensor(const struct mn_named_tensor *tensor, struct mn_error *error)
{
    float piece[16384]; /* of 64 KB: smaller ones cost system calls, larger ones the cache */
    const size_t room = sizeof piece / sizeof *piece;
    for (size_t first = 0; first < tensor->count; first += room) {
        size_t count = tensor->count - first < room ? tensor->count - first : room;
        if (mn_named_tensor_read(tensor, first, count, piece, error))
            return error->status;
        if (!all_finite(piece, count))
            return mn_fail(error, MN_BAD_INPUT, "tensor %s has a value that is not a number",
                           tensor->name);
    }
    return MN_OK;
}

/* A weight that is no number would make every answer nonsense without a word. */
static enum mn_status check_values(const struct mn_model *model, struct mn_error *error)
{
    struct mn_named_tensor tensors[MN_MAX_TENSORS];
    int count = mn_model_tensors(model, tensors);
    for (int t = 0; t < count; t++)
        if (check_tensor(&tensors[t], error))
            return error->status;
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

/* The kind first, so that a film named by mistake is not read into memory. */
static enum mn_status read_any(struct mn_model **model, const struct mn_source *source,
                               const char *name, struct mn_error *error)
{
    uint8_t head[16];
    size_t head_size = source->size_bytes < sizeof head ? source->size_bytes : sizeof head;
    if (mn_source_read(source, 0, head, head_size, error))
        return error->status;
    enum kind kind = sniff(head, head_size, source->size_bytes);
    if (kind == UNKNOWN)
        return mn_fail(error, MN_BAD_INPUT,
                       "not a model file (or cut off): safetensors, TensorFlow Lite or Keras .h5 "
                       "is expected");
    return kind == SAFETENSORS ? read_safetensors(model, source, error)
                               : read_foreign(model, kind, source, name, error);
}

static enum mn_status decode(struct mn_model **result, const struct mn_source *source,
                             const char *name, struct mn_error *error)
{
    struct mn_model *model = NULL;
    struct mn_error why;
    enum mn_status status = read_any(&model, source, name, &why);
    if (model && (check_values(model, &why) || set_name(model, name, &why))) {
        status = why.status;
        mn_model_free(model);
        model = NULL;
    }
    *result = model;
    return model ? MN_OK : mn_fail(error, status, "%s: %s", name, why.message);
}

enum mn_status mn_model_decode(struct mn_model **model, const uint8_t *data, size_t size,
                               const char *name, struct mn_error *error)
{
    struct mn_source source = mn_source_memory(data, size);
    return decode(model, &source, name, error);
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
    struct mn_source source = {.file = -1};
    struct mn_model *model = NULL;
    if (mn_file_open(path, max_file_bytes, &source, error))
        return error->status;
    enum mn_status status = decode(&model, &source, path, error);
    close(source.file);
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
