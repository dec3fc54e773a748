#include "picture_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../image/picture_file.h"

enum { MAX_DEPTH = 16 /* below a class; beyond that links go in circles */ };

static const char looks_like[] =
    "a data set is train/CLASS/*.jpg with val/CLASS/*.jpg beside it, or "
    "CLASS/*.jpg, or CIFAR's .bin files";

static enum mn_status no_memory(struct mn_error *error)
{
    return mn_fail(error, MN_FAILED, "no memory for the list of pictures; close other programs");
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The order of bytes, which no locale changes. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void free_names(struct dirent **names, int count)
{
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* --- one class --- */

struct class_walk {
    struct mn_catalogue *catalogue;
    struct mn_entry_list *list;
    int label, others;
};

static enum mn_status walk_class(struct class_walk *walk, const char *path, int depth,
                                 struct mn_error *error);

static enum mn_status take_file(struct class_walk *walk, const char *path, struct mn_error *error)
{
    struct stat info;
    if (stat(path, &info)) {
        if (!mn_text_list_add(&walk->catalogue->warnings, "%s: %s", path, strerror(errno)))
            return no_memory(error);
        return MN_OK;
    }
    if (S_ISDIR(info.st_mode))
        return MN_OK;
    if (!S_ISREG(info.st_mode) || !mn_picture_has_known_ending(path)) {
        walk->others++;
        return MN_OK;
    }
    return mn_entry_list_add(walk->list, path, walk->label, -1, (long long)info.st_size)
               ? MN_OK
               : no_memory(error);
}

static enum mn_status walk_names(struct class_walk *walk, const char *path, struct dirent **names,
                                 int count, int depth, struct mn_error *error)
{
    for (int i = 0; i < count; i++) {
        char *below;
        if (asprintf(&below, "%s/%s", path, names[i]->d_name) < 0)
            return no_memory(error);
        enum mn_status status = is_folder(below) ? walk_class(walk, below, depth + 1, error)
                                                 : take_file(walk, below, error);
        free(below);
        if (status)
            return status;
    }
    return MN_OK;
}

static enum mn_status walk_class(struct class_walk *walk, const char *path, int depth,
                                 struct mn_error *error)
{
    struct dirent **names;
    int count = depth > MAX_DEPTH ? -1 : scandir(path, &names, visible, by_bytes);
    if (count < 0) {
        const char *why = depth > MAX_DEPTH ? "folders are nested too deep" : strerror(errno);
        return mn_text_list_add(&walk->catalogue->warnings, "%s: left out: %s", path, why)
                   ? MN_OK
                   : no_memory(error);
    }
    enum mn_status status = walk_names(walk, path, names, count, depth, error);
    free_names(names, count);
    return status;
}

/* --- the folders of classes --- */

static int find_class(const struct mn_catalogue *catalogue, const char *name)
{
    for (int i = 0; i < catalogue->classes.count; i++)
        if (strcmp(catalogue->classes.lines[i], name) == 0)
            return i;
    return -1;
}

static enum mn_status list_class(struct mn_catalogue *catalogue, enum mn_split split,
                                 const char *path, const char *name, struct mn_error *error)
{
    int label = find_class(catalogue, name);
    if (label < 0 && split != MN_TRAIN) {
        return mn_text_list_add(&catalogue->warnings,
                                "%s: left out: the training pictures have no such class", path)
                   ? MN_OK
                   : no_memory(error);
    }
    if (label < 0) {
        label = catalogue->classes.count;
        if (!mn_text_list_add(&catalogue->classes, "%s", name))
            return no_memory(error);
    }
    struct class_walk walk = {catalogue, &catalogue->split[split], label, 0};
    int before = walk.list->count;
    if (walk_class(&walk, path, 0, error))
        return error->status;
    if (walk.others && !mn_text_list_add(&catalogue->warnings,
                                         "%s: %d file%s left out, by the name "
                                         "no pictures",
                                         path, walk.others, walk.others > 1 ? "s" : ""))
        return no_memory(error);
    if (walk.list->count == before &&
        !mn_text_list_add(&catalogue->warnings, "%s: no pictures in there", path))
        return no_memory(error);
    return MN_OK;
}

static enum mn_status list_split(struct mn_catalogue *catalogue, enum mn_split split,
                                 const char *folder, struct mn_error *error)
{
    struct dirent **names;
    int count = scandir(folder, &names, visible, by_bytes);
    if (count < 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: %s; %s", folder, strerror(errno), looks_like);
    enum mn_status status = MN_OK;
    for (int i = 0; i < count && !status; i++) {
        char *path;
        if (asprintf(&path, "%s/%s", folder, names[i]->d_name) < 0) {
            status = no_memory(error);
            break;
        }
        if (is_folder(path))
            status = list_class(catalogue, split, path, names[i]->d_name, error);
        free(path);
    }
    free_names(names, count);
    return status;
}

static bool find_split(const char *folder, const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", folder, name);
    return is_folder(path);
}

enum mn_status mn_picture_folder_list(const char *folder, struct mn_catalogue *catalogue,
                                      struct mn_error *error)
{
    char path[4096];
    if (!find_split(folder, "train", path, sizeof path))
        return list_split(catalogue, MN_TRAIN, folder, error);
    if (list_split(catalogue, MN_TRAIN, path, error))
        return error->status;
    if ((find_split(folder, "val", path, sizeof path) ||
         find_split(folder, "validation", path, sizeof path)) &&
        list_split(catalogue, MN_VAL, path, error))
        return error->status;
    if (find_split(folder, "test", path, sizeof path))
        return list_split(catalogue, MN_TEST, path, error);
    return MN_OK;
}
