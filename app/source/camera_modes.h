/* What an open camera offers. */
#ifndef CAMLABEL_CAMERA_MODES_H
#define CAMLABEL_CAMERA_MODES_H

#include "camera_device.h"
#include "camera_format.h"

/* Everything that the device offers, also formats that we cannot read. On MN_OK *modes is the
 * caller's, to be freed with free(); it is NULL when *count is 0. Errors: MN_FAILED for memory. */
enum mn_status camera_modes(const struct camera_device *device, struct camera_mode **modes,
                            int *count, struct mn_error *error);

#endif
