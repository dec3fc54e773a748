/* Which of a camera's formats, sizes and rates to take, and how its pixels lie: pure functions.
 *
 * Nothing here touches a device, so that a table of made-up cameras can test it. */
#ifndef CAMLABEL_CAMERA_FORMAT_H
#define CAMLABEL_CAMERA_FORMAT_H

#include <linux/videodev2.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../engine/base/error.h"
#include "../../engine/image/image.h"

/* One thing a camera offers. Discrete sizes and rates have min == max. */
struct camera_mode {
    uint32_t fourcc;
    bool emulated; /* libv4l2 converts to it; the camera itself has another format */
    int min_width, max_width, width_step;    /* px */
    int min_height, max_height, height_step; /* px */
    double min_fps, max_fps;                 /* frames a second; both 0: the driver does not say */
};

/* What the user wants; 0 is "choose". One side without the other means 4:3. */
struct camera_wish {
    int width, height; /* px; default 640x480 */
    double framerate;  /* default 30 */
    uint32_t fourcc;
};

struct camera_choice {
    uint32_t fourcc;
    int width, height; /* px */
    double framerate;  /* 0: the driver does not say what it can */
    bool emulated;     /* libv4l2 will convert */
};

/* Picks a mode. In falling order of weight: a wished format is kept; formats of the camera go
 * before libv4l2's conversions; colour before grey; a wished rate before the default size; the
 * nearest size; the rate reached; raw before JPEG (no decoding); the nearest rate. False when
 * no mode can be read. */
bool camera_choose(const struct camera_mode *modes, int count, const struct camera_wish *wish,
                   struct camera_choice *choice);

/* "YUYV" and 'YUYV': 1 to 4 printable characters, padded with spaces; 0 for anything else. */
uint32_t camera_fourcc(const char *text);
/* Writes 4 characters and a NUL, trailing spaces cut, unprintable ones as '?'. */
void camera_fourcc_text(uint32_t fourcc, char text[5]);

bool camera_is_jpeg(uint32_t fourcc);
/* The raw formats that the engine reads directly; false for others. */
bool camera_pixel_format(uint32_t fourcc, enum mn_pixel_format *format);

/* How the pixels lie in each buffer of a raw format. */
struct camera_layout {
    enum mn_pixel_format format;
    int width, height; /* px */
    size_t stride;     /* bytes from row to row of plane 0 */
    size_t bytes;      /* of a whole picture: a buffer with less is cut short */
    enum mn_yuv_matrix matrix;
    enum mn_yuv_range range;
};

/* From what the driver answered to S_FMT. MN_FAILED where the numbers cannot be. */
enum mn_status camera_layout(struct camera_layout *layout, const struct v4l2_pix_format *pix,
                             const char *device, struct mn_error *error);

/* Bytes in use in a row of a plane, and its rows; 0 where there is no such plane. */
size_t camera_plane_row_bytes(enum mn_pixel_format format, int width, int plane);
int camera_plane_rows(enum mn_pixel_format format, int height, int plane);

#endif
