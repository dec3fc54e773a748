/* Where planes lie, and the buffer that is used again. */
#include "../support.h"

#include "../../engine/image/bitmap.h"

static void sizes_of_tight_pictures(void **state)
{
    (void)state;
    assert_int_equal(mn_image_bytes(MN_PIXEL_GREY, 5, 3), 15);
    assert_int_equal(mn_image_bytes(MN_PIXEL_RGB24, 5, 3), 45);
    assert_int_equal(mn_image_bytes(MN_PIXEL_BGR24, 5, 3), 45);
    assert_int_equal(mn_image_bytes(MN_PIXEL_YUYV, 6, 3), 36);
    assert_int_equal(mn_image_bytes(MN_PIXEL_UYVY, 6, 3), 36);
    assert_int_equal(mn_image_bytes(MN_PIXEL_NV12, 5, 3), 15 + 12);
    assert_int_equal(mn_image_bytes(MN_PIXEL_I420, 5, 3), 15 + 12);
    assert_int_equal(mn_image_bytes(MN_PIXEL_GREY, MN_MAX_IMAGE_SIDE, 1), MN_MAX_IMAGE_SIDE);
    assert_int_equal(mn_image_bytes(MN_PIXEL_RGB24, 16384, 16384), 3u << 28);
}

static void sizes_that_cannot_be(void **state)
{
    (void)state;
    assert_int_equal(mn_image_bytes(MN_PIXEL_GREY, 0, 1), 0);
    assert_int_equal(mn_image_bytes(MN_PIXEL_GREY, 1, 0), 0);
    assert_int_equal(mn_image_bytes(MN_PIXEL_GREY, -1, -1), 0);
    assert_int_equal(mn_image_bytes(MN_PIXEL_GREY, MN_MAX_IMAGE_SIDE + 1, 1), 0);
    assert_int_equal(mn_image_bytes(MN_PIXEL_GREY, 1, INT32_MAX), 0);
    assert_int_equal(mn_image_bytes(MN_PIXEL_GREY, 16385, 16384), 0);
    assert_int_equal(mn_image_bytes(MN_PIXEL_YUYV, 5, 3), 0);
    assert_int_equal(mn_image_bytes(MN_PIXEL_UYVY, 1, 1), 0);
}

static void planes_of_wrapped_pictures(void **state)
{
    (void)state;
    static const uint8_t pixels[1024];
    struct mn_image image;
    mn_image_wrap(&image, MN_PIXEL_YUYV, 6, 3, pixels, 0);
    assert_ptr_equal(image.plane[0], pixels);
    assert_null(image.plane[1]);
    assert_int_equal(image.stride[0], 12);
    assert_int_equal(image.range, MN_RANGE_LIMITED);

    mn_image_wrap(&image, MN_PIXEL_NV12, 5, 3, pixels, 0);
    assert_ptr_equal(image.plane[1], pixels + 15);
    assert_null(image.plane[2]);
    assert_int_equal(image.stride[1], 6);

    mn_image_wrap(&image, MN_PIXEL_NV12, 6, 4, pixels, 16);
    assert_ptr_equal(image.plane[1], pixels + 64);
    assert_int_equal(image.stride[1], 16);

    mn_image_wrap(&image, MN_PIXEL_I420, 5, 3, pixels, 0);
    assert_ptr_equal(image.plane[1], pixels + 15);
    assert_ptr_equal(image.plane[2], pixels + 15 + 6);
    assert_int_equal(image.stride[2], 3);

    mn_image_wrap(&image, MN_PIXEL_I420, 6, 4, pixels, 16);
    assert_ptr_equal(image.plane[1], pixels + 64);
    assert_ptr_equal(image.plane[2], pixels + 64 + 16);
    assert_int_equal(image.stride[1], 8);

    mn_image_wrap(&image, MN_PIXEL_RGB24, 5, 3, pixels, 32);
    assert_int_equal(image.stride[0], 32);
    assert_int_equal(image.range, MN_RANGE_FULL);
}

static void buffer_is_used_again(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap bitmap = {0};
    assert_int_equal(mn_bitmap_reserve(&bitmap, MN_PIXEL_I420, 640, 480, &error), MN_OK);
    uint8_t *pixels = bitmap.pixels;
    assert_int_equal(bitmap.capacity, 640 * 480 * 3 / 2);
    assert_int_equal(bitmap.image.range, MN_RANGE_FULL);
    assert_int_equal(mn_bitmap_reserve(&bitmap, MN_PIXEL_GREY, 31, 7, &error), MN_OK);
    assert_ptr_equal(bitmap.pixels, pixels);
    assert_ptr_equal(bitmap.image.plane[0], pixels);
    assert_null(bitmap.image.plane[1]);
    assert_int_equal(bitmap.image.width, 31);
    assert_int_equal(mn_bitmap_reserve(&bitmap, MN_PIXEL_RGB24, 640, 480, &error), MN_OK);
    assert_int_equal(bitmap.capacity, 640 * 480 * 3);
    bitmap.pixels[bitmap.capacity - 1] = 1;
    mn_bitmap_free(&bitmap);
    assert_null(bitmap.pixels);
    mn_bitmap_free(&bitmap);
}

static void failing_keeps_the_picture(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap bitmap = {0};
    assert_int_equal(mn_bitmap_reserve(&bitmap, MN_PIXEL_GREY, 4, 4, &error), MN_OK);
    bitmap.pixels[15] = 77;
    assert_int_equal(mn_bitmap_reserve(&bitmap, MN_PIXEL_GREY, 0, 4, &error), MN_BAD_INPUT);
    assert_int_equal(mn_bitmap_reserve(&bitmap, MN_PIXEL_RGB24, 60000, 60000, &error),
                     MN_BAD_INPUT);
    assert_int_equal(bitmap.image.width, 4);
    assert_int_equal(bitmap.image.plane[0][15], 77);
    mn_bitmap_free(&bitmap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_tight_pictures),    cmocka_unit_test(sizes_that_cannot_be),
        cmocka_unit_test(planes_of_wrapped_pictures), cmocka_unit_test(buffer_is_used_again),
        cmocka_unit_test(failing_keeps_the_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
