#include "run_folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../engine/base/file_writer.h"
#include "../../engine/model/file.h"
#include "../paths.h"

/* `there`: so many characters of the path are folders that were there before. */
static enum mn_status make_folders(const char *folder, size_t *there, struct mn_error *error)
{
    char path[RUN_PATH_SIZE];
    size_t length = (size_t)snprintf(path, sizeof path, "%s", folder);
    bool is_made = false;
    *there = 0;
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i])
            continue;
        char end = path[i];
        path[i] = 0;
        bool is_there = mkdir(path, 0777) != 0;
        if (is_there && errno != EEXIST)
            return mn_fail(error, MN_FAILED, "%s: this folder cannot be made: %s", path,
                           strerror(errno));
        path[i] = end;
        is_made |= !is_there;
        *there = is_made ? *there : i;
    }
    struct stat status;
    if (stat(folder, &status) || !S_ISDIR(status.st_mode))
        return mn_fail(error, MN_BAD_INPUT, "%s: not a folder; --output names one", folder);
    return MN_OK;
}

static void join(char path[RUN_PATH_SIZE], const char *folder, const char *name)
{
    bool slash = folder[strlen(folder) - 1] == '/';
    snprintf(path, RUN_PATH_SIZE, "%s%s%s", folder, slash ? "" : "/", name);
}

enum { RUN_FILES = 6 };

static const char *file_of(const struct run_paths *paths, int i)
{
    const char *const files[RUN_FILES] = {paths->checkpoint, paths->log,    paths->model,
                                          paths->best,       paths->report, paths->recipe};
    return files[i];
}

enum mn_status run_folder_open(struct run_paths *paths, const char *folder, bool may_be_taken,
                               struct mn_error *error)
{
    enum { LONGEST_NAME = 64 };
    if (!*folder || strlen(folder) + LONGEST_NAME > RUN_PATH_SIZE)
        return mn_fail(error, MN_BAD_INPUT, "--output: the path is empty or too long");
    join(paths->recipe, folder, "recipe.txt");
    join(paths->checkpoint, folder, "last.ckpt");
    join(paths->log, folder, "log.csv");
    join(paths->model, folder, "model.safetensors");
    join(paths->best, folder, "best.safetensors");
    join(paths->report, folder, "report.html");
    if (make_folders(folder, &paths->there, error))
        return error->status;

    bool is_taken = false;
    for (int i = 0; i < RUN_FILES; i++)
        is_taken |= access(file_of(paths, i), F_OK) == 0;
    if (is_taken && !may_be_taken)
        return mn_fail(error, MN_BAD_INPUT,
                       "%s: a training is in this folder already; --resume goes on with it, "
                       "--overwrite begins it anew, or name another --output",
                       folder);
    return MN_OK;
}

bool run_folder_has(const struct run_paths *paths, const char *path)
{
    bool has = false;
    for (int i = 0; i < RUN_FILES; i++)
        has |= path_is_same_file(file_of(paths, i), path);
    return has;
}

void run_folder_abandon(const struct run_paths *paths, const char *folder)
{
    char path[RUN_PATH_SIZE];
    size_t length = (size_t)snprintf(path, sizeof path, "%s", folder);
    for (size_t i = length; i > paths->there; i--)
        if (path[i] == '/' || !path[i]) {
            path[i] = 0;
            rmdir(path); /* unless something is in it */
        }
}

enum mn_status run_folder_clear(const struct run_paths *paths, struct mn_error *error)
{
    for (int i = 0; i < RUN_FILES; i++)
        if (unlink(file_of(paths, i)) && errno != ENOENT)
            return mn_fail(error, MN_FAILED, "%s: cannot be removed: %s", file_of(paths, i),
                           strerror(errno));
    return MN_OK;
}

static enum mn_status write_bytes(const char *path, const void *bytes, size_t size,
                                  struct mn_error *error)
{
    struct mn_file_writer writer = {0};
    if (mn_file_begin(&writer, path, error))
        return error->status;
    fwrite(bytes, 1, size, writer.stream); /* what fails here shows at the commit */
    return mn_file_commit(&writer, error);
}

enum mn_status run_folder_write(const char *path, const char *text, struct mn_error *error)
{
    return write_bytes(path, text, strlen(text), error);
}

enum mn_status run_folder_copy(const char *from, const char *to, struct mn_error *error)
{
    const size_t most = (size_t)2 << 30;
    uint8_t *data;
    size_t size;
    if (mn_file_read(from, most, &data, &size, error))
        return error->status;
    enum mn_status status = write_bytes(to, data, size, error);
    free(data);
    return status;
}
