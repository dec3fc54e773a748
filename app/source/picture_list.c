#include "picture_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../engine/image/picture_file.h"

static int is_picture(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && mn_picture_has_known_ending(entry->d_name);
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static char *join(const char *folder, const char *name)
{
    char *path;
    size_t length = strlen(folder);
    const char *slash = length && folder[length - 1] == '/' ? "" : "/";
    return asprintf(&path, "%s%s%s", folder, slash, name) < 0 ? NULL : path;
}

static enum mn_status no_memory(struct picture_list *list, struct mn_error *error)
{
    picture_list_free(list);
    return mn_fail(error, MN_FAILED, "not enough memory for the names of the pictures");
}

enum mn_status picture_list_folder(struct picture_list *list, const char *folder,
                                   struct mn_error *error)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_picture, by_bytes);
    *list = (struct picture_list){0};
    if (count < 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: the folder cannot be read: %s", folder,
                       strerror(errno));
    list->paths = calloc((size_t)count + 1, sizeof *list->paths);
    for (int i = 0; i < count; i++) {
        char *path = list->paths ? join(folder, entries[i]->d_name) : NULL;
        if (path)
            list->paths[list->count++] = path;
        free(entries[i]);
    }
    free(entries);
    if (list->count < (size_t)count || !list->paths)
        return no_memory(list, error);
    if (count > 0)
        return MN_OK;
    picture_list_free(list);
    return mn_fail(error, MN_BAD_INPUT,
                   "%s: no pictures in this folder (JPEG, PNG, BMP or PPM by their endings; "
                   "subfolders are not searched)",
                   folder);
}

enum mn_status picture_list_one(struct picture_list *list, const char *path, struct mn_error *error)
{
    *list = (struct picture_list){.paths = calloc(1, sizeof *list->paths)};
    if (!list->paths || !(list->paths[0] = strdup(path)))
        return no_memory(list, error);
    list->count = 1;
    return MN_OK;
}

void picture_list_free(struct picture_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->paths[i]);
    free(list->paths);
    *list = (struct picture_list){0};
}
