/* Folders of picture files: train/ val/ test/ (valid/ and validation/ are val/), each with a folder
 * a class, or the class folders alone. */
#ifndef MN_PICTURE_FOLDER_H
#define MN_PICTURE_FOLDER_H

#include "catalogue.h"

/* Fills a zeroed catalogue with all files whose names end like a picture's, in the order of their
 * paths' bytes; hidden ones are left out, and others that are no pictures are counted in a warning.
 * Folders below a class's belong to the class. Errors: MN_BAD_INPUT also for a class whose name no
 * model file could hold, MN_FAILED for memory. */
enum mn_status mn_picture_folder_list(const char *folder, struct mn_catalogue *catalogue,
                                      struct mn_error *error);

#endif
