/* camlabel devices: the cameras of this machine and what they offer. */
#include "../json_line.h"
#include "../source/camera_list.h"
#include "commands.h"

struct devices_settings {
    const char *device;
    bool formats, json;
};

static const struct devices_settings defaults = {0};

#define FIELD(member) offsetof(struct devices_settings, member)

static const struct option_spec options[] = {
    {OPTION_TEXT, 'd', "device", "DEVICE", FIELD(device), "only this one: /dev/video0, or 0"},
    {OPTION_FLAG, 0, "list-formats", NULL, FIELD(formats),
     "also print each format's sizes and frame rates"},
    {OPTION_FLAG, 0, "json", NULL, FIELD(json),
     "print one JSON object a camera and line, formats included"},
    {.name = NULL},
};

static json_t *modes_json(const struct camera_info *camera)
{
    json_t *list = json_array();
    for (int i = 0; i < camera->mode_count; i++) {
        const struct camera_mode *mode = &camera->modes[i];
        char fourcc[5];
        camera_fourcc_text(mode->fourcc, fourcc);
        json_array_append_new(
            list, json_pack("{s:s, s:b, s:i, s:i, s:i, s:i, s:o, s:o}", "fourcc", fourcc,
                            "converted", mode->emulated, "min_width", mode->min_width, "max_width",
                            mode->max_width, "min_height", mode->min_height, "max_height",
                            mode->max_height, "min_fps", json_line_number(mode->min_fps, 3),
                            "max_fps", json_line_number(mode->max_fps, 3)));
    }
    return list;
}

static void print_json(const struct camera_info *camera)
{
    json_t *line = json_object();
    json_object_set_new(line, "device", json_line_text(camera->device));
    json_object_set_new(line, "name", json_line_text(camera->name));
    json_object_set_new(line, "driver", json_line_text(camera->driver));
    json_object_set_new(line, "bus", json_line_text(camera->bus));
    json_object_set_new(line, "problem",
                        *camera->problem ? json_line_text(camera->problem) : json_null());
    json_object_set_new(line, "formats", modes_json(camera));
    json_line_print(line, stdout);
}

static void print_range(int low, int high)
{
    if (low == high)
        printf("%d", low);
    else
        printf("%d-%d", low, high);
}

static void print_mode(const struct camera_mode *mode)
{
    printf("      ");
    print_range(mode->min_width, mode->max_width);
    putchar('x');
    print_range(mode->min_height, mode->max_height);
    if (mode->max_fps > 0 && mode->min_fps < mode->max_fps)
        printf("  %.4g to %.4g fps", mode->min_fps, mode->max_fps);
    else if (mode->max_fps > 0)
        printf("  %.4g fps", mode->max_fps);
    putchar('\n');
}

static void print_text(const struct camera_info *camera, bool formats)
{
    if (*camera->problem) {
        printf("%s  %s\n", camera->device, camera->problem);
        return;
    }
    printf("%s  %s (%s, %s)\n", camera->device, camera->name, camera->driver, camera->bus);
    for (int i = 0; formats && i < camera->mode_count; i++) {
        const struct camera_mode *mode = &camera->modes[i];
        char fourcc[5];
        camera_fourcc_text(mode->fourcc, fourcc);
        if (i == 0 || mode->fourcc != mode[-1].fourcc)
            printf("   %s%s\n", fourcc, mode->emulated ? "  (converted by libv4l2)" : "");
        print_mode(mode);
    }
}

static int run_devices(const void *argument, int operand_count, char **operands)
{
    (void)operand_count, (void)operands;
    const struct devices_settings *settings = argument;
    struct camera_info *cameras = NULL;
    struct mn_error error;
    int count = 1;
    if (settings->device ? camera_list_one(&cameras, settings->device, &error)
                         : camera_list(&cameras, &count, &error))
        return command_failed(&error);
    if (count == 0)
        fputs(
            "camlabel: no camera found; `camlabel live --input demo` needs none, and a Pi's camera "
            "module comes through a pipe: see camlabel live --help\n",
            stderr);
    for (int i = 0; i < count; i++)
        if (settings->json)
            print_json(&cameras[i]);
        else
            print_text(&cameras[i], settings->formats);
    camera_list_free(cameras, count);
    return MN_OK;
}

const struct command command_devices = {
    .name = "devices",
    .summary = "list the cameras and their formats",
    .operands = "",
    .details = "",
    .examples = "camlabel devices --device 0 --list-formats\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct devices_settings),
    .run = run_devices,
};
