#include "model_name.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paths.h"
#include "spelling.h"

static const char ending[] = ".safetensors";

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

static int is_model(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name), end = sizeof ending - 1;
    return entry->d_name[0] != '.' && length > end &&
           strcmp(entry->d_name + length - end, ending) == 0;
}

/* No file has this name, and no model that ships: says which ones do. The names are the caller's to
 * free; their endings are cut off. */
static enum mn_status no_such_model(const char *name, struct dirent **models, int count,
                                    struct mn_error *error)
{
    char list[512] = "";
    struct spelling spelling = spelling_of(name, strlen(name));
    for (int i = 0; i < count; i++) {
        char *shipped = models[i]->d_name;
        size_t used = strlen(list);
        shipped[strlen(shipped) - (sizeof ending - 1)] = 0;
        spelling_offer(&spelling, shipped);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", shipped);
    }
    const char *best = spelling.best;
    return mn_fail(error, MN_BAD_INPUT,
                   "%s: there is no such file, and no such model ships; %s%s%sthese do: %s", name,
                   best ? "did you mean " : "", best ? best : "", best ? "? " : "", list);
}

/* Refuses a name that can only be a mistyped one. What else is wrong is said by who opens it. */
static enum mn_status check_name(const char *name, struct mn_error *error)
{
    char folder[4096];
    struct dirent **models;
    if (strchr(name, '/') || access(name, F_OK) == 0 ||
        !path_of_data(folder, sizeof folder, "models"))
        return MN_OK;
    int count = scandir(folder, &models, is_model, alphasort);
    enum mn_status status = count > 0 ? no_such_model(name, models, count, error) : MN_OK;
    for (int i = 0; i < count; i++)
        free(models[i]);
    if (count >= 0)
        free(models);
    return status;
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
    char buffer[4096];
    const char *path = model_name_path(name, buffer, sizeof buffer);
    if (path == name && check_name(name, error))
        return error->status;
    return mn_model_load(model, path, NULL, error);
}

enum mn_status model_name_load(struct mn_model **model, const char *name, const char *labels,
                               struct mn_error *error)
{
    char model_path[4096], labels_path[4096];
    const char *path = model_name_path(name, model_path, sizeof model_path);
    struct mn_model *loaded;
    if ((path == name && check_name(name, error)) || mn_model_load(&loaded, path, labels, error))
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
