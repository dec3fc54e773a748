/* A safetensors file whose metadata also has a CRC-32 of each tensor's bytes, and one of itself:
 * the training goes on from these numbers for hours, so a file that lost a bit on its way must not
 * pass for a sound one. */
#include "checkpoint.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/file_writer.h"
#include "../model/file.h"
#include "../model/safetensors.h"

enum { CRC_CHARS = 9, KEY_CHARS = 80 };

static const char own_key[] = "crc32"; /* of the other entries; of tensor x it is "crc32 x" */
static const char damaged[] = "the checkpoint is damaged, use an older one or begin anew";

/* CRC-32 as zlib and Ethernet have it (polynomial 0x04c11db7, bits reversed), as text. */
static void checksum(const void *data, size_t size_bytes, char text[CRC_CHARS])
{
    uint32_t table[256], crc = 0xffffffff;
    const uint8_t *bytes = data;
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
    }
    for (size_t i = 0; i < size_bytes; i++)
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 0xff];
    snprintf(text, CRC_CHARS, "%08" PRIx32, ~crc);
}

static void tensor_key(const char *name, char key[KEY_CHARS])
{
    snprintf(key, KEY_CHARS, "%s %s", own_key, name);
}

/* Of an object's entries, whatever their order. False when memory runs out. */
static bool object_checksum(const json_t *object, char text[CRC_CHARS])
{
    char *sorted = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    if (sorted)
        checksum(sorted, strlen(sorted), text);
    free(sorted);
    return sorted != NULL;
}

/* --- writing --- */

/* NULL when memory runs out or a text is not UTF-8. */
static json_t *make_metadata(const struct mn_state_tensor *tensors, size_t tensor_count,
                             const struct mn_state_text *texts, size_t text_count)
{
    char key[KEY_CHARS], crc[CRC_CHARS];
    json_t *object = json_object();
    bool done = object != NULL;
    for (size_t i = 0; done && i < text_count; i++)
        done = json_object_set_new(object, texts[i].name, json_string(texts[i].text)) == 0;
    for (size_t i = 0; done && i < tensor_count; i++) {
        tensor_key(tensors[i].name, key);
        checksum(tensors[i].values, tensors[i].count * sizeof(float), crc);
        done = json_object_set_new(object, key, json_string(crc)) == 0;
    }
    if (done && object_checksum(object, crc) &&
        json_object_set_new(object, own_key, json_string(crc)) == 0)
        return object;
    json_decref(object);
    return NULL;
}

/* As the container wants them: each a row of numbers. NULL when memory runs out. */
static struct mn_named_tensor *make_rows(const struct mn_state_tensor *tensors, size_t count)
{
    struct mn_named_tensor *rows = calloc(count + 1, sizeof *rows);
    for (size_t i = 0; rows && i < count; i++) {
        snprintf(rows[i].name, sizeof rows[i].name, "%s", tensors[i].name);
        rows[i].shape = (struct mn_shape){1, {(int64_t)tensors[i].count}};
        rows[i].count = tensors[i].count;
        rows[i].values = tensors[i].values;
    }
    return rows;
}

static enum mn_status write_file(const char *path, json_t *metadata,
                                 const struct mn_named_tensor *rows, size_t count,
                                 struct mn_error *error)
{
    struct mn_file_writer writer;
    if (mn_file_begin(&writer, path, error))
        return error->status;
    if (mn_safetensors_write(writer.stream, metadata, rows, count, error)) {
        mn_file_abandon(&writer);
        return error->status;
    }
    return mn_file_commit(&writer, error);
}

enum mn_status mn_checkpoint_write(const char *path, const struct mn_state_tensor *tensors,
                                   size_t tensor_count, const struct mn_state_text *texts,
                                   size_t text_count, struct mn_error *error)
{
    struct mn_error why;
    json_t *metadata = make_metadata(tensors, tensor_count, texts, text_count);
    struct mn_named_tensor *rows = make_rows(tensors, tensor_count);
    enum mn_status status =
        metadata && rows ? write_file(path, metadata, rows, tensor_count, &why)
                         : mn_fail(&why, MN_FAILED,
                                   "cannot write %s: out of memory, or a text is not UTF-8", path);
    free(rows);
    json_decref(metadata);
    return status ? mn_fail(error, status,
                            "%s; the checkpoint before it is kept, make room or choose another "
                            "folder",
                            why.message)
                  : MN_OK;
}

/* --- reading --- */

static enum mn_status check_metadata(const json_t *metadata, struct mn_error *error)
{
    char crc[CRC_CHARS];
    const char *stored = json_string_value(json_object_get(metadata, own_key));
    if (!stored)
        return mn_fail(error, MN_BAD_INPUT, "not a checkpoint: it has no \"%s\"", own_key);
    json_t *others = json_deep_copy(metadata);
    json_object_del(others, own_key);
    bool done = others && object_checksum(others, crc);
    bool same = done && strcmp(stored, crc) == 0;
    json_decref(others);
    if (!done)
        return mn_fail(error, MN_FAILED, "not enough memory for its header");
    return same ? MN_OK : mn_fail(error, MN_BAD_INPUT, "its texts were changed: %s", damaged);
}

