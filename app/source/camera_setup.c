/* Wish and modes go through camera_choose(); the driver has the last word. */
#include "camera_setup.h"

#include <errno.h>
#include <libv4l2.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "camera_modes.h"

/* The formats of a device, for people: "YUYV, MJPG". Cut off where the text is full. */
static void name_formats(const struct camera_mode *modes, int count, char *text, size_t size)
{
    size_t used = 0;
    snprintf(text, size, "none");
    for (int i = 0; i < count && used < size; i++) {
        if (i > 0 && modes[i].fourcc == modes[i - 1].fourcc)
            continue;
        char fourcc[5];
        camera_fourcc_text(modes[i].fourcc, fourcc);
        int length = snprintf(text + used, size - used, "%s%s", used ? ", " : "", fourcc);
        used += length > 0 ? (size_t)length : 0;
    }
}

static enum mn_status choose(struct camera_choice *choice, const struct camera_device *device,
                             const struct camera_wish *wish, struct mn_error *error)
{
    struct camera_mode *modes = NULL;
    int count = 0;
    enum mn_status status = camera_modes(device, &modes, &count, error);
    if (status != MN_OK)
        return status;
    if (!camera_choose(modes, count, wish, choice)) {
        char has[640], wished[5] = "";
        name_formats(modes, count, has, sizeof has);
        if (wish->fourcc)
            camera_fourcc_text(wish->fourcc, wished);
        status = mn_fail(error, MN_BAD_INPUT, "%s has no format%s%s that can be read; it has %s",
                         device->path, wished[0] ? " " : "", wished, has);
    }
    free(modes);
    return status;
}

static enum mn_status set_format(struct v4l2_pix_format *pix, const struct camera_device *device,
                                 const struct camera_choice *choice, struct mn_error *error)
{
    struct v4l2_format format = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    format.fmt.pix.width = (uint32_t)choice->width;
    format.fmt.pix.height = (uint32_t)choice->height;
    format.fmt.pix.pixelformat = choice->fourcc;
    format.fmt.pix.field = V4L2_FIELD_NONE; /* progressive, if it can; else what comes */
    /* without this mark the kernel hides encoding and quantization from us */
    format.fmt.pix.priv = V4L2_PIX_FMT_PRIV_MAGIC;
    /* libv4l2 complains to stderr when this fails, as it does for a camera in use; so it is
     * rehearsed without it */
    struct v4l2_format rehearsal = format;
    if (ioctl(device->fd, VIDIOC_S_FMT, &rehearsal) != 0 ||
        v4l2_ioctl(device->fd, VIDIOC_S_FMT, &format) != 0)
        return camera_device_fail(device, errno, "setting the format", error);
    *pix = format.fmt.pix;
    return MN_OK;
}

/* A format that was wished for is not quietly replaced. */
static enum mn_status check_format(const struct v4l2_pix_format *pix, uint32_t wished,
                                   const struct camera_device *device, struct mn_error *error)
{
    if (!wished || pix->pixelformat == wished)
        return MN_OK;
    char want[5], got[5];
    camera_fourcc_text(wished, want);
    camera_fourcc_text(pix->pixelformat, got);
    return mn_fail(error, MN_BAD_INPUT, "%s gives %s where %s was asked for; try --format %s",
                   device->path, got, want, got);
}

/* Asks for the rate and returns what the driver gives; 0 where it does not say. */
static double set_framerate(const struct camera_device *device, double framerate)
{
    struct v4l2_streamparm parameters = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    struct v4l2_fract *interval = &parameters.parm.capture.timeperframe;
    if (framerate > 0 && framerate < 1e6) {
        interval->numerator = 1000;
        interval->denominator = (uint32_t)lround(1000 * framerate);
        v4l2_ioctl(device->fd, VIDIOC_S_PARM, &parameters); /* not all cameras have rates */
    }
    if (v4l2_ioctl(device->fd, VIDIOC_G_PARM, &parameters) != 0 || interval->numerator == 0)
        return 0;
    return (double)interval->denominator / interval->numerator;
}

enum mn_status camera_set_up(struct camera_setup *setup, const struct camera_device *device,
                             const struct camera_wish *wish, struct mn_error *error)
{
    struct camera_choice choice;
    enum mn_status status = choose(&choice, device, wish, error);
    if (status == MN_OK)
        status = set_format(&setup->pix, device, &choice, error);
    if (status == MN_OK)
        status = check_format(&setup->pix, wish->fourcc, device, error);
    if (status != MN_OK)
        return status;
    setup->framerate = set_framerate(device, choice.framerate);
    setup->converted = choice.emulated;
    return MN_OK;
}
