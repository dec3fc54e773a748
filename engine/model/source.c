#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct mn_source mn_source_memory(const uint8_t *data, size_t size_bytes)
{
    return (struct mn_source){.data = data, .file = -1, .size_bytes = size_bytes};
}

static enum mn_status read_file(int file, size_t offset, uint8_t *to, size_t size,
                                struct mn_error *error)
{
    while (size) {
        ssize_t got = pread(file, to, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return mn_fail(error, MN_FAILED, "cannot read it: %s", strerror(errno));
        if (got == 0)
            return mn_fail(error, MN_FAILED, "it became shorter while it was read; try again");
        to += got;
        offset += (size_t)got;
        size -= (size_t)got;
    }
    return MN_OK;
}

enum mn_status mn_source_read(const struct mn_source *source, size_t offset, void *to, size_t size,
                              struct mn_error *error)
{
    if (offset > source->size_bytes || size > source->size_bytes - offset)
        return mn_fail(error, MN_FAILED, "%zu bytes at %zu are outside of it", size, offset);
    if (!source->data)
        return read_file(source->file, offset, to, size, error);
    memcpy(to, source->data + offset, size);
    return MN_OK;
}

enum mn_status mn_source_read_all(const struct mn_source *source, uint8_t **data,
                                  struct mn_error *error)
{
    uint8_t *bytes = malloc(source->size_bytes + 1);
    if (!bytes)
        return mn_fail(error, MN_FAILED, "not enough memory to read it");
    if (mn_source_read(source, 0, bytes, source->size_bytes, error)) {
        free(bytes);
        return error->status;
    }
    bytes[source->size_bytes] = 0;
    *data = bytes;
    return MN_OK;
}
