/* Reading flatbuffers (https://flatbuffers.dev/internals/), as TensorFlow Lite files are, without
 * generated code: a table is asked for its fields by number.
 *
 * Every read is checked against the buffer. One that would leave it gives 0 or nothing and sets
 * `damaged`, which stays set; so a caller can read a handful of fields and check once. */
#ifndef MN_FLATBUFFER_H
#define MN_FLATBUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mn_flat {
    const uint8_t *data; /* borrowed */
    size_t size;
    bool damaged;
};

/* A table: where it starts, and its list of field offsets. One that is absent has start 0, and all
 * its fields have their defaults. */
struct mn_flat_table {
    size_t start, size;
    size_t fields, field_count;
};

struct mn_flat_vector {
    size_t start; /* of the first element */
    size_t count;
    int element_bytes;
};

struct mn_flat_table mn_flat_root(struct mn_flat *flat);

/* A field that is a signed integer of 1, 2, 4 or 8 bytes. */
int64_t mn_flat_int(struct mn_flat *flat, struct mn_flat_table table, int field, int bytes,
                    int64_t absent);
float mn_flat_float(struct mn_flat *flat, struct mn_flat_table table, int field, float absent);
struct mn_flat_table mn_flat_table(struct mn_flat *flat, struct mn_flat_table table, int field);

/* A field that is a vector, with all of its elements inside the buffer; a string is a vector of
 * bytes; tables have 4. Absent is empty. */
struct mn_flat_vector mn_flat_vector(struct mn_flat *flat, struct mn_flat_table table, int field,
                                     int element_bytes);

/* Elements; an index outside the vector is damage, too. */
int64_t mn_flat_int_at(struct mn_flat *flat, struct mn_flat_vector vector, size_t index);
float mn_flat_float_at(struct mn_flat *flat, struct mn_flat_vector vector, size_t index);
struct mn_flat_table mn_flat_table_at(struct mn_flat *flat, struct mn_flat_vector vector,
                                      size_t index);

#endif
