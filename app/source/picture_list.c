/* By fts(3), which knows links that lead in circles, and folders without end. */
#include "picture_list.h"

#include <errno.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../engine/image/picture_file.h"

static int by_bytes(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum mn_status no_memory(struct picture_list *list, struct mn_error *error)
{
    picture_list_free(list);
    return mn_fail(error, MN_FAILED, "not enough memory for the names of the pictures");
}

static bool append(struct picture_list *list, const char *path)
{
    if ((list->count & (list->count - 1)) == 0) { /* full: as many again */
        size_t room = list->count ? 2 * list->count : 1;
        char **grown = realloc(list->paths, room * sizeof *grown);
        if (!grown)
            return false;
        list->paths = grown;
    }
    list->paths[list->count] = strdup(path);
    return list->paths[list->count] && ++list->count;
}

/* Also a link that leads nowhere, and a folder in it that cannot be read, such as a disk's
 * lost+found: who tries to will say so, and goes on. */
static bool is_picture(const FTSENT *entry)
{
    if (entry->fts_info == FTS_DNR)
        return true;
    return (entry->fts_info == FTS_F || entry->fts_info == FTS_SLNONE) &&
           mn_picture_has_known_ending(entry->fts_name);
}

/* All that the walk meets; hidden files and folders are passed by, but for the one that was named.
 */
static enum mn_status walk(struct picture_list *list, FTS *tree, struct mn_error *error)
{
    FTSENT *entry;
    while ((errno = 0, entry = fts_read(tree))) {
        bool hidden = entry->fts_level > FTS_ROOTLEVEL && entry->fts_name[0] == '.';
        if (hidden)
            fts_set(tree, entry, FTS_SKIP);
        else if (entry->fts_info == FTS_DNR && entry->fts_level == FTS_ROOTLEVEL)
            return mn_fail(error, MN_BAD_INPUT, "%s: the folder cannot be read: %s",
                           entry->fts_path, strerror(entry->fts_errno));
        else if (is_picture(entry) && !append(list, entry->fts_path))
            return no_memory(list, error);
    }
    return errno ? mn_fail(error, MN_FAILED, "the folder cannot be read: %s", strerror(errno))
                 : MN_OK;
}

enum mn_status picture_list_folder(struct picture_list *list, const char *folder,
                                   struct mn_error *error)
{
    char *root = strdup(folder);
    char *roots[] = {root, NULL};
    FTS *tree = root ? fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_bytes) : NULL;
    *list = (struct picture_list){0};
    enum mn_status status = tree ? walk(list, tree, error) : no_memory(list, error);
    if (tree)
        fts_close(tree);
    free(root);
    if (status != MN_OK)
        picture_list_free(list);
    else if (list->count == 0)
        status = mn_fail(error, MN_BAD_INPUT,
                         "%s: no pictures in this folder (JPEG, PNG, BMP or PPM by their endings)",
                         folder);
    return status;
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
