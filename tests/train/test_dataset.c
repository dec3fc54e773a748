/* Data sets as people have them: with broken pictures, odd names, empty folders. */
#include <string.h>
#include <unistd.h>

#include "data_folder.h"

/* --- folders --- */

static void folders_are_classes(void **state)
{
    (void)state;
    data_two_classes();
    data_make_folders("validation/dog");
    data_write_picture("validation/dog/a.png", 5, 5, 7);
    data_make_folders("test/cat/deeper/still");
    data_write_picture("test/cat/deeper/still/b.png", 5, 5, 7);
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_classes(dataset), 2);
    assert_string_equal(mn_dataset_labels(dataset)[0], "cat");
    assert_string_equal(mn_dataset_labels(dataset)[1], "dog");
    assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 8);
    assert_int_equal(mn_dataset_count(dataset, MN_VAL), 1);
    assert_int_equal(mn_dataset_label(dataset, MN_VAL, 0), 1);
    assert_int_equal(mn_dataset_count(dataset, MN_TEST), 1);
    assert_non_null(strstr(mn_dataset_name(dataset, MN_TEST, 0), "deeper/still/b.png"));
    assert_int_equal(mn_dataset_label(dataset, MN_TRAIN, 7), 1);
    assert_int_equal(mn_dataset_warning_count(dataset), 0);
    mn_dataset_close(dataset);
}

static void broken_pictures_are_named_and_left_out(void **state)
{
    (void)state;
    static const uint8_t broken[] = {0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1};
    data_two_classes();
    data_make_folders("train/empty");
    data_write_bytes("train/cat/broken.jpg", broken, sizeof broken);
    data_write_bytes("train/cat/no picture.png", "hello", 5);
    data_write_bytes("train/cat/notes.txt", "hello", 5);
    data_write_bytes("train/dog/.DS_Store", "hello", 5);
    data_write_bytes("train/cat/0 bytes.jpg", "", 0);
    data_write_picture("train/dog/small.png", 1, 1, 3);
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 9); /* the 1x1 counts */
    assert_true(data_warns(dataset, "train/cat/broken.jpg", "left out"));
    assert_true(data_warns(dataset, "train/cat/no picture.png", "left out"));
    assert_true(data_warns(dataset, "train/cat/0 bytes.jpg", "left out"));
    assert_true(data_warns(dataset, "train/cat", "1 file left out"));
    assert_true(data_warns(dataset, "train/cat", "notes.txt"));
    assert_true(data_warns(dataset, "train/empty", "no pictures"));
    assert_true(data_warns(dataset, "class empty", "left out"));
    assert_int_equal(mn_dataset_warning_count(dataset), 6);
    assert_int_equal(mn_dataset_classes(dataset), 2);
    assert_string_equal(mn_dataset_labels(dataset)[1], "dog");
    for (int i = 0; i < 9; i++) {
        struct mn_bitmap bitmap = {0};
        struct mn_image image;
        struct mn_error error;
        assert_int_equal(mn_dataset_picture(dataset, MN_TRAIN, i, &bitmap, &image, &error), MN_OK);
        bool bright = image.plane[0][image.width > 1 ? 3 : 0] >= 90; /* the 1x1 is of a dog, too */
        assert_int_equal(bright, mn_dataset_label(dataset, MN_TRAIN, i) == 1);
        mn_bitmap_free(&bitmap);
    }
    mn_dataset_close(dataset);
}

static void names_are_anything(void **state)
{
    (void)state;
    data_make_folders("Große Katze");
    data_make_folders("日本の犬 & <co>");
    data_write_picture("Große Katze/ein Bild, ohne Namen.PNG", 4, 4, 1);
    data_write_picture("日本の犬 & <co>/写真.png", 4, 4, 2);
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_string_equal(mn_dataset_labels(dataset)[0], "Große Katze");
    assert_string_equal(mn_dataset_labels(dataset)[1], "日本の犬 & <co>");
    assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 2);
    mn_dataset_close(dataset);
}

