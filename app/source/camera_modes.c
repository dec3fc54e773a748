/* A device's formats, of each its sizes, of each its rates. Through libv4l2, so that the formats it
 * converts to are among them. */
#include "camera_modes.h"

#include <errno.h>
#include <libv4l2.h>
#include <stdlib.h>

/* A driver that never stops enumerating is not believed for ever. */
enum { MODES_MAX = 65536 };

static int retry_ioctl(int fd, unsigned long request, void *argument)
{
    int result;
    do
        result = v4l2_ioctl(fd, request, argument);
    while (result < 0 && errno == EINTR);
    return result;
}

/* The modes of one device, as they are found. */
struct mode_list {
    struct camera_mode *modes;
    int count, capacity;
    bool out_of_memory;
};

/* False when no more can be taken. */
static bool add_mode(struct mode_list *list, const struct camera_mode *mode)
{
    if (list->count == MODES_MAX)
        return false;
    if (list->count == list->capacity) {
        int capacity = list->capacity ? 2 * list->capacity : 64;
        struct camera_mode *modes = realloc(list->modes, (size_t)capacity * sizeof *modes);
        if (!modes) {
            list->out_of_memory = true;
            return false;
        }
        list->modes = modes;
        list->capacity = capacity;
    }
    list->modes[list->count++] = *mode;
    return true;
}

/* An interval of n/d seconds is d/n frames a second. */
static double framerate(struct v4l2_fract interval)
{
    return interval.numerator ? (double)interval.denominator / interval.numerator : 0;
}

/* Adds `mode` once for each rate of its size. */
static bool add_rates(int fd, struct mode_list *list, struct camera_mode mode)
{
    struct v4l2_frmivalenum rate = {
        .pixel_format = mode.fourcc,
        .width = (uint32_t)mode.min_width,
        .height = (uint32_t)mode.min_height,
    };
    if (retry_ioctl(fd, VIDIOC_ENUM_FRAMEINTERVALS, &rate) != 0)
        return add_mode(list, &mode); /* the driver does not say */
    if (rate.type != V4L2_FRMIVAL_TYPE_DISCRETE) {
        mode.min_fps = framerate(rate.stepwise.max); /* the longest interval */
        mode.max_fps = framerate(rate.stepwise.min);
        return add_mode(list, &mode);
    }
    bool more = true;
    do {
        mode.min_fps = mode.max_fps = framerate(rate.discrete);
        more = add_mode(list, &mode);
        rate.index++;
    } while (more && retry_ioctl(fd, VIDIOC_ENUM_FRAMEINTERVALS, &rate) == 0);
    return more;
}

static int to_side(uint32_t px)
{
    return px > MN_MAX_IMAGE_SIDE ? MN_MAX_IMAGE_SIDE : (int)px;
}

static void set_range(struct camera_mode *mode, const struct v4l2_frmsize_stepwise *range)
{
    mode->min_width = to_side(range->min_width);
    mode->max_width = to_side(range->max_width);
    mode->width_step = to_side(range->step_width);
    mode->min_height = to_side(range->min_height);
    mode->max_height = to_side(range->max_height);
    mode->height_step = to_side(range->step_height);
}

static bool add_sizes(int fd, struct mode_list *list, struct camera_mode mode)
{
    /* a driver that does not say may have any size: S_FMT will tell */
    const struct v4l2_frmsize_stepwise any = {1, MN_MAX_IMAGE_SIDE, 1, 1, MN_MAX_IMAGE_SIDE, 1};
    struct v4l2_frmsizeenum size = {.pixel_format = mode.fourcc};
    if (retry_ioctl(fd, VIDIOC_ENUM_FRAMESIZES, &size) != 0) {
        set_range(&mode, &any);
        return add_mode(list, &mode);
    }
    if (size.type != V4L2_FRMSIZE_TYPE_DISCRETE) {
        set_range(&mode, &size.stepwise);
        return add_rates(fd, list, mode);
    }
    bool more = true;
    do {
        const struct v4l2_frmsize_stepwise one = {size.discrete.width,  size.discrete.width,  1,
                                                  size.discrete.height, size.discrete.height, 1};
        set_range(&mode, &one);
        more = add_rates(fd, list, mode);
        size.index++;
    } while (more && retry_ioctl(fd, VIDIOC_ENUM_FRAMESIZES, &size) == 0);
    return more;
}

enum mn_status camera_modes(const struct camera_device *device, struct camera_mode **modes,
                            int *count, struct mn_error *error)
{
    struct mode_list list = {0};
    struct v4l2_fmtdesc format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    bool more = true;
    while (more && retry_ioctl(device->fd, VIDIOC_ENUM_FMT, &format) == 0) {
        struct camera_mode mode = {
            .fourcc = format.pixelformat,
            .emulated = format.flags & V4L2_FMT_FLAG_EMULATED,
        };
        more = add_sizes(device->fd, &list, mode);
        format.index++;
    }
    if (list.out_of_memory) {
        free(list.modes);
        return mn_fail(error, MN_FAILED, "%s: not enough memory for its list of formats",
                       device->path);
    }
    *modes = list.modes;
    *count = list.count;
    return MN_OK;
}
