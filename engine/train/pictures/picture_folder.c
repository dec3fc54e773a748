#include "picture_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "../../image/picture_file.h"
#include "../../model/text.h"

enum { MAX_DEPTH = 18 /* of folders in folders */ };

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

/* What file managers leave behind is not worth a warning. */
static bool is_clutter(const char *name)
{
    return strcasecmp(name, "Thumbs.db") == 0 || strcasecmp(name, "desktop.ini") == 0;
}

/* --- where one is --- */

/* A folder on the way from the data set's own down to where the walk is. A link may lead back to
 * one; what is in there would be seen twice, or as another class. */
struct level {
    const struct level *above;
    dev_t device;
    ino_t inode;
    int depth;
};

/* Why a folder is not entered; NULL where it can be. */
static const char *obstacle(const char *path, const struct level *above, struct level *level)
{
    struct stat info;
    if (stat(path, &info))
        return strerror(errno);
    *level = (struct level){above, info.st_dev, info.st_ino, above ? above->depth + 1 : 0};
    for (const struct level *l = above; l; l = l->above)
        if (l->device == info.st_dev && l->inode == info.st_ino)
            return "a link back to a folder that it is in";
    return level->depth > MAX_DEPTH ? "folders are nested too deep" : NULL;
}

/* --- one class --- */

struct class_walk {
    struct mn_catalogue *catalogue;
    struct mn_entry_list *list;
    int label, others;
    char example[64]; /* the name of the first of the others */
};

static enum mn_status walk_folder(struct class_walk *walk, const char *path,
                                  const struct level *above, struct mn_error *error);

static enum mn_status take_file(struct class_walk *walk, const char *path, const struct stat *info,
                                struct mn_error *error)
{
    if (!S_ISREG(info->st_mode) || !mn_picture_has_known_ending(path)) {
        if (walk->others++ == 0)
            snprintf(walk->example, sizeof walk->example, "%s", strrchr(path, '/') + 1);
        return MN_OK;
    }
    return mn_entry_list_add(walk->list, path, walk->label, -1, (long long)info->st_size, error);
}

static enum mn_status take(struct class_walk *walk, const char *path, const struct level *level,
                           struct mn_error *error)
{
    struct stat info;
    if (stat(path, &info))
        return mn_catalogue_warn(walk->catalogue, error, "%s: left out: %s", path, strerror(errno));
    return S_ISDIR(info.st_mode) ? walk_folder(walk, path, level, error)
                                 : take_file(walk, path, &info, error);
}

static enum mn_status walk_names(struct class_walk *walk, const char *path, struct dirent **names,
                                 int count, const struct level *level, struct mn_error *error)
{
    for (int i = 0; i < count; i++) {
        char *below;
        if (is_clutter(names[i]->d_name))
            continue;
        if (asprintf(&below, "%s/%s", path, names[i]->d_name) < 0)
            return no_memory(error);
        enum mn_status status = take(walk, below, level, error);
        free(below);
        if (status)
            return status;
    }
    return MN_OK;
}

