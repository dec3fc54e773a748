/* Pictures and folders as sources, and what --input takes for a clip. */
#include "../pictures.h"
#include "../support.h"

#include <sys/stat.h>
#include <unistd.h>

#include "../../app/source/images.h"
#include "../../app/source/input.h"

static const struct source_pacing once = {.as_fast_as_possible = true, .once = true};
static const struct source_pacing endless = {.as_fast_as_possible = true};

enum { FILES_MAX = 8 };

/* A folder of its own for each test, removed afterwards. */
struct folder {
    char path[64];
    char *files[FILES_MAX]; /* paths, owned */
    int count;
};

static int make_folder(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    assert_non_null(folder);
    strcpy(folder->path, "/tmp/test_images.XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *folder = *state;
    for (int i = 0; i < folder->count; i++) {
        remove(folder->files[i]);
        free(folder->files[i]);
    }
    int failed = rmdir(folder->path);
    free(folder);
    return failed;
}

static const char *add_file(struct folder *folder, const char *name, const void *data, size_t count)
{
    assert_true(folder->count < FILES_MAX);
    char *path;
    assert_true(asprintf(&path, "%s/%s", folder->path, name) > 0);
    folder->files[folder->count++] = path;
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
    return path;
}

/* A grey picture of 2 x 1 pixels of this value. */
static const char *add_pgm(struct folder *folder, const char *name, int value)
{
    char text[] = "P5\n2 1\n255\n..";
    size_t count = sizeof text - 1;
    text[count - 2] = text[count - 1] = (char)value;
    return add_file(folder, name, text, count);
}

static struct frame *next_frame(struct source *source)
{
    struct frame *frame = NULL;
    struct mn_error error = {0};
    if (source->next(source, -1, &frame, &error) != SOURCE_FRAME)
        fail_msg("no frame: %s", error.message);
    return frame;
}

static void expect_frame(struct source *source, uint64_t number, int value)
{
    struct frame *frame = next_frame(source);
    assert_int_equal(frame->number, number);
    assert_int_equal(frame->image.plane[0][0], value);
    assert_true(frame->captured_ns > 0);
    frame_drop(frame);
}

static void a_folder_by_name(void **state)
{
    struct folder *folder = *state;
    struct source *source;
    struct frame *none;
    struct mn_error error;
    add_pgm(folder, "c.pgm", 3);
    add_pgm(folder, "a.pgm", 1);
    add_pgm(folder, "b.pgm", 2);
    add_file(folder, "0.txt", "no picture", 10);
    assert_int_equal(images_open(&source, folder->path, &once, &error), MN_OK);
    assert_non_null(strstr(source->description, "3 pictures, 1 fps"));
    for (int i = 0; i < 3; i++)
        expect_frame(source, (uint64_t)i, i + 1);
    assert_int_equal(source->next(source, -1, &none, &error), SOURCE_END);
    source->close(source);
}

/* Of a path in the folder, which is removed after what was added before. */
static char *add_path(struct folder *folder, const char *name)
{
    assert_true(folder->count < FILES_MAX);
    char *path;
    assert_true(asprintf(&path, "%s/%s", folder->path, name) > 0);
    folder->files[folder->count++] = path;
    return path;
}

static void folders_in_folders(void **state)
{
    struct folder *folder = *state;
    struct source *source;
    struct frame *frame, *none;
    struct mn_error error;
    char sub[4200];
    snprintf(sub, sizeof sub, "%s/b ü", folder->path);
    assert_int_equal(mkdir(sub, 0777), 0);
    snprintf(sub, sizeof sub, "%s/.hidden", folder->path);
    assert_int_equal(mkdir(sub, 0777), 0);
    add_pgm(folder, "a.pgm", 1);
    add_pgm(folder, "c.pgm", 3);
    add_pgm(folder, "b ü/x.pgm", 2);
    add_pgm(folder, ".hidden/y.pgm", 9);
    assert_int_equal(symlink("..", add_path(folder, "b ü/a circle")), 0);
    add_path(folder, "b ü");
    add_path(folder, ".hidden");
    assert_int_equal(images_open(&source, folder->path, &once, &error), MN_OK);
    assert_non_null(strstr(source->description, "3 pictures"));
    expect_frame(source, 0, 1);
    frame = next_frame(source);
    snprintf(sub, sizeof sub, "%s/b ü/x.pgm", folder->path);
    assert_string_equal(frame->file, sub);
    assert_int_equal(frame->image.plane[0][0], 2);
    frame_drop(frame);
    expect_frame(source, 2, 3);
    assert_int_equal(source->next(source, -1, &none, &error), SOURCE_END);
    source->close(source);
}

static void unreadable_ones_are_skipped(void **state)
{
    struct folder *folder = *state;
    struct source *source;
    struct mn_error error;
    add_file(folder, "a.pgm", "P5", 2);
    add_pgm(folder, "b.pgm", 2);
    add_file(folder, "c.png", "", 0);
    add_pgm(folder, "d.pgm", 4);
    assert_int_equal(images_open(&source, folder->path, &endless, &error), MN_OK);
    expect_frame(source, 1, 2); /* the numbers have gaps where pictures were skipped */
    expect_frame(source, 3, 4);
    expect_frame(source, 5, 2);
    source->close(source);
}

static void none_readable(void **state)
{
    struct folder *folder = *state;
    struct source *source;
    struct mn_error error;
    assert_int_equal(images_open(&source, folder->path, &once, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "no pictures"));
    const char *path = add_file(folder, "a.pgm", "P5", 2);
    assert_int_equal(images_open(&source, path, &once, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(images_open(&source, folder->path, &endless, &error), MN_BAD_INPUT);
    add_file(folder, "b.jpg", "\xff\xd8", 2);
    assert_int_equal(images_open(&source, folder->path, &endless, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "none of the 2"));
    assert_int_equal(images_open(&source, "/nonexistent.png", &once, &error), MN_BAD_INPUT);
}

/* Pictures that vanish while a folder is shown: an error once there is none left. */
static void all_gone(void **state)
{
    struct folder *folder = *state;
    struct source *source;
    struct frame *frame;
    struct mn_error error;
    add_pgm(folder, "a.pgm", 1);
    add_pgm(folder, "b.pgm", 2);
    assert_int_equal(images_open(&source, folder->path, &endless, &error), MN_OK);
    remove(folder->files[0]);
    remove(folder->files[1]);
    expect_frame(source, 0, 1); /* it was read at open */
    assert_int_equal(source->next(source, -1, &frame, &error), SOURCE_ERROR);
    assert_int_equal(source->next(source, -1, &frame, &error), SOURCE_ERROR);
    source->close(source);
}

static void a_still_is_decoded_once(void **state)
{
    struct folder *folder = *state;
    struct source *source;
    struct mn_error error;
    const char *path = add_pgm(folder, "a.pgm", 7);
    assert_int_equal(images_open(&source, path, &endless, &error), MN_OK);
    assert_non_null(strstr(source->description, "still, 25 fps"));
    struct frame *first = next_frame(source), *second = next_frame(source);
    assert_ptr_equal(first->image.plane[0], second->image.plane[0]);
    assert_ptr_not_equal(first, second);
    assert_int_equal(second->number, first->number + 1);
    frame_drop(first);
    source->close(source);
    assert_int_equal(second->image.plane[0][1], 7); /* it outlives the source */
    frame_drop(second);
}

static void a_still_once(void **state)
{
    struct folder *folder = *state;
    struct source *source;
    struct frame *none;
    struct mn_error error;
    const char *path = add_pgm(folder, "a.pgm", 7);
    assert_int_equal(images_open(&source, path, &once, &error), MN_OK);
    expect_frame(source, 0, 7);
    assert_int_equal(source->next(source, -1, &none, &error), SOURCE_END);
    source->close(source);
}

/* Opens an input and tells how it was taken, by its description. */
static void expect_input(const char *path, const char *description)
{
    struct source *source;
    struct mn_error error = {0};
    if (input_open(&source, path, &once, &error) != MN_OK)
        fail_msg("%s: %s", path, error.message);
    if (!strstr(source->description, description))
        fail_msg("%s is taken for \"%s\"", path, source->description);
    source->close(source);
}

static void inputs_are_told_apart(void **state)
{
    struct folder *folder = *state;
    struct mn_bitmap bitmap = {0};
    smooth_picture(&bitmap, 16, 16);
    struct bytes one = make_jpeg(&bitmap.image, JPEG_PLAIN, true);
    struct bytes two = {malloc(2 * one.count), 2 * one.count};
    assert_non_null(two.data);
    memcpy(two.data, one.data, one.count);
    memcpy(two.data + one.count, one.data, one.count);
    static const char y4m[] = "YUV4MPEG2 W2 H2 Cmono\nFRAME\n....";

    expect_input(add_file(folder, "picture.jpg", one.data, one.count), "still");
    expect_input(add_file(folder, "picture", one.data, one.count), "still");
    expect_input(add_file(folder, "phone.jpg", two.data, two.count), "still");
    expect_input(add_file(folder, "clip", two.data, two.count), "MJPEG");
    expect_input(add_file(folder, "clip.jpg.y4m", y4m, sizeof y4m - 1), "Y4M");
    expect_input(add_pgm(folder, "nameless", 9), "still");
    expect_input(folder->path, "2 pictures"); /* those with a known ending */
    mn_bitmap_free(&bitmap);
    free(one.data);
    free(two.data);
}

static void bad_inputs(void **state)
{
    struct folder *folder = *state;
    struct source *source;
    struct mn_error error;
    assert_int_equal(input_open(&source, "/nonexistent", &once, &error), MN_BAD_INPUT);
    assert_int_equal(input_open(&source, "/dev/null", &once, &error), MN_BAD_INPUT);
    const char *path = add_file(folder, "empty", "", 0);
    assert_int_equal(input_open(&source, path, &once, &error), MN_BAD_INPUT);
    path = add_file(folder, "text", "hello", 5);
    assert_int_equal(input_open(&source, path, &once, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "ffmpeg"));
    path = add_file(folder, "web.webp", "RIFF\x10\0\0\0WEBPVP8 ", 16);
    assert_int_equal(input_open(&source, path, &once, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "dwebp"));
    assert_null(strstr(error.message, "ffmpeg"));
    path = add_file(folder, "clip.mp4",
                    "\0\0\0\x18"
                    "ftypisom",
                    12);
    assert_int_equal(input_open(&source, path, &once, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "it is a video"));
    assert_non_null(strstr(error.message, "ffmpeg"));
    path = add_file(folder, "cut", "\xff\xd8\xff\xe0", 4);
    assert_int_equal(input_open(&source, path, &once, &error), MN_BAD_INPUT);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_folder_by_name),
        TEST(folders_in_folders),
        TEST(unreadable_ones_are_skipped),
        TEST(none_readable),
        TEST(all_gone),
        TEST(a_still_is_decoded_once),
        TEST(a_still_once),
        TEST(inputs_are_told_apart),
        TEST(bad_inputs),
    };
    return cmocka_run_group_tests_name("images", tests, NULL, NULL);
}
