/* A camera as a source: V4L2 through libv4l2. */
#ifndef CAMLABEL_CAMERA_H
#define CAMLABEL_CAMERA_H

#include <stdint.h>

#include "source.h"

/* What the user asked for. Kept apart from the open camera, so that it can be opened again. */
struct camera_settings {
    const char *device; /* "/dev/video0", or "0", or NULL: the first one that captures */
    int width, height;  /* px; 0: choose */
    double framerate;   /* frames a second; 0: choose */
    const char *format; /* V4L2's four characters, as "YUYV" or "MJPG"; NULL: choose */
};

/* Opens the camera and starts it. On MN_OK *source is the caller's, to be closed with
 * source->close(). The settings are not needed afterwards. Errors: MN_BAD_INPUT for a device or
 * format that cannot be, MN_FAILED for a camera that is absent, busy, forbidden or broken.
 *
 * Frames of raw formats are the driver's own buffers, lent; MJPEG is decoded on the thread that
 * calls next(), always the newest picture: where decoding is slower than the camera, pictures are
 * left out rather than shown late. */
enum mn_status camera_open(struct source **source, const struct camera_settings *settings,
                           struct mn_error *error);

/* What became of the frames so far. To be called by the thread that calls next(). */
struct camera_counts {
    uint64_t lent;   /* given on without a copy */
    uint64_t copied; /* given on as a copy: decoded, converted, or too many were on loan */
    uint64_t stale;  /* dropped undecoded: while we decoded, newer ones came */
    uint64_t broken; /* dropped: cut short, marked broken by the driver, or no valid JPEG */
};
struct camera_counts camera_counts(const struct source *camera);

#endif
