#include "workspace.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../../engine/image/picture_file.h"
#include "../../engine/model/model_file.h"
#include "../support.h"
#include "../tiny_model.h"

enum { SIDE = WORKSPACE_SIDE };

static char folder[] = "/tmp/camlabel-test-XXXXXX";

const char *workspace_folder(void)
{
    return folder;
}

const char *workspace_path(const char *name)
{
    static char paths[3][128];
    static int next;
    char *path = paths[next++ % 3];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_bytes(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(workspace_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The same network without labels, and beside it a list that does not fit. */
static int write_bare_model(void)
{
    struct mn_model *model;
    struct mn_error error;
    if (mkdir(workspace_path("bare"), 0777) ||
        mn_model_load(&model, workspace_path("tiny.safetensors"), NULL, &error))
        return -1;
    for (int i = 0; i < TINY_CLASSES; i++)
        free(model->labels[i]);
    free(model->labels);
    model->labels = NULL;
    enum mn_status status = mn_model_save(model, workspace_path("bare/net.safetensors"), &error);
    mn_model_free(model);
    write_bytes("bare/labels.txt", "only one\n", 9);
    return (int)status;
}

int workspace_shell(const char *command)
{
    char line[256];
    int length = snprintf(line, sizeof line, "cd '%s' && %s", folder, command);
    return length < (int)sizeof line ? system(line) : -1;
}

int workspace_set_up(void **state)
{
    (void)state;
    static uint8_t pixels[SIDE * SIDE * 3];
    uint64_t seed = 3;
    for (size_t i = 0; i < sizeof pixels; i++)
        pixels[i] = (uint8_t)(test_random(&seed) >> 56);
    if (!mkdtemp(folder) || tiny_model_write(workspace_path("tiny.safetensors")) ||
        write_bare_model())
        return -1;
    struct mn_image image;
    struct mn_error error;
    mn_image_wrap(&image, MN_PIXEL_RGB24, SIDE, SIDE, pixels, 0);
    if (mn_png_write(workspace_path("a.png"), &image, &error) ||
        mkdir(workspace_path("pictures"), 0777) ||
        mn_png_write(workspace_path("pictures/b.png"), &image, &error))
        return -1;
    FILE *clip = fopen(workspace_path("clip.y4m"), "wb");
    fprintf(clip, "YUV4MPEG2 W%d H%d F25:1 Ip A1:1 C420jpeg\n", SIDE, SIDE);
    for (int i = 0; i < WORKSPACE_CLIP_FRAMES; i++) {
        fputs("FRAME\n", clip);
        fwrite(pixels + i, 1, SIDE * SIDE * 3 / 2, clip);
    }
    write_bytes("empty", "", 0);
    write_bytes("cut.png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    write_bytes("text", "hello\n", 6);
    unsetenv("DISPLAY");
    unsetenv("WAYLAND_DISPLAY");
    unsetenv("SDL_VIDEODRIVER");
    return fclose(clip);
}

int workspace_tear_down(void **state)
{
    (void)state;
    return workspace_shell("rm -rf \"$PWD\"");
}

void workspace_assert_top(const json_t *top, int count)
{
    assert_int_equal(json_array_size(top), count);
    double before = 1;
    for (int i = 0; i < count; i++) {
        const json_t *entry = json_array_get(top, (size_t)i);
        double p = json_real_value(json_object_get(entry, "p"));
        json_int_t index = json_integer_value(json_object_get(entry, "index"));
        assert_true(p >= 0 && p <= before && index >= 0 && index < TINY_CLASSES);
        assert_string_equal(json_string_value(json_object_get(entry, "label")), tiny_labels[index]);
        before = p;
    }
}
