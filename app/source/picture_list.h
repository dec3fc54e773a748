/* The pictures of a folder and of the folders in it, by their names. */
#ifndef CAMLABEL_PICTURE_LIST_H
#define CAMLABEL_PICTURE_LIST_H

#include <stddef.h>

#include "../../engine/base/error.h"

struct picture_list {
    char **paths; /* [count], owned */
    size_t count;
};

/* The files that end like pictures, each folder's in the order of their bytes, without what is
 * hidden. Errors: MN_BAD_INPUT where the folder cannot be read, or there are none. */
enum mn_status picture_list_folder(struct picture_list *list, const char *folder,
                                   struct mn_error *error);
enum mn_status picture_list_one(struct picture_list *list, const char *path,
                                struct mn_error *error);
void picture_list_free(struct picture_list *list); /* leaves it zeroed */

#endif
