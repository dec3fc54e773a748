#include "file_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum mn_status fail_write(struct mn_error *error, const char *path)
{
    return mn_fail(error, MN_FAILED, "cannot write %s: %s", path, strerror(errno));
}

/* Has the open file still this name? A left one must also be plain and ours alone. */
static bool may_overwrite(int fd, const char *name, bool left)
{
    struct stat opened, named;
    if (fstat(fd, &opened) || lstat(name, &named) || opened.st_ino != named.st_ino ||
        opened.st_dev != named.st_dev)
        return false;
    return !left || (S_ISREG(opened.st_mode) && opened.st_nlink == 1 && opened.st_uid == geteuid());
}

/* Opens the file of this name, which nobody else is writing: a new one, or what a writer has left
 * that was killed, and with which its lock ended. -1 and EEXIST where somebody is. */
static int open_unused(const char *name)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool left = fd < 0;
    if (left && errno != EEXIST)
        return -1;
    if (left) /* it may be anything, and must not be waited for */
        fd = open(name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
    bool no_locks = !left && !locked && errno != EWOULDBLOCK; /* on this file system */
    if ((locked || no_locks) && may_overwrite(fd, name, left) && ftruncate(fd, 0) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    errno = EEXIST;
    return -1;
}

/* Opens a file beside `path` that nobody else has. */
static int open_beside(struct mn_file_writer *writer, const char *path)
{
    size_t length = strlen(path) + 20;
    writer->temporary = malloc(length);
    if (!writer->temporary)
        return -1;
    for (int attempt = 0; attempt < 100; attempt++) {
        snprintf(writer->temporary, length, "%s.%d.tmp", path, attempt);
        int fd = open_unused(writer->temporary);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

enum mn_status mn_file_begin(struct mn_file_writer *writer, const char *path,
                             struct mn_error *error)
{
    struct stat info;
    *writer = (struct mn_file_writer){.path = path};
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return mn_fail(error, MN_BAD_INPUT,
                       "%s is there already and is not a regular file; name another", path);

    int fd = open_beside(writer, path);
    if (fd >= 0)
        writer->stream = fdopen(fd, "wb");
    if (writer->stream)
        return MN_OK;

    fail_write(error, path);
    if (fd >= 0) {
        unlink(writer->temporary); /* before its lock ends, and it may be another's */
        close(fd);
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
        fail_write(error, writer->path);
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
        unlink(writer->temporary);
        fclose(writer->stream);
    }
    free(writer->temporary);
    *writer = (struct mn_file_writer){0};
}

enum mn_status mn_file_can_begin(const char *path, struct mn_error *error)
{
    struct mn_file_writer writer = {0};
    if (mn_file_begin(&writer, path, error))
        return error->status;
    mn_file_abandon(&writer);
    return MN_OK;
}