static enum mn_status walk_folder(struct class_walk *walk, const char *path,
                                  const struct level *above, struct mn_error *error)
{
    struct level level = {0};
    struct dirent **names = NULL;
    int count = -1;
    const char *why = obstacle(path, above, &level);
    if (!why && (count = scandir(path, &names, visible, by_bytes)) < 0)
        why = strerror(errno);
    if (why)
        return mn_catalogue_warn(walk->catalogue, error, "%s: left out: %s", path, why);
    enum mn_status status = walk_names(walk, path, names, count, &level, error);
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

static enum mn_status add_class(struct mn_catalogue *catalogue, const char *path, const char *name,
                                struct mn_error *error)
{
    /* or the model could not be written, when the training is over */
    if (!mn_text_is_clean(name, strlen(name)))
        return mn_fail(error, MN_BAD_INPUT,
                       "%s: the folder's name is to become a class's, and is not printable UTF-8 "
                       "text; rename it",
                       path);
    for (int i = 0; i < catalogue->classes.count; i++)
        if (strcasecmp(catalogue->classes.lines[i], name) == 0 &&
            mn_catalogue_warn(catalogue, error,
                              "%s: a class of its own beside %s; if they are one, put their "
                              "pictures into one folder",
                              path, catalogue->classes.lines[i]))
            return error->status;
    return mn_text_list_add(&catalogue->classes, error, "%s", name);
}

/* The folder that holds the classes of a split. */
struct place {
    struct mn_catalogue *catalogue;
    enum mn_split split;
    struct level level;
};

static enum mn_status list_class(const struct place *place, const char *path, const char *name,
                                 struct mn_error *error)
{
    struct mn_catalogue *catalogue = place->catalogue;
    int label = find_class(catalogue, name);
    if (label < 0 && place->split != MN_TRAIN)
        return mn_catalogue_warn(catalogue, error,
                                 "%s: left out: the training pictures have no such class", path);
    if (label < 0) {
        label = catalogue->classes.count;
        if (add_class(catalogue, path, name, error))
            return error->status;
    }
    struct class_walk walk = {catalogue, &catalogue->split[place->split], label, 0, ""};
    int before = walk.list->count;
    if (walk_folder(&walk, path, &place->level, error))
        return error->status;
    if (walk.others &&
        mn_catalogue_warn(catalogue, error,
                          "%s: %d file%s left out, by the name not JPEG, PNG, BMP or PPM: %s%s",
                          path, walk.others, walk.others > 1 ? "s" : "", walk.example,
                          walk.others > 1 ? ", …" : ""))
        return error->status;
    if (walk.list->count == before)
        return mn_catalogue_warn(catalogue, error, "%s: no pictures in there", path);
    return MN_OK;
}

/* Classes for folders; pictures beside those belong to none. */
static enum mn_status list_names(const struct place *place, const char *folder,
                                 struct dirent **names, int count, struct mn_error *error)
{
    int loose = 0;
    for (int i = 0; i < count; i++) {
        char *path;
        if (asprintf(&path, "%s/%s", folder, names[i]->d_name) < 0)
            return no_memory(error);
        enum mn_status status = MN_OK;
        if (is_folder(path))
            status = list_class(place, path, names[i]->d_name, error);
        else
            loose += mn_picture_has_known_ending(path);
        free(path);
        if (status)
            return status;
    }
    if (loose)
        return mn_catalogue_warn(place->catalogue, error,
                                 "%s: %d picture%s beside the classes' folders left out", folder,
                                 loose, loose > 1 ? "s" : "");
    return MN_OK;
}

/* `above` is the data set's folder, NULL where that is `folder` itself. */
static enum mn_status list_split(struct mn_catalogue *catalogue, enum mn_split split,
                                 const char *folder, const struct level *above,
                                 struct mn_error *error)
{
    struct place place = {.catalogue = catalogue, .split = split};
    struct dirent **names = NULL;
    int count = -1;
    const char *why = obstacle(folder, above, &place.level);
    if (!why && (count = scandir(folder, &names, visible, by_bytes)) < 0)
        why = strerror(errno);
    if (why)
        return mn_fail(error, MN_BAD_INPUT, "%s: %s; %s", folder, why, looks_like);
    enum mn_status status = list_names(&place, folder, names, count, error);
    free_names(names, count);
    return status;
}

/* --- the splits --- */

struct split_name {
    const char *name;
    enum mn_split split;
};

static const struct split_name split_names[] = {{"train", MN_TRAIN},
                                                {"val", MN_VAL},
                                                {"valid", MN_VAL},
                                                {"validation", MN_VAL},
                                                {"test", MN_TEST}};
enum { SPLIT_NAMES = sizeof split_names / sizeof *split_names };

static bool has_folder(const char *folder, const char *name)
{
    char *path;
    if (asprintf(&path, "%s/%s", folder, name) < 0)
        return false;
    bool is = is_folder(path);
    free(path);
    return is;
}

static bool has_any_folder(const char *folder)
{
    struct dirent **names = NULL;
    int count = scandir(folder, &names, visible, by_bytes);
    bool is = false;
    for (int i = 0; i < count && !is; i++)
        is = has_folder(folder, names[i]->d_name);
    if (count >= 0)
        free_names(names, count);
    return is;
}

/* The path of the split's folder, written in capitals or not; NULL where there is none. */
static char *path_of_split(const char *folder, const char *name)
{
    struct dirent **names = NULL;
    int count = scandir(folder, &names, visible, by_bytes);
    char *path = NULL;
    for (int i = 0; i < count && !path; i++) {
        if (strcasecmp(names[i]->d_name, name) != 0 ||
            asprintf(&path, "%s/%s", folder, names[i]->d_name) < 0) {
            path = NULL;
        } else if (!is_folder(path)) {
            free(path);
            path = NULL;
        }
    }
    if (count >= 0)
        free_names(names, count);
    return path;
}

/* A folder "train" that has only pictures, and no other split beside it, is the class of trains. */
static bool has_splits(const char *folder)
{
    char *train = path_of_split(folder, "train");
    bool has = train && has_any_folder(train);
    for (int i = 1; train && !has && i < SPLIT_NAMES; i++) {
        char *other = path_of_split(folder, split_names[i].name);
        has = other != NULL;
        free(other);
    }
    free(train);
    return has;
}

static enum mn_status list_named_split(struct mn_catalogue *catalogue, const char *folder,
                                       const struct split_name *name, const struct level *above,
                                       struct mn_error *error)
{
    char *path = path_of_split(folder, name->name);
    enum mn_status status = MN_OK;
    if (path && catalogue->split[name->split].count == 0)
        status = list_split(catalogue, name->split, path, above, error);
    free(path);
    return status;
}

enum mn_status mn_picture_folder_list(const char *folder, struct mn_catalogue *catalogue,
                                      struct mn_error *error)
{
    struct level level = {0};
    enum mn_status status = MN_OK;
    if (obstacle(folder, NULL, &level) || !has_splits(folder))
        return list_split(catalogue, MN_TRAIN, folder, NULL, error);
    for (int i = 0; i < SPLIT_NAMES && !status; i++)
        status = list_named_split(catalogue, folder, &split_names[i], &level, error);
    return status;
}
