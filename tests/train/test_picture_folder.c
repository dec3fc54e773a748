/* Folders of pictures as people leave them: other names, links, clutter, photos of any size. */
#include <string.h>
#include <sys/stat.h>

#include "../pictures.h"
#include "data_folder.h"

static void two_pictures(const char *class_a, const char *class_b)
{
    char name[256];
    data_make_folders(class_a);
    data_make_folders(class_b);
    for (int i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "%s/%d.png", class_a, i);
        data_write_picture(name, 4, 4, 10 + i);
        snprintf(name, sizeof name, "%s/%d.png", class_b, i);
        data_write_picture(name, 4, 4, 100 + i);
    }
}

static void splits_have_other_names(void **state)
{
    (void)state;
    data_two_classes();
    two_pictures("valid/cat", "valid/dog");
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_classes(dataset), 2);
    assert_int_equal(mn_dataset_count(dataset, MN_VAL), 4);
    mn_dataset_close(dataset);
}

static void splits_may_be_written_large(void **state)
{
    (void)state;
    data_make_folders("Train/cat");
    data_make_folders("Train/dog");
    data_make_folders("VAL/cat");
    data_write_picture("Train/cat/0.png", 4, 4, 1);
    data_write_picture("Train/dog/0.png", 4, 4, 2);
    data_write_picture("VAL/cat/0.png", 4, 4, 3);
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_classes(dataset), 2);
    assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 2);
    assert_int_equal(mn_dataset_count(dataset, MN_VAL), 1);
    mn_dataset_close(dataset);
}

static void train_may_be_a_class(void **state)
{
    (void)state;
    two_pictures("train", "bus");
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_string_equal(mn_dataset_labels(dataset)[0], "bus");
    assert_string_equal(mn_dataset_labels(dataset)[1], "train");
    mn_dataset_close(dataset);
    /* but "train" and "test" are no two classes to tell apart */
    data_make_folders("test");
    data_write_picture("test/0.png", 4, 4, 1);
    data_assert_refused("no picture to train with");
}

static void links_are_followed_but_not_in_circles(void **state)
{
    (void)state;
    data_two_classes();
    data_make_folders("elsewhere/more");
    data_write_picture("elsewhere/more/4.png", 4, 4, 14);
    assert_int_equal(symlink("../../elsewhere", data_path("train/cat/linked")), 0);
    assert_int_equal(symlink("../../elsewhere/more/4.png", data_path("train/cat/link.png")), 0);
    assert_int_equal(symlink("..", data_path("train/cat/parent")), 0);
    assert_int_equal(symlink(".", data_path("train/dog/itself")), 0);
    assert_int_equal(symlink("nowhere", data_path("train/dog/nothing.png")), 0);
    struct mn_dataset *dataset = data_open(&data_usual);
    /* the parent of a class is not below it: all that it holds would be of this class */
    assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 10);
    assert_true(data_warns(dataset, "train/cat/parent", "link back"));
    assert_true(data_warns(dataset, "train/dog/itself", "link back"));
    assert_true(data_warns(dataset, "train/dog/nothing.png", "left out"));
    assert_int_equal(mn_dataset_warning_count(dataset), 3);
    mn_dataset_close(dataset);
}

static void what_cannot_be_opened_is_left_out(void **state)
{
    (void)state;
    if (geteuid() == 0) {
        print_message("skipped: root can read every file\n");
        skip();
    }
    data_two_classes();
    data_make_folders("train/dog/locked");
    assert_int_equal(chmod(data_path("train/cat/0.png"), 0), 0);
    assert_int_equal(chmod(data_path("train/dog/locked"), 0), 0);
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 7);
    assert_int_equal(mn_dataset_left_out(dataset), 1);
    assert_true(data_warns(dataset, "train/cat/0.png", "Permission denied"));
    assert_true(data_warns(dataset, "train/dog/locked", "Permission denied"));
    mn_dataset_close(dataset);
    chmod(data_path("train/dog/locked"), 0755);
}

