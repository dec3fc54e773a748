/* The cameras of this machine and what they offer. */
#ifndef CAMLABEL_CAMERA_LIST_H
#define CAMLABEL_CAMERA_LIST_H

#include "camera_device.h"
#include "camera_format.h"

struct camera_info {
    char device[CAMERA_PATH_MAX];
    char name[33]; /* as the driver gives them; no control characters */
    char driver[17];
    char bus[33];
    char problem[512]; /* why it cannot be opened, one line; then the rest is empty. "" if it can */
    struct camera_mode *modes; /* owned, grouped by format in the driver's order */
    int mode_count;
};

/* All capture devices by number, also those that may not be opened. No camera is no error: *count
 * is 0 and *list NULL. On MN_OK the caller frees with camera_list_free(). */
enum mn_status camera_list(struct camera_info **list, int *count, struct mn_error *error);

/* The one that the user names, as camera_open() understands names; its errors. */
enum mn_status camera_list_one(struct camera_info **list, const char *device,
                               struct mn_error *error);

void camera_list_free(struct camera_info *list, int count); /* NULL is fine */

#endif
