/* Picture files: told apart, upright, wide or no picture at all; and PNGs written. */
#include "../../engine/image/foreign_file.h"
#include "../pictures.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

static void refused_in_one_line(void **state)
{
    (void)state;
    struct mn_bitmap bitmap = {0};
    static const char *const files[] = {
        "",
        "P",
        "P6",
        "P1 1 1 1",
        "P6 60000 60000 255\n",
        "P5 99999999999999999999 1 255\n",
        "P5 -1 1 255\n",
        "P5 1 1 0\n1",
        "P5 1 1 65536\n11",
        "P2 1 1 10 11",
        "P2 2 1 10 1 x",
        "BM",
        "\xff\xd8\xff",
        "\x89PNG\r\n\x1a\n",
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        "GIF89a",
        "a text\n",
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct bytes file = copy_bytes(files[i], strlen(files[i]));
        assert_int_equal(decode_file(&file, &bitmap), MN_BAD_INPUT);
        free(file.data);
    }
    mn_bitmap_free(&bitmap);
    static const uint8_t huge_png[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02"
        "\0\0\0\x0f\xb0\xe2\x15";
    struct bytes file = copy_bytes(huge_png, sizeof huge_png - 1);
    assert_int_equal(decode_file(&file, &bitmap), MN_BAD_INPUT);
    free(file.data);
    struct bytes ppm = copy_bytes("P6 60000 60000 255\n123", 22);
    assert_int_equal(decode_file(&ppm, &bitmap), MN_BAD_INPUT);
    free(ppm.data);
    struct bytes short_ppm = copy_bytes("P6 10000 10000 255\n123", 22);
    assert_int_equal(decode_file(&short_ppm, &bitmap), MN_BAD_INPUT);
    free(short_ppm.data);
    assert_null(bitmap.pixels); /* no memory was taken on a header's word */
}

static void foreign_files_are_named(void **state)
{
    (void)state;
    static const struct {
        const char start[17], *name;
    } files[] = {
        {"\0\0\0\x18"
         "ftypheic",
         "HEIC or AVIF: "},
        {"\0\0\0\x18"
         "ftypmif1",
         "HEIC or AVIF: "},
        {"\0\0\0\x1c"
         "ftypavif",
         "HEIC or AVIF: "},
        {"\0\0\0\x18"
         "ftypisom",
         "a video: camlabel live --input "},
        {"\0\0\0\x14"
         "ftypqt  ",
         "a video: "},
        {"\x1a\x45\xdf\xa3\x9f\x42\x86", "a video: "},
        {"RIFF\x10\0\0\0AVI LIST", "a video: "},
        {"RIFF\x10\0\0\0WEBPVP8 ", "WebP: "},
        {"RIFF\x10\0\0\0WAVEfmt ", NULL},
        {"YUV4MPEG2 W2 H2", "a Y4M video: "},
        {"GIF89a", "GIF: "},
        {"II*\0\x08\0\0\0", "TIFF: "},
        {"MM\0*\0\0\0\x08", "TIFF: "},
        {"IIIIIIII", NULL},
        {"hello", NULL},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const uint8_t *start = (const uint8_t *)files[i].start;
        struct mn_bitmap bitmap = {0};
        struct mn_error error;
        assert_int_equal(mn_picture_decode(&bitmap, start, 16, "x", &error), MN_BAD_INPUT);
        const char *found = strstr(error.message, "it is ");
        if (!found != !files[i].name ||
            (found && strncmp(found + 6, files[i].name, strlen(files[i].name)) != 0))
            fail_msg("file %zu: %s", i, error.message);
        for (size_t bytes = 0; bytes < 4; bytes++) /* all have longer beginnings */
            assert_null(mn_foreign_file(start, bytes));
    }
}

static void wide_pictures_work(void **state)
{
    (void)state;
    struct mn_bitmap bitmap = {0}, wide = {0};
    smooth_picture(&wide, 20000, 2);
    struct bytes jpeg = make_jpeg(&wide.image, JPEG_FINE, true);
    assert_int_equal(decode_file(&jpeg, &bitmap), MN_OK);
    assert_true(largest_difference(&wide.image, &bitmap.image) <= 12);
    free(jpeg.data);
    mn_bitmap_free(&wide);
    mn_bitmap_free(&bitmap);
}

/* ---- orientation ---- */

/* Puts an EXIF segment that states the orientation behind the start marker. */
static void insert_exif(struct bytes *jpeg, int orientation, bool is_big_endian)
{
    static const uint8_t big[] = "\xff\xe1\0\x22"
                                 "Exif\0\0"
                                 "MM\0\x2a\0\0\0\x08"
                                 "\0\x01"
                                 "\x01\x12\0\x03\0\0\0\x01\0\x00\0\0"
                                 "\0\0\0\0";
    static const uint8_t little[] = "\xff\xe1\0\x22"
                                    "Exif\0\0"
                                    "II\x2a\0\x08\0\0\0"
                                    "\x01\0"
                                    "\x12\x01\x03\0\x01\0\0\0\x00\0\0\0"
                                    "\0\0\0\0";
    uint8_t *at = insert_bytes(jpeg, 2, 36);
    memcpy(at, is_big_endian ? big : little, 36);
    at[4 + 6 + 8 + 2 + 8 + (is_big_endian ? 1 : 0)] = (uint8_t)orientation;
}

static void exif_turns_upright(void **state)
{
    (void)state;
    /* where the stored picture's left top, right top, left bottom and right bottom corners are to
     * be shown: 0 left top, 1 right top, 2 left bottom, 3 right bottom (EXIF 2.32, 4.6.4 A) */
    static const int shown[9][4] = {{0, 1, 2, 3}, {0, 1, 2, 3}, {1, 0, 3, 2},
                                    {3, 2, 1, 0}, {2, 3, 0, 1}, {0, 2, 1, 3},
                                    {1, 3, 0, 2}, {3, 1, 2, 0}, {2, 0, 3, 1}};
    static const uint8_t corner[4][3] = {{250, 0, 0}, {0, 250, 0}, {0, 0, 250}, {250, 250, 250}};
    enum { WIDTH = 48, HEIGHT = 32 };
    struct mn_bitmap picture = {0}, got = {0};
    smooth_picture(&picture, WIDTH, HEIGHT);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        memcpy(picture.pixels + 3 * i,
               corner[(i % WIDTH >= WIDTH / 2) + 2 * (i / WIDTH >= HEIGHT / 2)], 3);
    for (int orientation = 0; orientation <= 8; orientation++)
        for (int big = 0; big < 2; big++) {
            struct bytes jpeg = make_jpeg(&picture.image, JPEG_FINE, true);
            insert_exif(&jpeg, orientation, big);
            if (big)
                *insert_bytes(&jpeg, 2, 1) = 0xff; /* a fill byte */
            assert_int_equal(decode_file(&jpeg, &got), MN_OK);
            assert_int_equal(got.image.width, orientation >= 5 ? HEIGHT : WIDTH);
            for (int c = 0; c < 4; c++) {
                int at = shown[orientation][c];
                int x = at % 2 ? got.image.width - 4 : 3, y = at / 2 ? got.image.height - 4 : 3;
                const uint8_t *p = got.pixels + 3 * (y * got.image.width + x);
                for (int i = 0; i < 3; i++)
                    assert_true(abs(p[i] - corner[c][i]) <= 8);
            }
            if (orientation == 6)
                check_damage(&jpeg, 0, 500);
            free(jpeg.data);
        }
    mn_bitmap_free(&picture);
    mn_bitmap_free(&got);
}

static void grey_turns_too(void **state)
{
    (void)state;
    struct mn_bitmap picture = {0}, plain = {0}, turned = {0};
    smooth_picture(&picture, 40, 24);
    struct bytes jpeg = make_jpeg(&picture.image, JPEG_GREY, true);
    assert_int_equal(decode_file(&jpeg, &plain), MN_OK);
    insert_exif(&jpeg, 6, true); /* show it turned clockwise */
    assert_int_equal(decode_file(&jpeg, &turned), MN_OK);
    for (int y = 0; y < 40; y++)
        for (int x = 0; x < 24; x++)
            assert_int_equal(turned.pixels[y * 24 + x], plain.pixels[(23 - x) * 40 + y]);
    free(jpeg.data);
    mn_bitmap_free(&picture);
    mn_bitmap_free(&plain);
    mn_bitmap_free(&turned);
}

/* ---- files ---- */

static int files_in(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir))
        count++;
    closedir(dir);
    return count - 2;
}