/* Opens a checkpoint whose texts are sound. On MN_OK the caller closes both. */
static enum mn_status open_file(const char *path, struct mn_safetensors *file,
                                struct mn_error *error)
{
    struct mn_source source = {.file = -1};
    struct mn_error why;
    enum mn_status status = mn_file_open(path, SIZE_MAX / 2, &source, error);
    if (status)
        return status;
    status = mn_safetensors_open(file, source, &why);
    if (!status && (status = check_metadata(file->metadata, &why)))
        mn_safetensors_close(file);
    if (!status)
        return MN_OK;
    close(source.file);
    return mn_fail(error, status, "%s: %s", path, why.message);
}

static void close_file(struct mn_safetensors *file)
{
    int descriptor = file->source.file;
    mn_safetensors_close(file);
    close(descriptor);
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; texts && i < count; i++)
        free(texts[i]);
    free(texts);
}

static enum mn_status copy_texts(const json_t *metadata, struct mn_state_text *texts, size_t count,
                                 struct mn_error *error)
{
    char **copies = calloc(count + 1, sizeof *copies);
    enum mn_status status = MN_OK;
    for (size_t i = 0; copies && !status && i < count; i++) {
        const char *found = json_string_value(json_object_get(metadata, texts[i].name));
        if (!found)
            status = mn_fail(error, MN_BAD_INPUT, "it has no \"%s\": not a checkpoint of this kind",
                             texts[i].name);
        else if (!(copies[i] = strdup(found)))
            status = mn_fail(error, MN_FAILED, "not enough memory for its texts");
    }
    if (!copies)
        return mn_fail(error, MN_FAILED, "not enough memory for its texts");
    if (status) {
        free_texts(copies, count);
        return status;
    }
    for (size_t i = 0; i < count; i++)
        texts[i].text = copies[i];
    free(copies);
    return MN_OK;
}

enum mn_status mn_checkpoint_read_texts(const char *path, struct mn_state_text *texts,
                                        size_t text_count, struct mn_error *error)
{
    struct mn_safetensors file;
    struct mn_error why;
    enum mn_status status = open_file(path, &file, error);
    if (status)
        return status;
    status = copy_texts(file.metadata, texts, text_count, &why);
    close_file(&file);
    return status ? mn_fail(error, status, "%s: %s", path, why.message) : MN_OK;
}

/* The file has these tensors, all of their numbers, and nothing else. */
static enum mn_status match(const struct mn_safetensors *file,
                            const struct mn_state_tensor *tensors, size_t count,
                            struct mn_error *error)
{
    size_t end = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mn_safetensor *found = mn_safetensors_find(file, tensors[i].name);
        if (!found || strcmp(found->dtype, "F32") != 0)
            return mn_fail(error, MN_BAD_INPUT,
                           "there is no float32 tensor %s: made for another training",
                           tensors[i].name);
        if (found->count != tensors[i].count)
            return mn_fail(error, MN_BAD_INPUT,
                           "tensor %s has %zu numbers, not %zu: made for another training",
                           tensors[i].name, found->count, tensors[i].count);
        if (found->offset + found->size_bytes > end)
            end = found->offset + found->size_bytes;
    }
    if (file->tensor_count != count)
        return mn_fail(error, MN_BAD_INPUT,
                       "it has %zu tensors, not %zu: made for another training", file->tensor_count,
                       count);
    if (count && end != file->source.size_bytes)
        return mn_fail(error, MN_BAD_INPUT, "it goes on behind its end: %s", damaged);
    return MN_OK;
}

/* Reads a tensor that match() has found. */
static enum mn_status read_tensor(const struct mn_safetensors *file, const char *name,
                                  float *values, struct mn_error *error)
{
    char key[KEY_CHARS], crc[CRC_CHARS];
    const struct mn_safetensor *tensor = mn_safetensors_find(file, name);
    if (mn_source_read(&file->source, tensor->offset, values, tensor->size_bytes, error))
        return error->status;
    tensor_key(name, key);
    checksum(values, tensor->size_bytes, crc);
    const char *stored = json_string_value(json_object_get(file->metadata, key));
    if (!stored || strcmp(stored, crc) != 0)
        return mn_fail(error, MN_BAD_INPUT, "the numbers of tensor %s were changed: %s", name,
                       damaged);
    return MN_OK;
}

/* Through a block of their own, so that nothing is changed before the last one has proved sound. */
static enum mn_status read_tensors(const struct mn_safetensors *file,
                                   const struct mn_state_tensor *tensors, size_t count,
                                   struct mn_error *error)
{
    size_t total = 0, first = 0;
    for (size_t i = 0; i < count; i++)
        total += tensors[i].count; /* all are in the file, so this does not overflow */
    float *block = calloc(total + 1, sizeof *block);
    if (!block)
        return mn_fail(error, MN_FAILED, "not enough memory for %zu numbers", total);
    enum mn_status status = MN_OK;
    for (size_t i = 0; !status && i < count; first += tensors[i++].count)
        status = read_tensor(file, tensors[i].name, block + first, error);
    first = 0;
    for (size_t i = 0; !status && i < count; first += tensors[i++].count)
        memcpy(tensors[i].values, block + first, tensors[i].count * sizeof *block);
    free(block);
    return status;
}

enum mn_status mn_checkpoint_read(const char *path, const struct mn_state_tensor *tensors,
                                  size_t tensor_count, struct mn_error *error)
{
    struct mn_safetensors file;
    struct mn_error why;
    enum mn_status status = open_file(path, &file, error);
    if (status)
        return status;
    status = match(&file, tensors, tensor_count, &why);
    if (!status)
        status = read_tensors(&file, tensors, tensor_count, &why);
    close_file(&file);
    return status ? mn_fail(error, status, "%s: %s", path, why.message) : MN_OK;
}