static void wide_pictures_are_made_smaller(void **state)
{
    (void)state;
    data_two_classes();
    data_write_picture("train/cat/wide.png", 20000, 300, 77);
    struct mn_dataset_options options = data_usual;
    options.max_side = 100;
    struct mn_dataset *dataset = data_open(&options);
    struct mn_bitmap bitmap = {0};
    struct mn_image image;
    struct mn_error error;
    assert_int_equal(mn_dataset_picture(dataset, MN_TRAIN, 4, &bitmap, &image, &error), MN_OK);
    assert_int_equal(image.height, 100);
    assert_int_equal(image.width, 6666);
    assert_int_equal(image.plane[0][4], 77);
    mn_bitmap_free(&bitmap);
    mn_dataset_close(dataset);
}

static void what_is_no_data_set_is_said(void **state)
{
    (void)state;
    data_assert_refused("a data set is");
    data_make_folders("only");
    data_assert_refused("no picture");
    data_write_picture("only/a.png", 4, 4, 1);
    data_assert_refused("all pictures are of one class, only");
    data_make_folders("other");
    data_write_bytes("other/IMG_1.HEIC", "hello", 5);
    data_assert_refused("all pictures are of one class, only");
    data_assert_refused("IMG_1.HEIC"); /* the folder is there: why it does not count */
    data_write_picture("other/a.png", 4, 4, 1);
    mn_dataset_close(data_open(&data_usual));
}

/* As a copy without Git LFS has them. */
static void no_picture_can_be_read(void **state)
{
    (void)state;
    static const char *const folders[] = {"train/cat", "train/dog", "val/cat", "val/dog"};
    for (int i = 0; i < 4; i++) {
        char name[32];
        data_make_folders(folders[i]);
        snprintf(name, sizeof name, "%s/a.jpg", folders[i]);
        data_write_bytes(name, "version https", 13);
    }
    data_assert_refused("no picture to train with");
}

static void names_cannot_speak_to_the_terminal(void **state)
{
    (void)state;
    data_two_classes();
    assert_int_equal(symlink("nowhere", data_path("train/dog/\033[31mred.png")), 0);
    assert_int_equal(symlink("nowhere", data_path("train/dog/\302\2332Jgone.png")), 0);
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_true(data_warns(dataset, "train/dog/?[31mred.png", "left out"));
    assert_true(data_warns(dataset, "train/dog/??2Jgone.png", "left out"));
    mn_dataset_close(dataset);
}

/* A class whose pictures are all broken, in the middle of the others. */
static void a_class_that_cannot_be_learned_is_left_out(void **state)
{
    (void)state;
    data_two_classes();
    data_make_folders("train/cow");
    data_make_folders("val/cow");
    data_make_folders("val/dog");
    data_write_bytes("train/cow/a.png", "hello", 5);
    data_write_picture("val/cow/a.png", 4, 4, 1);
    data_write_picture("val/dog/a.png", 4, 4, 1);
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_classes(dataset), 2);
    assert_true(data_warns(dataset, "class cow", "left out"));
    assert_int_equal(mn_dataset_count(dataset, MN_VAL), 1);
    assert_string_equal(mn_dataset_labels(dataset)[mn_dataset_label(dataset, MN_VAL, 0)], "dog");
    mn_dataset_close(dataset);
}

static void a_class_of_val_alone_is_left_out(void **state)
{
    (void)state;
    data_two_classes();
    data_make_folders("val/bird");
    data_make_folders("val/cat");
    data_write_picture("val/bird/a.png", 4, 4, 1);
    data_write_picture("val/cat/a.png", 4, 4, 1);
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_classes(dataset), 2);
    assert_int_equal(mn_dataset_count(dataset, MN_VAL), 1);
    assert_true(data_warns(dataset, "val/bird", "no such class"));
    mn_dataset_close(dataset);
}