static void png_is_written_whole_or_not(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap picture = {0}, got = {0};
    char folder[] = "/tmp/camlabel-test-XXXXXX", path[64], other[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.png", folder);
    smooth_picture(&picture, 33, 21);
    for (int i = 0; i < 2; i++) { /* new, and in place of the old one */
        assert_int_equal(mn_png_write(path, &picture.image, &error), MN_OK);
        assert_int_equal(mn_picture_read(&got, path, &error), MN_OK);
        assert_int_equal(largest_difference(&picture.image, &got.image), 0);
    }
    assert_int_equal(files_in(folder), 1);

    snprintf(other, sizeof other, "%s/none/a.png", folder);
    assert_int_equal(mn_png_write(other, &picture.image, &error), MN_FAILED);
    assert_non_null(strstr(error.message, other));
    snprintf(other, sizeof other, "%s/taken", folder);
    assert_int_equal(mkdir(other, 0755), 0);
    assert_int_equal(mn_png_write(other, &picture.image, &error), MN_BAD_INPUT);
    assert_int_equal(rmdir(other), 0);
    picture.image.format = MN_PIXEL_YUYV;
    assert_int_equal(mn_png_write(path, &picture.image, &error), MN_BAD_INPUT);
    assert_int_equal(files_in(folder), 1); /* no half files */
    assert_int_equal(mn_picture_read(&got, path, &error), MN_OK);

    unlink(path);
    rmdir(folder);
    mn_bitmap_free(&picture);
    mn_bitmap_free(&got);
}

static void what_is_no_file(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap bitmap = {0};
    char folder[] = "/tmp/camlabel-test-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    assert_int_equal(mn_picture_read(&bitmap, folder, &error), MN_BAD_INPUT);
    snprintf(path, sizeof path, "%s/a.jpg", folder);
    assert_int_equal(mn_picture_read(&bitmap, path, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, path));
    assert_int_equal(mkfifo(path, 0600), 0); /* must not wait for a writer */
    assert_int_equal(mn_picture_read(&bitmap, path, &error), MN_BAD_INPUT);
    unlink(path);
    close(open(path, O_CREAT | O_WRONLY, 0600)); /* empty */
    assert_int_equal(mn_picture_read(&bitmap, path, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "empty"));
    unlink(path);
    rmdir(folder);
}

static void known_endings(void **state)
{
    (void)state;
    assert_true(mn_picture_has_known_ending("a.jpg"));
    assert_true(mn_picture_has_known_ending("/b.c/a.JPEG"));
    assert_true(mn_picture_has_known_ending("a.b.png"));
    assert_true(mn_picture_has_known_ending("x.Bmp"));
    assert_true(mn_picture_has_known_ending("x.ppm"));
    assert_true(mn_picture_has_known_ending("x.pgm"));
    assert_false(mn_picture_has_known_ending("x.txt"));
    assert_false(mn_picture_has_known_ending("jpg"));
    assert_false(mn_picture_has_known_ending("folder.png/readme"));
    assert_false(mn_picture_has_known_ending(""));
}

static void known_photos_are_read(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap bitmap = {0};
    assert_int_equal(mn_picture_read(&bitmap, test_data("images/named/grace_hopper.bmp"), &error),
                     MN_OK);
    assert_int_equal(bitmap.image.width, 512);
    assert_int_equal(bitmap.image.height, 600);
    assert_int_equal(bitmap.image.format, MN_PIXEL_RGB24);
    mn_bitmap_free(&bitmap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_in_one_line),   cmocka_unit_test(foreign_files_are_named),
        cmocka_unit_test(wide_pictures_work),    cmocka_unit_test(exif_turns_upright),
        cmocka_unit_test(grey_turns_too),        cmocka_unit_test(png_is_written_whole_or_not),
        cmocka_unit_test(what_is_no_file),       cmocka_unit_test(known_endings),
        cmocka_unit_test(known_photos_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
