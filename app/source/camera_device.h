/* A camera's device node: found and opened, and what its faults mean. */
#ifndef CAMLABEL_CAMERA_DEVICE_H
#define CAMLABEL_CAMERA_DEVICE_H

#include <linux/videodev2.h>
#include <stddef.h>
#include <stdint.h>

#include "../../engine/base/error.h"

enum { CAMERA_PATH_MAX = 256 /* bytes, with the NUL */ };

struct camera_device {
    int fd; /* of libv4l2; -1 when closed */
    char path[CAMERA_PATH_MAX];
    struct v4l2_capability capability;
};

/* Opens what the user named: a path, or a number N for /dev/videoN. Only devices that capture video
 * are accepted. On MN_OK the caller closes with camera_device_close(). Errors: MN_BAD_INPUT for a
 * node that is no camera, MN_FAILED for one that is missing, forbidden or out of order. */
enum mn_status camera_device_open(struct camera_device *device, const char *name,
                                  struct mn_error *error);

/* Opens the capture device with the lowest number. */
enum mn_status camera_device_open_first(struct camera_device *device, struct mn_error *error);

void camera_device_close(struct camera_device *device); /* again is fine */

/* MN_FAILED, with what `code` (an errno) means for a camera and what to do about it. `doing` fills
 * the sentence "… failed while …". */
enum mn_status camera_device_fail(const struct camera_device *device, int code, const char *doing,
                                  struct mn_error *error);

/* Copies what a driver wrote, which need not end with a NUL nor be printable; control characters
 * become '?'. `size` is of *to, which gets a NUL. */
void camera_device_text(char *to, size_t size, const uint8_t *from, size_t from_size);

/* Numbers of the nodes /dev/videoN, ascending: at most `max`, returns how many. */
int camera_device_numbers(int *numbers, int max);

#endif