static void clutter_is_ignored_and_stray_pictures_are_told(void **state)
{
    (void)state;
    data_two_classes();
    data_write_bytes("train/cat/Thumbs.db", "x", 1);
    data_write_bytes("train/cat/desktop.ini", "x", 1);
    data_write_bytes("train/cat/._0.png", "x", 1);
    data_write_bytes("train/README", "x", 1);
    data_make_folders("train/.git");
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_warning_count(dataset), 0);
    assert_int_equal(mn_dataset_classes(dataset), 2);
    mn_dataset_close(dataset);
    data_write_picture("train/stray.png", 4, 4, 1);
    dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 8);
    assert_true(data_warns(dataset, "train", "1 picture beside"));
    mn_dataset_close(dataset);
}

static void names_of_classes_fit_a_model_file(void **state)
{
    (void)state;
    two_pictures("tea", "caf\xe9");
    data_assert_refused("rename it");
    assert_int_equal(rename(data_path("caf\xe9"), data_path("Tea")), 0);
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_classes(dataset), 2);
    assert_true(data_warns(dataset, "/tea", "beside Tea"));
    mn_dataset_close(dataset);
    assert_int_equal(rename(data_path("Tea"), data_path("two\nlines")), 0);
    data_assert_refused("rename it");
}

static void warnings_are_sorted_and_do_not_fill_the_memory(void **state)
{
    (void)state;
    enum { BROKEN = 1100 };
    data_two_classes();
    data_make_folders("train/cow");
    data_write_picture("train/cow/whole.png", 4, 4, 1);
    for (int i = 0; i < BROKEN; i++) {
        char name[64];
        snprintf(name, sizeof name, "train/cow/%04d.jpg", i);
        data_write_bytes(name, "x", 1);
    }
    data_write_bytes("train/cat/9.jpg", "x", 1);
    data_make_folders("train/zebra");
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_left_out(dataset), BROKEN + 1);
    assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 9);
    char *const *lines; /* a class that is gone comes first, and in any case */
    assert_int_equal(mn_dataset_warnings(dataset, &lines), 1001);
    assert_non_null(strstr(lines[0], "class zebra: left out"));
    assert_non_null(strstr(lines[1], "train/cat/9.jpg"));
    assert_true(data_warns(dataset, "train/zebra", "no pictures"));
    assert_int_equal(mn_dataset_warning_count(dataset), BROKEN + 3);
    mn_dataset_close(dataset);
}

static bool stop_after_the_first(void *context, int done, int total)
{
    (void)context;
    return done > total;
}

/* With most of the pictures not yet read: what is known of them must go, too. */
static void stopping_early_leaves_nothing(void **state)
{
    (void)state;
    data_two_classes();
    for (int i = 0; i < 600; i++) {
        char name[64];
        snprintf(name, sizeof name, "train/cat/more %d.png", i);
        assert_int_equal(link(data_path("train/cat/0.png"), data_path(name)), 0);
    }
    struct mn_dataset_options options = data_usual;
    struct mn_dataset *dataset;
    struct mn_error error;
    options.progress = stop_after_the_first;
    assert_int_equal(mn_dataset_open(&dataset, data_path(""), &options, &error), MN_FAILED);
}

static void broken_pictures_take_no_place_in_the_split(void **state)
{
    (void)state;
    two_pictures("cat", "dog");
    for (int i = 0; i < 6; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s/broken %d.png", i % 2 ? "cat" : "dog", i);
        data_write_bytes(name, "x", 1);
    }
    struct mn_dataset_options options = data_usual;
    options.val_fraction = 0.5;
    for (options.seed = 0; options.seed < 8; options.seed++) {
        struct mn_dataset *dataset = data_open(&options);
        assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 2);
        assert_int_equal(mn_dataset_count(dataset, MN_VAL), 2);
        assert_int_equal(mn_dataset_label(dataset, MN_TRAIN, 0), 0);
        assert_int_equal(mn_dataset_label(dataset, MN_TRAIN, 1), 1);
        mn_dataset_close(dataset);
    }
}

static void write_jpeg(const char *name, int width, int height)
{
    struct mn_bitmap picture = {0};
    smooth_picture(&picture, width, height);
    struct bytes jpeg = make_jpeg(&picture.image, JPEG_FINE, true);
    data_write_bytes(name, jpeg.data, jpeg.count);
    free(jpeg.data);
    mn_bitmap_free(&picture);
}

