/* Netpbm: binary and text, grey and colour, 8 and 16 bit, and damaged. */
#include "../pictures.h"

static void kinds_of_ppm(void **state)
{
    (void)state;
    struct mn_bitmap bitmap = {0};
    static const struct {
        const char *data;
        size_t count;
    } files[] = {
        {"P6 2 1 255\n\x0a\x14\x1e\xff\x00\x64", 17},
        {"P6\n# a comment 9 9\n2 #\n1\n255\n\x0a\x14\x1e\xff\x00\x64", 35},
        {"P6 2 1 65535\n\x0a\x0a\x14\x14\x1e\x1e\xff\xff\x00\x00\x64\x64", 25},
        {"P3 2 1 255 10 20 30 255 0 100", 29},
        {"P3\n2 1\n100 # per cent\n4 8 12\n100 0 39\n", 38},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct bytes file = copy_bytes(files[i].data, files[i].count);
        assert_int_equal(decode_file(&file, &bitmap), MN_OK);
        assert_int_equal(bitmap.image.format, MN_PIXEL_RGB24);
        assert_int_equal(bitmap.image.width, 2);
        assert_pixel(&bitmap, 0, 0, 10, 20, 30);
        assert_pixel(&bitmap, 1, 0, 255, 0, 100);
        if (i == 0 || i == 2)
            check_damage(&file, 0, 2000);
        free(file.data);
    }
    struct bytes grey = copy_bytes("P5 1 3 255 \x01\x80\xff", 14);
    assert_int_equal(decode_file(&grey, &bitmap), MN_OK);
    assert_int_equal(bitmap.image.format, MN_PIXEL_GREY);
    assert_int_equal(bitmap.pixels[1], 128);
    free(grey.data);
    struct bytes text = copy_bytes("P2 1 3 15 0 15 7", 16);
    assert_int_equal(decode_file(&text, &bitmap), MN_OK);
    assert_int_equal(bitmap.pixels[1], 255);
    assert_int_equal(bitmap.pixels[2], 119);
    free(text.data);
    mn_bitmap_free(&bitmap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_ppm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
