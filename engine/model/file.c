#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum mn_status fail_errno(struct mn_error *error, enum mn_status status, const char *what,
                                 const char *path)
{
    return mn_fail(error, status, "cannot %s %s: %s", what, path, strerror(errno));
}

static enum mn_status check_kind(int fd, const char *path, size_t max_bytes, size_t *size,
                                 struct mn_error *error)
{
    struct stat info;
    if (fstat(fd, &info))
        return fail_errno(error, MN_FAILED, "read", path);
    if (S_ISDIR(info.st_mode))
        return mn_fail(error, MN_BAD_INPUT, "%s is a folder; name a file", path);
    if (!S_ISREG(info.st_mode))
        return mn_fail(error, MN_BAD_INPUT, "%s is not a regular file", path);
    if (info.st_size == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s is empty", path);
    if ((uint64_t)info.st_size > max_bytes)
        return mn_fail(error, MN_BAD_INPUT, "%s has %lld bytes, more than the %zu that fit here",
                       path, (long long)info.st_size, max_bytes);
    *size = (size_t)info.st_size;
    return MN_OK;
}

enum mn_status mn_file_open(const char *path, size_t max_bytes, struct mn_source *source,
                            struct mn_error *error)
{
    /* O_NONBLOCK: opening a pipe that nobody writes to must not hang. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fail_errno(error, MN_BAD_INPUT, "open", path);
    *source = (struct mn_source){.file = fd};
    if (check_kind(fd, path, max_bytes, &source->size_bytes, error) == MN_OK)
        return MN_OK;
    close(fd);
    return error->status;
}

enum mn_status mn_file_read(const char *path, size_t max_bytes, uint8_t **data, size_t *size_bytes,
                            struct mn_error *error)
{
    struct mn_source source = {.file = -1};
    struct mn_error why;
    if (mn_file_open(path, max_bytes, &source, error))
        return error->status;
    enum mn_status status = mn_source_read_all(&source, data, &why);
    close(source.file);
    *size_bytes = source.size_bytes;
    return status ? mn_fail(error, status, "%s: %s", path, why.message) : MN_OK;
}
