/* Reading: the header is parsed by jansson, then each entry becomes a checked range of the file.
 * Nothing behind this file looks at an offset again. */
#include "safetensors.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && sizeof(float) == 4,
               "floats are copied to little-endian files as they are");

enum {
    LENGTH_BYTES = 8,
    MAX_HEADER_BYTES = 32 << 20, /* JSON needs some ten times its size in memory */
    ALIGNMENT = 8,               /* of the first tensor, by padding the header with spaces */
};

static uint64_t read_length(const uint8_t *data)
{
    uint64_t length = 0;
    for (int i = 0; i < LENGTH_BYTES; i++)
        length |= (uint64_t)data[i] << (8 * i);
    return length;
}

bool mn_safetensors_sniff(const uint8_t *head, size_t head_size, size_t file_size)
{
    return head_size > LENGTH_BYTES && file_size > LENGTH_BYTES && head[LENGTH_BYTES] == '{' &&
           read_length(head) <= file_size - LENGTH_BYTES;
}

/* 0 for a dtype that the format does not have. */
static size_t dtype_bytes(const char *dtype)
{
    static const struct {
        const char *name;
        size_t bytes;
    } dtypes[] = {{"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
                  {"I16", 2},  {"U16", 2}, {"F16", 2}, {"BF16", 2},    {"I32", 4},
                  {"U32", 4},  {"F32", 4}, {"F64", 8}, {"I64", 8},     {"U64", 8}};
    for (size_t i = 0; i < sizeof dtypes / sizeof *dtypes; i++)
        if (!strcmp(dtype, dtypes[i].name))
            return dtypes[i].bytes;
    return 0;
}

static bool read_shape(const json_t *array, struct mn_shape *shape)
{
    size_t rank = json_array_size(array);
    if (!json_is_array(array) || rank > MN_MAX_RANK)
        return false;
    shape->rank = (int)rank;
    for (size_t i = 0; i < rank; i++) {
        const json_t *size = json_array_get(array, i);
        if (!json_is_integer(size) || json_integer_value(size) < 0)
            return false;
        shape->size[i] = json_integer_value(size);
    }
    return true;
}

/* [begin, end] within a data area of `limit` bytes. */
static bool read_range(const json_t *array, size_t limit, size_t *begin, size_t *end)
{
    const json_t *first = json_array_get(array, 0), *second = json_array_get(array, 1);
    if (json_array_size(array) != 2 || !json_is_integer(first) || !json_is_integer(second))
        return false;
    json_int_t from = json_integer_value(first), to = json_integer_value(second);
    if (from < 0 || to < from || (uint64_t)to > limit)
        return false;
    *begin = (size_t)from;
    *end = (size_t)to;
    return true;
}

static enum mn_status read_entry(struct mn_safetensor *tensor, const char *name,
                                 const json_t *entry, size_t area, size_t area_size,
                                 struct mn_error *error)
{
    const json_t *dtype = json_object_get(entry, "dtype");
    size_t begin, end, bytes = json_is_string(dtype) ? dtype_bytes(json_string_value(dtype)) : 0;
    if (!bytes)
        return mn_fail(error, MN_BAD_INPUT, "tensor %.100s has an unknown dtype", name);
    if (!read_shape(json_object_get(entry, "shape"), &tensor->shape))
        return mn_fail(error, MN_BAD_INPUT, "tensor %.100s has no valid shape", name);
    if (!read_range(json_object_get(entry, "data_offsets"), area_size, &begin, &end))
        return mn_fail(error, MN_BAD_INPUT,
                       "tensor %.100s lies outside the file: it is damaged or incomplete", name);
    tensor->name = name;
    tensor->dtype = json_string_value(dtype);
    tensor->offset = area + begin;
    tensor->size_bytes = end - begin;
    if (!mn_shape_count(&tensor->shape, &tensor->count) ||
        __builtin_mul_overflow(tensor->count, bytes, &bytes) || bytes != tensor->size_bytes)
        return mn_fail(error, MN_BAD_INPUT, "tensor %.100s has %zu bytes, which is not its shape",
                       name, tensor->size_bytes);
    return MN_OK;
}

/* The format wants metadata to be text alone; keeping to it here spares every user the check. */
static enum mn_status read_metadata(struct mn_safetensors *file, json_t *metadata,
                                    struct mn_error *error)
{
    const char *key;
    json_t *value;
    if (!json_is_object(metadata))
        return mn_fail(error, MN_BAD_INPUT, "__metadata__ is not an object");
    json_object_foreach(metadata, key, value) if (!json_is_string(value)) return mn_fail(
        error, MN_BAD_INPUT, "__metadata__ %.100s is not a string", key);
    file->metadata = metadata;
    return MN_OK;
}

/* The tensors' bytes are the file's last, from `area` on. */
static enum mn_status read_entries(struct mn_safetensors *file, size_t area, struct mn_error *error)
{
    file->tensors = calloc(json_object_size(file->header) + 1, sizeof *file->tensors);
    if (!file->tensors)
        return mn_fail(error, MN_FAILED, "not enough memory for the header");
    const char *name;
    json_t *entry;
    size_t area_size = file->source.size_bytes - area, used_bytes = 0;
    json_object_foreach(file->header, name, entry)
    {
        if (!strcmp(name, "__metadata__")) {
            if (read_metadata(file, entry, error))
                return error->status;
            continue;
        }
        struct mn_safetensor *tensor = &file->tensors[file->tensor_count++];
        if (read_entry(tensor, name, entry, area, area_size, error))
            return error->status;
        /* Tensors that share bytes could make a small file a huge model. */
        if (tensor->size_bytes > area_size - used_bytes)
            return mn_fail(error, MN_BAD_INPUT, "tensor %.100s overlaps others", name);
        used_bytes += tensor->size_bytes;
    }
    return MN_OK;
}

/* Finds the size of the header. */
static enum mn_status read_header_size(const struct mn_source *source, size_t *size,
                                       struct mn_error *error)
{
    uint8_t length[LENGTH_BYTES];
    bool complete = source->size_bytes >= sizeof length;
    if (complete && mn_source_read(source, 0, length, sizeof length, error))
        return error->status;
    if (!complete || read_length(length) > source->size_bytes - sizeof length)
        return mn_fail(error, MN_BAD_INPUT, "the safetensors header is cut off: %zu bytes in all",
                       source->size_bytes);
    if (read_length(length) > MAX_HEADER_BYTES)
        return mn_fail(error, MN_BAD_INPUT, "the safetensors header is larger than %d bytes",
                       MAX_HEADER_BYTES);
    *size = (size_t)read_length(length);
    return MN_OK;
}

static enum mn_status parse_header(struct mn_safetensors *file, size_t size, struct mn_error *error)
{
    json_error_t where;
    char *text = malloc(size + 1);
    if (!text)
        return mn_fail(error, MN_FAILED, "not enough memory for the header");
    enum mn_status status = mn_source_read(&file->source, LENGTH_BYTES, text, size, error);
    if (!status)
        file->header = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    free(text);
    if (status)
        return status;
    if (!file->header)
        return mn_fail(error, MN_BAD_INPUT, "the safetensors header is not valid JSON: %s",
                       where.text);
    if (!json_is_object(file->header))
        return mn_fail(error, MN_BAD_INPUT, "the safetensors header is not a JSON object");
    return MN_OK;
}

enum mn_status mn_safetensors_open(struct mn_safetensors *file, struct mn_source source,
                                   struct mn_error *error)
{
    size_t header_size = 0;
    *file = (struct mn_safetensors){.source = source};
    if (read_header_size(&source, &header_size, error) == MN_OK &&
        parse_header(file, header_size, error) == MN_OK &&
        read_entries(file, LENGTH_BYTES + header_size, error) == MN_OK)
        return MN_OK;
    mn_safetensors_close(file);
    return error->status;
}

void mn_safetensors_close(struct mn_safetensors *file)
{
    json_decref(file->header);
    free(file->tensors);
    *file = (struct mn_safetensors){0};
}

const struct mn_safetensor *mn_safetensors_find(const struct mn_safetensors *file, const char *name)
{
    for (size_t i = 0; i < file->tensor_count; i++)
        if (!strcmp(file->tensors[i].name, name))
            return &file->tensors[i];
    return NULL;
}

static const char *const dtype_names[] = {
    [MN_FLOAT32] = "F32", [MN_FLOAT16] = "F16", [MN_BFLOAT16] = "BF16"};

enum mn_status mn_safetensors_numbers(const struct mn_safetensors *file,
                                      const struct mn_safetensor *tensor,
                                      struct mn_numbers *numbers, struct mn_error *error)
{
    *numbers = (struct mn_numbers){.source = file->source, .offset = tensor->offset};
    for (size_t type = 0; type < sizeof dtype_names / sizeof *dtype_names; type++)
        if (!strcmp(tensor->dtype, dtype_names[type])) {
            numbers->type = (enum mn_number_type)type;
            return MN_OK;
        }
    return mn_fail(error, MN_BAD_INPUT, "tensor %.100s is %s; F32, F16 and BF16 can be read",
                   tensor->name, tensor->dtype);
}

enum mn_status mn_named_tensor_read(const struct mn_named_tensor *tensor, size_t first,
                                    size_t count, float *values, struct mn_error *error)
{
    if (!tensor->values)
        return mn_numbers_read(tensor->stored, first, count, values, error);
    memcpy(values, tensor->values + first, count * sizeof *values);
    return MN_OK;
}

static size_t stored_bytes(enum mn_number_type type)
{
    return type == MN_FLOAT32 ? sizeof(float) : sizeof(uint16_t);
}

static json_t *shape_json(const struct mn_shape *shape)
{
    json_t *array = json_array();
    for (int i = 0; i < shape->rank; i++)
        json_array_append_new(array, json_integer(shape->size[i]));
    return array;
}

/* NULL when memory runs out. */
static char *header_text(json_t *metadata, const struct mn_named_tensor *tensors, size_t count)
{
    json_t *header = json_object();
    bool complete = json_object_set(header, "__metadata__", metadata) == 0;
    size_t offset = 0;
    for (size_t i = 0; complete && i < count; i++) {
        size_t end = offset + tensors[i].count * stored_bytes(tensors[i].type);
        json_t *entry = json_pack("{s:s, s:o, s:[I,I]}", "dtype", dtype_names[tensors[i].type],
                                  "shape", shape_json(&tensors[i].shape), "data_offsets",
                                  (json_int_t)offset, (json_int_t)end);
        complete = json_object_set_new(header, tensors[i].name, entry) == 0;
        offset = end;
    }
    char *text = complete ? json_dumps(header, JSON_COMPACT) : NULL;
    json_decref(header);
    return text;
}

static enum mn_status write_values(FILE *stream, const struct mn_named_tensor *tensor,
                                   struct mn_error *error)
{
    float piece[8192];
    const size_t room = sizeof piece / sizeof *piece;
    for (size_t first = 0; first < tensor->count; first += room) {
        size_t count = tensor->count - first < room ? tensor->count - first : room;
        if (mn_named_tensor_read(tensor, first, count, piece, error))
            return error->status;
        if (tensor->type == MN_FLOAT32) {
            fwrite(piece, sizeof *piece, count, stream);
            continue;
        }
        uint16_t halves[sizeof piece / sizeof *piece];
        if (!mn_numbers_to_half(piece, count, halves))
            return mn_fail(error, MN_BAD_INPUT,
                           "tensor %s has a value beyond float16's 65504; store it in float32",
                           tensor->name);
        fwrite(halves, sizeof *halves, count, stream);
    }
    return MN_OK;
}

enum mn_status mn_safetensors_write(FILE *stream, json_t *metadata,
                                    const struct mn_named_tensor *tensors, size_t tensor_count,
                                    struct mn_error *error)
{
    char *text = header_text(metadata, tensors, tensor_count);
    if (!text)
        return mn_fail(error, MN_FAILED, "not enough memory for the header");
    size_t length = strlen(text);
    size_t padded = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    for (int i = 0; i < LENGTH_BYTES; i++)
        putc((int)((uint64_t)padded >> (8 * i) & 0xff), stream);
    fwrite(text, 1, length, stream);
    for (; length < padded; length++)
        putc(' ', stream);
    free(text);
    for (size_t i = 0; i < tensor_count; i++)
        if (write_values(stream, &tensors[i], error))
            return error->status;
    return MN_OK;
}
