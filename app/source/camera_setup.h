/* An agreement with a camera: format, size and rate, as near to the user's wish as it gets. */
#ifndef CAMLABEL_CAMERA_SETUP_H
#define CAMLABEL_CAMERA_SETUP_H

#include "camera_device.h"
#include "camera_format.h"

struct camera_setup {
    struct v4l2_pix_format pix; /* what the driver gives, whatever it was asked */
    double framerate;           /* frames a second; 0: the driver does not say */
    bool converted;             /* by libv4l2 */
};

/* Lists the device's modes, chooses, sets format and rate, and reads back what became of them.
 * Errors: MN_BAD_INPUT for a format that the device has not (the message lists those it has) or
 * does not give when asked; MN_FAILED where the driver fails, or is busy. */
enum mn_status camera_set_up(struct camera_setup *setup, const struct camera_device *device,
                             const struct camera_wish *wish, struct mn_error *error);

#endif