static void val_is_split_off_by_seed(void **state)
{
    (void)state;
    struct mn_dataset_options options = data_usual;
    char first[256];
    data_two_classes();
    options.val_fraction = 0.25;
    int different = 0;
    for (int seed = 0; seed < 8; seed++) {
        options.seed = (uint64_t)seed;
        struct mn_dataset *dataset = data_open(&options), *again = data_open(&options);
        assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 6);
        assert_int_equal(mn_dataset_count(dataset, MN_VAL), 2);
        assert_int_equal(mn_dataset_label(dataset, MN_VAL, 0), 0);
        assert_int_equal(mn_dataset_label(dataset, MN_VAL, 1), 1);
        assert_string_equal(mn_dataset_name(dataset, MN_VAL, 0), mn_dataset_name(again, MN_VAL, 0));
        assert_true(mn_dataset_fingerprint(dataset) == mn_dataset_fingerprint(again));
        if (seed == 0)
            snprintf(first, sizeof first, "%s", mn_dataset_name(dataset, MN_VAL, 0));
        different += strcmp(first, mn_dataset_name(dataset, MN_VAL, 0)) != 0;
        mn_dataset_close(dataset);
        mn_dataset_close(again);
    }
    assert_true(different > 0);
}

/* The sum of all pictures' bytes. */
static uint64_t sum_of(const struct mn_dataset *dataset)
{
    uint64_t sum = 0;
    struct mn_bitmap bitmap = {0};
    for (int i = 0; i < mn_dataset_count(dataset, MN_TRAIN); i++) {
        struct mn_image image;
        struct mn_error error;
        assert_int_equal(mn_dataset_picture(dataset, MN_TRAIN, i, &bitmap, &image, &error), MN_OK);
        for (int y = 0; y < image.height; y++)
            for (int x = 0; x < 3 * image.width; x++)
                sum = sum * 31 + image.plane[0][(size_t)y * image.stride[0] + (size_t)x];
    }
    mn_bitmap_free(&bitmap);
    return sum;
}

static void without_cache_it_is_the_same(void **state)
{
    (void)state;
    struct mn_dataset_options options = data_usual;
    data_two_classes();
    data_write_picture("train/cat/large.png", 90, 70, 33);
    options.max_side = 20;
    struct mn_dataset *cached = data_open(&options);
    options.cache_bytes = 400;
    struct mn_dataset *partly = data_open(&options);
    options.cache_bytes = 0;
    struct mn_dataset *uncached = data_open(&options);
    assert_true(sum_of(cached) == sum_of(uncached));
    assert_true(sum_of(cached) == sum_of(partly));
    assert_true(mn_dataset_fingerprint(cached) == mn_dataset_fingerprint(uncached));
    mn_dataset_close(cached);
    mn_dataset_close(partly);
    /* and what was there when it was opened may go */
    struct mn_bitmap bitmap = {0};
    struct mn_image image;
    struct mn_error error;
    assert_int_equal(remove(data_path("train/cat/0.png")), 0);
    assert_int_equal(mn_dataset_picture(uncached, MN_TRAIN, 0, &bitmap, &image, &error), MN_FAILED);
    assert_non_null(strstr(error.message, "train/cat/0.png"));
    mn_bitmap_free(&bitmap);
    mn_dataset_close(uncached);
}

static void other_data_have_another_fingerprint(void **state)
{
    (void)state;
    data_two_classes();
    struct mn_dataset *before = data_open(&data_usual);
    data_write_picture("train/cat/0.png", 20, 20, 1);
    struct mn_dataset *after = data_open(&data_usual);
    assert_true(mn_dataset_fingerprint(before) != mn_dataset_fingerprint(after));
    mn_dataset_close(before);
    mn_dataset_close(after);
}

static bool stop_at_once(void *context, int done, int total)
{
    int *calls = context;
    assert_true(done <= total);
    ++*calls;
    return false;
}

static void opening_can_be_stopped(void **state)
{
    (void)state;
    int calls = 0;
    struct mn_dataset_options options = data_usual;
    struct mn_dataset *dataset;
    struct mn_error error;
    data_two_classes();
    options.progress = stop_at_once;
    options.progress_context = &calls;
    assert_int_equal(mn_dataset_open(&dataset, data_path(""), &options, &error), MN_FAILED);
    assert_int_equal(calls, 1);
}

/* --- CIFAR --- */

enum { RECORD = 3073, RECORDS = 3 };

