#include "model_name.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "paths.h"

/* A folder of that name, such as one of pictures, hides nothing. */
static bool is_file(const char *name)
{
    struct stat status;
    return stat(name, &status) == 0 && !S_ISDIR(status.st_mode);
}

const char *model_name_path(const char *name, char *path, size_t size)
{
    char file[256];
    int length = snprintf(file, sizeof file, "models/%s.safetensors", name);
    bool may_ship = !strchr(name, '/') && (size_t)length < sizeof file && !is_file(name);
    return may_ship && path_of_data(path, size, file) ? path : name;
}

enum mn_status model_name_load(struct mn_model **model, const char *name, const char *labels,
                               struct mn_error *error)
{
    char path[4096];
    return mn_model_load(model, model_name_path(name, path, sizeof path), labels, error);
}
