#include "model_name.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    if (may_ship && path_of_data(path, size, file))
        return path;
    length = snprintf(path, size, "%s/model.safetensors", name);
    return length > 0 && (size_t)length < size && is_file(path) ? path : name;
}

/* A label list beside the model file. */
static const char *find_labels(char *path, size_t size, const char *model_path,
                               const struct mn_model *model)
{
    const char *slash = strrchr(model_path, '/');
    int folder = slash ? (int)(slash - model_path + 1) : 0;
    const char *dot = strrchr(slash ? slash : model_path, '.');
    int stem = dot ? (int)(dot - model_path) : (int)strlen(model_path);

    snprintf(path, size, "%.*s_labels.txt", stem, model_path);
    if (access(path, R_OK) == 0)
        return path;
    snprintf(path, size, "%.*slabels_%d.txt", folder, model_path, model->network.spec.classes);
    if (access(path, R_OK) == 0)
        return path;
    snprintf(path, size, "%.*slabels.txt", folder, model_path);
    return access(path, R_OK) == 0 ? path : NULL;
}

enum mn_status model_name_load_alone(struct mn_model **model, const char *name,
                                     struct mn_error *error)
{
    char path[4096];
    return mn_model_load(model, model_name_path(name, path, sizeof path), NULL, error);
}

enum mn_status model_name_load(struct mn_model **model, const char *name, const char *labels,
                               struct mn_error *error)
{
    char model_path[4096], labels_path[4096];
    const char *path = model_name_path(name, model_path, sizeof model_path);
    struct mn_model *loaded;
    if (mn_model_load(&loaded, path, labels, error))
        return error->status;
    const char *beside =
        loaded->labels ? NULL : find_labels(labels_path, sizeof labels_path, path, loaded);
    if (!beside) {
        *model = loaded;
        return MN_OK;
    }
    mn_model_free(loaded);
    return mn_model_load(model, path, beside, error);
}
