#include "data_folder.h"

#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include "../../engine/image/picture_file.h"

static char folder[] = "/tmp/camlabel-data-XXXXXX";
static bool is_made;

const char *data_path(const char *name)
{
    static char paths[4][4096];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s%s%s", folder, *name ? "/" : "", name);
    return path;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

int data_set_up(void **state)
{
    if (!is_made)
        return !(is_made = mkdtemp(folder) != NULL);
    return data_remove(state) || mkdir(folder, 0755);
}

int data_remove(void **state)
{
    (void)state;
    return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void data_make_folders(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s", data_path(name));
    for (char *slash = path + strlen(folder) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(path, 0755);
        *slash = '/';
    }
    mkdir(path, 0755);
}

void data_write_picture(const char *name, int width, int height, int level)
{
    struct mn_error error;
    struct mn_image image;
    size_t bytes = (size_t)width * (size_t)height * 3;
    uint8_t *pixels = malloc(bytes);
    assert_non_null(pixels);
    memset(pixels, level, bytes);
    pixels[0] = (uint8_t)(255 - level);
    mn_image_wrap(&image, MN_PIXEL_RGB24, width, height, pixels, 0);
    assert_int_equal(mn_png_write(data_path(name), &image, &error), MN_OK);
    free(pixels);
}

void data_write_bytes(const char *name, const void *bytes, size_t count)
{
    FILE *file = fopen(data_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

void data_two_classes(void)
{
    data_make_folders("train/cat");
    data_make_folders("train/dog");
    for (int i = 0; i < 4; i++) {
        char name[64];
        snprintf(name, sizeof name, "train/cat/%d.png", i);
        data_write_picture(name, 8, 6, 10 + i);
        snprintf(name, sizeof name, "train/dog/%d.png", i);
        data_write_picture(name, 6, 8, 100 + i);
    }
}

const struct mn_dataset_options data_usual = {.cache_bytes = 1 << 24, .threads = 2};

struct mn_dataset *data_open(const struct mn_dataset_options *options)
{
    struct mn_dataset *dataset = NULL;
    struct mn_error error;
    if (mn_dataset_open(&dataset, folder, options, &error))
        fail_msg("%s", error.message);
    return dataset;
}

void data_assert_refused(const char *because)
{
    struct mn_dataset *dataset;
    struct mn_error error;
    assert_int_equal(mn_dataset_open(&dataset, folder, &data_usual, &error), MN_BAD_INPUT);
    if (!strstr(error.message, because))
        fail_msg("\"%s\" does not say \"%s\"", error.message, because);
}

bool data_warns(const struct mn_dataset *dataset, const char *subject, const char *reason)
{
    char *const *lines;
    int count = mn_dataset_warnings(dataset, &lines);
    for (int i = 0; i < count; i++)
        if (strstr(lines[i], subject) && strstr(lines[i], reason))
            return true;
    return false;
}