static void write_batch(const char *name, int label_bytes, int first_label)
{
    uint8_t records[RECORDS * (RECORD + 1)];
    size_t size = (size_t)label_bytes + 3072;
    for (int i = 0; i < RECORDS; i++) {
        uint8_t *record = records + (size_t)i * size;
        memset(record, first_label + i, (size_t)label_bytes);
        memset(record + label_bytes, 10 + i, 1024);
        memset(record + label_bytes + 1024, 20 + i, 1024);
        memset(record + label_bytes + 2048, 30 + i, 1024);
    }
    data_write_bytes(name, records, size * RECORDS);
}

static void cifar_10_is_read(void **state)
{
    (void)state;
    for (int i = 1; i <= 5; i++) {
        char name[32];
        snprintf(name, sizeof name, "data_batch_%d.bin", i);
        write_batch(name, 1, i);
    }
    write_batch("test_batch.bin", 1, 0);
    struct mn_dataset *dataset = data_open(&data_usual);
    struct mn_bitmap bitmap = {0};
    struct mn_image image;
    struct mn_error error;
    assert_int_equal(mn_dataset_classes(dataset), 10);
    assert_string_equal(mn_dataset_labels(dataset)[9], "truck");
    assert_int_equal(mn_dataset_count(dataset, MN_TRAIN), 15);
    assert_int_equal(mn_dataset_count(dataset, MN_TEST), 3);
    assert_string_equal(mn_dataset_name(dataset, MN_TRAIN, 4), "data_batch_2.bin:1");
    assert_int_equal(mn_dataset_label(dataset, MN_TRAIN, 4), 3);
    assert_int_equal(mn_dataset_picture(dataset, MN_TEST, 2, &bitmap, &image, &error), MN_OK);
    assert_int_equal(image.width, 32);
    assert_int_equal(image.plane[0][0], 12);
    assert_int_equal(image.plane[0][1], 22);
    assert_int_equal(image.plane[0][3 * 1023 + 2], 32);
    mn_bitmap_free(&bitmap);
    mn_dataset_close(dataset);
    assert_int_equal(truncate(data_path("data_batch_3.bin"), RECORDS * RECORD - 1), 0);
    data_assert_refused("data_batch_3.bin");
    assert_int_equal(truncate(data_path("data_batch_3.bin"), RECORDS * RECORD + 1), 0);
    data_assert_refused("data_batch_3.bin");
    remove(data_path("data_batch_3.bin"));
    data_assert_refused("data_batch_3.bin");
    write_batch("data_batch_3.bin", 1, 9);
    data_assert_refused("label 10");
}

static void cifar_100_has_fine_labels(void **state)
{
    (void)state;
    write_batch("train.bin", 2, 97);
    write_batch("test.bin", 2, 97);
    struct mn_dataset *dataset = data_open(&data_usual);
    assert_int_equal(mn_dataset_classes(dataset), 100);
    assert_string_equal(mn_dataset_labels(dataset)[99], "class 99");
    assert_int_equal(mn_dataset_label(dataset, MN_TRAIN, 2), 99);
    mn_dataset_close(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(folders_are_classes, data_set_up),
        cmocka_unit_test_setup(broken_pictures_are_named_and_left_out, data_set_up),
        cmocka_unit_test_setup(names_are_anything, data_set_up),
        cmocka_unit_test_setup(wide_pictures_are_made_smaller, data_set_up),
        cmocka_unit_test_setup(what_is_no_data_set_is_said, data_set_up),
        cmocka_unit_test_setup(no_picture_can_be_read, data_set_up),
        cmocka_unit_test_setup(names_cannot_speak_to_the_terminal, data_set_up),
        cmocka_unit_test_setup(a_class_that_cannot_be_learned_is_left_out, data_set_up),
        cmocka_unit_test_setup(a_class_of_val_alone_is_left_out, data_set_up),
        cmocka_unit_test_setup(val_is_split_off_by_seed, data_set_up),
        cmocka_unit_test_setup(without_cache_it_is_the_same, data_set_up),
        cmocka_unit_test_setup(other_data_have_another_fingerprint, data_set_up),
        cmocka_unit_test_setup(opening_can_be_stopped, data_set_up),
        cmocka_unit_test_setup(cifar_10_is_read, data_set_up),
        cmocka_unit_test_setup(cifar_100_has_fine_labels, data_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, data_remove);
}
