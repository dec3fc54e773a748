#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum mn_status fail_errno(struct mn_error *error, enum mn_status status, const char *what,
                                 const char *path)
{
    return mn_fail(error, status, "cannot %s %s: %s", what, path, strerror(errno));
}

/* Fills `to` from the file; a file that is shorter than it said has been changed meanwhile. */
static enum mn_status read_exactly(int fd, const char *path, uint8_t *to, size_t size,
                                   struct mn_error *error)
{
    while (size) {
        ssize_t got = read(fd, to, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(error, MN_FAILED, "read", path);
        if (got == 0)
            return mn_fail(error, MN_FAILED, "%s became shorter while it was read; try again",
                           path);
        to += got;
        size -= (size_t)got;
    }
    return MN_OK;
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

static enum mn_status read_open(int fd, const char *path, size_t max_bytes, mn_file_accept *accept,
                                uint8_t **data, size_t *size, struct mn_error *error)
{
    if (check_kind(fd, path, max_bytes, size, error))
        return error->status;

    uint8_t head[MN_FILE_HEAD] = {0};
    size_t head_size = *size < sizeof head ? *size : sizeof head;
    struct mn_error why;
    if (read_exactly(fd, path, head, head_size, error))
        return error->status;
    if (accept && accept(head, *size, &why))
        return mn_fail(error, why.status, "%s: %s", path, why.message);

    uint8_t *bytes = malloc(*size + 1);
    if (!bytes)
        return mn_fail(error, MN_FAILED, "not enough memory to read %s", path);
    memcpy(bytes, head, head_size);
    if (read_exactly(fd, path, bytes + head_size, *size - head_size, error)) {
        free(bytes);
        return error->status;
    }
    bytes[*size] = 0;
    *data = bytes;
    return MN_OK;
}

enum mn_status mn_file_read(const char *path, size_t max_bytes, mn_file_accept *accept,
                            uint8_t **data, size_t *size_bytes, struct mn_error *error)
{
    /* O_NONBLOCK: opening a pipe that nobody writes to must not hang. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fail_errno(error, MN_BAD_INPUT, "open", path);
    enum mn_status status = read_open(fd, path, max_bytes, accept, data, size_bytes, error);
    close(fd);
    return status;
}

/* Creates a file beside `path` that nobody else has. */
static int create_beside(struct mn_file_writer *writer, const char *path)
{
    size_t length = strlen(path) + 40;
    writer->temporary = malloc(length);
    if (!writer->temporary)
        return -1;
    int fd = -1;
    for (int attempt = 0; attempt < 100 && fd < 0; attempt++) {
        snprintf(writer->temporary, length, "%s.%ld.%d.tmp", path, (long)getpid(), attempt);
        fd = open(writer->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    return fd;
}

enum mn_status mn_file_begin(struct mn_file_writer *writer, const char *path,
                             struct mn_error *error)
{
    struct stat info;
    *writer = (struct mn_file_writer){.path = path};
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return mn_fail(error, MN_BAD_INPUT,
                       "%s is there already and is not a regular file; name another", path);

    int fd = create_beside(writer, path);
    if (fd >= 0)
        writer->stream = fdopen(fd, "wb");
    if (writer->stream)
        return MN_OK;

    fail_errno(error, MN_FAILED, "write", path);
    if (fd >= 0) {
        close(fd);
        unlink(writer->temporary);
    }
    free(writer->temporary);
    writer->temporary = NULL;
    return MN_FAILED;
}

/* The rename itself must reach the disk, too. Not every file system can do it: no error then. */
static void flush_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

enum mn_status mn_file_commit(struct mn_file_writer *writer, struct mn_error *error)
{
    bool written = !ferror(writer->stream) && fflush(writer->stream) == 0 &&
                   fsync(fileno(writer->stream)) == 0;
    if (!written || rename(writer->temporary, writer->path)) {
        fail_errno(error, MN_FAILED, "write", writer->path);
        mn_file_abandon(writer);
        return MN_FAILED;
    }
    flush_folder(writer->path);
    fclose(writer->stream);
    free(writer->temporary);
    *writer = (struct mn_file_writer){0};
    return MN_OK;
}

void mn_file_abandon(struct mn_file_writer *writer)
{
    if (writer->stream) {
        fclose(writer->stream);
        unlink(writer->temporary);
    }
    free(writer->temporary);
    *writer = (struct mn_file_writer){0};
}
