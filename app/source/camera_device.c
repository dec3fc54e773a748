/* The node is opened and looked at with plain system calls first: libv4l2 prints to stderr about
 * things that are no camera. After that every call goes through libv4l2, so that cameras whose
 * formats nobody reads can be read anyhow. */
#include "camera_device.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libv4l2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NODES_MAX = 256 };

static enum mn_status not_video(const struct camera_device *device, struct mn_error *error)
{
    return mn_fail(error, MN_BAD_INPUT,
                   "%s is not a video device; see `camlabel devices` for those there are",
                   device->path);
}

enum mn_status camera_device_fail(const struct camera_device *device, int code, const char *doing,
                                  struct mn_error *error)
{
    const char *path = device->path;
    switch (code) {
    case ENOENT:
        return mn_fail(error, MN_FAILED,
                       "%s: no such device; connect the camera, or see `camlabel devices` for what "
                       "is there",
                       path);
    case EISDIR:
    case ENOTDIR:
        return not_video(device, error);
    case EACCES:
    case EPERM:
        return mn_fail(error, MN_FAILED,
                       "%s: permission denied; add yourself to the group video (`sudo usermod -aG "
                       "video $USER`) and log in again",
                       path);
    case EBUSY:
        return mn_fail(error, MN_FAILED,
                       "%s: busy, another program is using it; close that program (`fuser -v %s` "
                       "names it)",
                       path, path);
    case ENODEV:
    case ENXIO:
        return mn_fail(error, MN_FAILED,
                       "%s went away: check the cable, connect the camera and start again", path);
    case EIO:
        return mn_fail(error, MN_FAILED,
                       "%s: input/output error while %s; unplug the camera, connect it and start "
                       "again",
                       path, doing);
    case ENOSPC:
        return mn_fail(error, MN_FAILED,
                       "%s: not enough USB bandwidth; use another port, a smaller size or --format "
                       "MJPG",
                       path);
    default:
        return mn_fail(error, MN_FAILED,
                       "%s: %s while %s; try another --format or size, or connect the camera again",
                       path, strerror(code), doing);
    }
}

/* "3" is /dev/video3. False when the name is too long. */
static bool set_path(struct camera_device *device, const char *name)
{
    bool number = name[0] && strspn(name, "0123456789") == strlen(name);
    int length =
        snprintf(device->path, sizeof device->path, "%s%s", number ? "/dev/video" : "", name);
    return length > 0 && (size_t)length < sizeof device->path;
}

/* What this node can do, not what the device can do with all its nodes. */
static uint32_t node_capabilities(const struct v4l2_capability *capability)
{
    return capability->capabilities & V4L2_CAP_DEVICE_CAPS ? capability->device_caps
                                                           : capability->capabilities;
}

static enum mn_status check_node(struct camera_device *device, int fd, struct mn_error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0 || !S_ISCHR(status.st_mode) ||
        ioctl(fd, VIDIOC_QUERYCAP, &device->capability) != 0)
        return not_video(device, error);
    uint32_t can = node_capabilities(&device->capability);
    if (can & V4L2_CAP_VIDEO_CAPTURE && can & V4L2_CAP_STREAMING)
        return MN_OK;
    if (can & V4L2_CAP_VIDEO_CAPTURE_MPLANE)
        return mn_fail(error, MN_BAD_INPUT,
                       "%s has only V4L2's multi-planar interface, which is not supported; see "
                       "`camlabel devices` for other cameras",
                       device->path);
    return mn_fail(error, MN_BAD_INPUT,
                   "%s does not capture video; see `camlabel devices` for those that do",
                   device->path);
}

enum mn_status camera_device_open(struct camera_device *device, const char *name,
                                  struct mn_error *error)
{
    *device = (struct camera_device){.fd = -1};
    if (!set_path(device, name))
        return mn_fail(error, MN_BAD_INPUT, "%.64s…: this is no name of a device", name);
    /* not blocking: every wait is a poll that also watches the wake-up descriptor */
    int fd = open(device->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return camera_device_fail(device, errno, "opening it", error);
    enum mn_status status = check_node(device, fd, error);
    if (status == MN_OK && v4l2_fd_open(fd, 0) < 0)
        status = camera_device_fail(device, errno, "opening it", error);
    if (status != MN_OK) {
        close(fd);
        return status;
    }
    device->fd = fd;
    return MN_OK;
}

void camera_device_close(struct camera_device *device)
{
    if (device->fd >= 0)
        v4l2_close(device->fd);
    device->fd = -1;
}

void camera_device_text(char *to, size_t size, const uint8_t *from, size_t from_size)
{
    size_t i = 0;
    for (; i + 1 < size && i < from_size && from[i]; i++)
        to[i] = from[i] < ' ' || from[i] == 127 ? '?' : (char)from[i];
    to[i] = 0;
}

static int compare_numbers(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* The N of "videoN", up to 999; -1 for other names. */
static int node_number(const char *name)
{
    static const char prefix[] = "video";
    size_t length = sizeof prefix - 1;
    size_t digits = strlen(name) > length ? strspn(name + length, "0123456789") : 0;
    if (strncmp(name, prefix, length) != 0 || digits < 1 || digits > 3 || name[length + digits])
        return -1;
    return (int)strtol(name + length, NULL, 10);
}

int camera_device_numbers(int *numbers, int max)
{
    DIR *folder = opendir("/dev");
    if (!folder)
        return 0;
    int count = 0;
    struct dirent *entry;
    while (count < max && (entry = readdir(folder))) {
        int number = node_number(entry->d_name);
        if (number >= 0)
            numbers[count++] = number;
    }
    closedir(folder);
    qsort(numbers, (size_t)count, sizeof *numbers, compare_numbers);
    return count;
}

enum mn_status camera_device_open_first(struct camera_device *device, struct mn_error *error)
{
    int numbers[NODES_MAX];
    int count = camera_device_numbers(numbers, NODES_MAX);
    struct mn_error first_fault = {.status = MN_OK};
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", numbers[i]);
        struct mn_error fault;
        if (camera_device_open(device, name, &fault) == MN_OK)
            return MN_OK;
        /* a camera that may not be opened is news; a node that is no camera is not */
        if (fault.status == MN_FAILED && first_fault.status == MN_OK)
            first_fault = fault;
    }
    *device = (struct camera_device){.fd = -1};
    if (first_fault.status != MN_OK) {
        *error = first_fault;
        return error->status;
    }
    return mn_fail(error, MN_FAILED,
                   "no camera found: connect one, or name a clip or the demo with --input");
}