/* Whatever made it smaller, it is what one sees from further away. */
static void assert_like_smooth(const struct mn_image *image, int width, int height)
{
    struct mn_bitmap smooth = {0};
    assert_int_equal(image->width, width);
    assert_int_equal(image->height, height);
    smooth_picture(&smooth, width, height);
    assert_true(largest_difference(image, &smooth.image) <= 12);
    mn_bitmap_free(&smooth);
}

static void large_photos_need_little_memory(void **state)
{
    (void)state;
    data_two_classes();
    write_jpeg("train/cat/4.jpg", 1600, 1200);
    write_jpeg("train/cat/5.jpg", 20000, 40);
    write_jpeg("train/cat/6.jpg", 20000, 900);
    struct mn_dataset_options options = data_usual;
    options.max_side = 100;
    options.cache_bytes = 0;
    struct mn_dataset *dataset = data_open(&options);
    struct mn_bitmap bitmap = {0};
    struct mn_image image;
    struct mn_error error;
    /* by 4 in the decoder, then by 3 */
    assert_int_equal(mn_dataset_picture(dataset, MN_TRAIN, 4, &bitmap, &image, &error), MN_OK);
    assert_like_smooth(&image, 133, 100);
    assert_true(bitmap.capacity <= 400 * 300 * 3);
    /* not high enough to be made smaller */
    assert_int_equal(mn_dataset_picture(dataset, MN_TRAIN, 5, &bitmap, &image, &error), MN_OK);
    assert_like_smooth(&image, 20000, 40);
    assert_int_equal(mn_dataset_picture(dataset, MN_TRAIN, 6, &bitmap, &image, &error), MN_OK);
    assert_like_smooth(&image, 2500, 112);
    mn_bitmap_free(&bitmap);
    mn_dataset_close(dataset);
}

/* A PNG is decoded whole, but what it took is not kept for the rest of the training. */
static void memory_of_a_large_picture_is_given_back(void **state)
{
    (void)state;
    data_two_classes();
    data_write_picture("train/cat/4.png", 4000, 3000, 50);
    struct mn_dataset_options options = data_usual;
    options.max_side = 100;
    options.cache_bytes = 0;
    struct mn_dataset *dataset = data_open(&options);
    struct mn_bitmap bitmap = {0};
    struct mn_image image;
    struct mn_error error;
    assert_int_equal(mn_dataset_picture(dataset, MN_TRAIN, 4, &bitmap, &image, &error), MN_OK);
    assert_int_equal(image.width, 133);
    assert_int_equal(image.height, 100);
    assert_int_equal(bitmap.capacity, 133 * 100 * 3);
    assert_ptr_equal(image.plane[0], bitmap.pixels);
    assert_int_equal(image.plane[0][133 * 100 * 3 - 1], 50);
    mn_bitmap_free(&bitmap);
    mn_dataset_close(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(splits_have_other_names, data_set_up),
        cmocka_unit_test_setup(splits_may_be_written_large, data_set_up),
        cmocka_unit_test_setup(train_may_be_a_class, data_set_up),
        cmocka_unit_test_setup(links_are_followed_but_not_in_circles, data_set_up),
        cmocka_unit_test_setup(what_cannot_be_opened_is_left_out, data_set_up),
        cmocka_unit_test_setup(clutter_is_ignored_and_stray_pictures_are_told, data_set_up),
        cmocka_unit_test_setup(names_of_classes_fit_a_model_file, data_set_up),
        cmocka_unit_test_setup(warnings_are_sorted_and_do_not_fill_the_memory, data_set_up),
        cmocka_unit_test_setup(stopping_early_leaves_nothing, data_set_up),
        cmocka_unit_test_setup(broken_pictures_take_no_place_in_the_split, data_set_up),
        cmocka_unit_test_setup(large_photos_need_little_memory, data_set_up),
        cmocka_unit_test_setup(memory_of_a_large_picture_is_given_back, data_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, data_remove);
}
