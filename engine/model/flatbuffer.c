#include "flatbuffer.h"

#include <string.h>

static bool inside(struct mn_flat *flat, size_t at, size_t bytes)
{
    if (at <= flat->size && bytes <= flat->size - at)
        return true;
    flat->damaged = true;
    return false;
}

static uint64_t read_unsigned(struct mn_flat *flat, size_t at, int bytes)
{
    uint64_t value = 0;
    if (inside(flat, at, (size_t)bytes))
        for (int i = 0; i < bytes; i++)
            value |= (uint64_t)flat->data[at + (size_t)i] << (8 * i);
    return value;
}

static int64_t read_signed(struct mn_flat *flat, size_t at, int bytes)
{
    uint64_t sign = 1ull << (8 * bytes - 1);
    return (int64_t)((read_unsigned(flat, at, bytes) ^ sign) - sign);
}

static float read_float(struct mn_flat *flat, size_t at)
{
    uint32_t bits = (uint32_t)read_unsigned(flat, at, 4);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Follows the offset stored at `at`: unsigned, forward, from there. 0 when it leaves the buffer. */
static size_t follow(struct mn_flat *flat, size_t at)
{
    uint64_t offset = read_unsigned(flat, at, 4);
    if (flat->damaged || !offset || offset >= flat->size - at) {
        flat->damaged = true;
        return 0;
    }
    return at + (size_t)offset;
}

/* A table starts with the signed distance back to its vtable: two 16-bit sizes (of the vtable and
 * of the table, in bytes), then a 16-bit offset into the table per field. */
static struct mn_flat_table table_from(struct mn_flat *flat, size_t start)
{
    struct mn_flat_table table = {.start = start};
    int64_t back = read_signed(flat, start, 4);
    int64_t vtable = (int64_t)start - back;
    if (flat->damaged || start == 0 || vtable < 0 || (uint64_t)vtable > flat->size) {
        flat->damaged = true;
        return (struct mn_flat_table){0};
    }
    size_t vtable_bytes = (size_t)read_unsigned(flat, (size_t)vtable, 2);
    table.size = (size_t)read_unsigned(flat, (size_t)vtable + 2, 2);
    if (vtable_bytes < 4 || table.size < 4 || !inside(flat, (size_t)vtable, vtable_bytes) ||
        !inside(flat, start, table.size)) {
        flat->damaged = true;
        return (struct mn_flat_table){0};
    }
    table.fields = (size_t)vtable + 4;
    table.field_count = (vtable_bytes - 4) / 2;
    return table;
}

struct mn_flat_table mn_flat_root(struct mn_flat *flat)
{
    size_t start = follow(flat, 0);
    return start ? table_from(flat, start) : (struct mn_flat_table){0};
}

/* Where the field's value is; 0 if it is absent. */
static size_t field_at(struct mn_flat *flat, struct mn_flat_table table, int field, int bytes)
{
    if (!table.start || (size_t)field >= table.field_count)
        return 0;
    size_t offset = (size_t)read_unsigned(flat, table.fields + 2 * (size_t)field, 2);
    if (!offset)
        return 0;
    if (offset < 4 || offset + (size_t)bytes > table.size) {
        flat->damaged = true;
        return 0;
    }
    return table.start + offset;
}

int64_t mn_flat_int(struct mn_flat *flat, struct mn_flat_table table, int field, int bytes,
                    int64_t absent)
{
    size_t at = field_at(flat, table, field, bytes);
    return at ? read_signed(flat, at, bytes) : absent;
}

float mn_flat_float(struct mn_flat *flat, struct mn_flat_table table, int field, float absent)
{
    size_t at = field_at(flat, table, field, 4);
    return at ? read_float(flat, at) : absent;
}

struct mn_flat_table mn_flat_table(struct mn_flat *flat, struct mn_flat_table table, int field)
{
    size_t at = field_at(flat, table, field, 4);
    size_t start = at ? follow(flat, at) : 0;
    return start ? table_from(flat, start) : (struct mn_flat_table){0};
}

struct mn_flat_vector mn_flat_vector(struct mn_flat *flat, struct mn_flat_table table, int field,
                                     int element_bytes)
{
    struct mn_flat_vector none = {.element_bytes = element_bytes};
    size_t at = field_at(flat, table, field, 4);
    size_t start = at ? follow(flat, at) : 0;
    if (!start)
        return none;
    uint64_t count = read_unsigned(flat, start, 4);
    if (flat->damaged || count > (flat->size - start - 4) / (size_t)element_bytes) {
        flat->damaged = true;
        return none;
    }
    return (struct mn_flat_vector){start + 4, (size_t)count, element_bytes};
}

static size_t element_at(struct mn_flat *flat, struct mn_flat_vector vector, size_t index)
{
    if (index < vector.count)
        return vector.start + index * (size_t)vector.element_bytes;
    flat->damaged = true;
    return flat->size; /* every read there fails */
}

int64_t mn_flat_int_at(struct mn_flat *flat, struct mn_flat_vector vector, size_t index)
{
    return read_signed(flat, element_at(flat, vector, index), vector.element_bytes);
}

float mn_flat_float_at(struct mn_flat *flat, struct mn_flat_vector vector, size_t index)
{
    return read_float(flat, element_at(flat, vector, index));
}

struct mn_flat_table mn_flat_table_at(struct mn_flat *flat, struct mn_flat_vector vector,
                                      size_t index)
{
    size_t start = follow(flat, element_at(flat, vector, index));
    return start ? table_from(flat, start) : (struct mn_flat_table){0};
}
