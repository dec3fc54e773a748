/* Opens each node in turn and closes it again; a camera in use can be listed too. */
#include "camera_list.h"

#include <stdio.h>
#include <stdlib.h>

#include "camera_modes.h"

enum { NODES_MAX = 256 };

static enum mn_status read_info(struct camera_info *info, const char *name, struct mn_error *error)
{
    *info = (struct camera_info){0};
    struct camera_device device;
    enum mn_status status = camera_device_open(&device, name, error);
    snprintf(info->device, sizeof info->device, "%s", device.path);
    if (status != MN_OK)
        return status;
    const struct v4l2_capability *capability = &device.capability;
    camera_device_text(info->name, sizeof info->name, capability->card, sizeof capability->card);
    camera_device_text(info->driver, sizeof info->driver, capability->driver,
                       sizeof capability->driver);
    camera_device_text(info->bus, sizeof info->bus, capability->bus_info,
                       sizeof capability->bus_info);
    status = camera_modes(&device, &info->modes, &info->mode_count, error);
    camera_device_close(&device);
    return status;
}

enum mn_status camera_list(struct camera_info **list, int *count, struct mn_error *error)
{
    int numbers[NODES_MAX];
    int nodes = camera_device_numbers(numbers, NODES_MAX);
    *list = NULL;
    *count = 0;
    if (nodes == 0)
        return MN_OK;
    struct camera_info *infos = calloc((size_t)nodes, sizeof *infos);
    if (!infos)
        return mn_fail(error, MN_FAILED, "not enough memory for a list of %d cameras", nodes);
    int used = 0;
    for (int i = 0; i < nodes; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", numbers[i]);
        struct mn_error fault;
        enum mn_status status = read_info(&infos[used], name, &fault);
        if (status == MN_BAD_INPUT)
            continue; /* it does not capture video */
        if (status == MN_FAILED)
            snprintf(infos[used].problem, sizeof infos[used].problem, "%.500s", fault.message);
        used++;
    }
    if (used == 0) {
        free(infos);
        infos = NULL;
    }
    *list = infos;
    *count = used;
    return MN_OK;
}

enum mn_status camera_list_one(struct camera_info **list, const char *device,
                               struct mn_error *error)
{
    struct camera_info *info = calloc(1, sizeof *info);
    if (!info)
        return mn_fail(error, MN_FAILED, "not enough memory to look at %s", device);
    enum mn_status status = read_info(info, device, error);
    if (status != MN_OK) {
        camera_list_free(info, 1);
        return status;
    }
    *list = info;
    return MN_OK;
}

void camera_list_free(struct camera_info *list, int count)
{
    for (int i = 0; list && i < count; i++)
        free(list[i].modes);
    free(list);
}
