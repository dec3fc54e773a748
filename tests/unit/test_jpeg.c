/* JPEG and MJPEG frames: what webcams send, and what damaged ones do. */
#include "../pictures.h"

#include "../../engine/image/jpeg.h"
#include "../../engine/image/picture_file.h"

static enum mn_status decode(const struct bytes *jpeg, struct mn_bitmap *bitmap,
                             struct mn_error *error)
{
    struct mn_jpeg_decoder *decoder = mn_jpeg_decoder_new();
    assert_non_null(decoder);
    error->message[0] = '\0';
    enum mn_status status =
        mn_jpeg_decode(decoder, jpeg->data, jpeg->count, "test.jpg", bitmap, error);
    mn_jpeg_decoder_free(decoder);
    if (status != MN_OK)
        assert_non_null(strstr(error->message, "test.jpg"));
    return status;
}

static struct bytes small_jpeg(enum jpeg_kind kind, bool standard_tables)
{
    struct mn_bitmap picture = {0};
    smooth_picture(&picture, 45, 37);
    struct bytes jpeg = make_jpeg(&picture.image, kind, standard_tables);
    mn_bitmap_free(&picture);
    return jpeg;
}

/* Where a marker's segment begins; the end of the data if there is none. */
static size_t find_marker(const struct bytes *jpeg, uint8_t marker)
{
    for (size_t at = 2; at + 4 <= jpeg->count && jpeg->data[at] == 0xff;) {
        if (jpeg->data[at + 1] == marker)
            return at;
        at += 2 + ((size_t)jpeg->data[at + 2] << 8 | jpeg->data[at + 3]);
    }
    return jpeg->count;
}

static void strip_huffman_tables(struct bytes *jpeg)
{
    size_t at;
    while ((at = find_marker(jpeg, 0xc4)) < jpeg->count) {
        size_t length = 2 + ((size_t)jpeg->data[at + 2] << 8 | jpeg->data[at + 3]);
        jpeg->count -= length;
        memmove(jpeg->data + at, jpeg->data + at + length, jpeg->count - at);
    }
}

static void webcam_frame_without_tables(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap frame = {0}, reference = {0};
    assert_int_equal(mn_picture_read(&frame, test_data("clips/frame_960x720_nodht.jpg"), &error),
                     MN_OK);
    assert_int_equal(
        mn_picture_read(&reference, test_data("clips/frame_960x720_reference.png"), &error), MN_OK);
    /* the reference comes from another decoder: it rounds colours its own way */
    assert_true(largest_difference(&frame.image, &reference.image) <= 3);
    mn_bitmap_free(&frame);
    mn_bitmap_free(&reference);
}

/* Never below what is asked for, and what comes out is the same picture from further away. */
static void smaller_where_less_is_enough(void **state)
{
    (void)state;
    static const struct {
        int least_side, width, height;
    } cases[] = {{0, 400, 203}, {203, 400, 203}, {102, 400, 203}, {101, 200, 102},
                 {50, 100, 51}, {26, 100, 51},   {25, 50, 26},    {1, 50, 26}};
    static const enum jpeg_kind kinds[] = {JPEG_PLAIN, JPEG_FINE, JPEG_PROGRESSIVE, JPEG_RESTARTS};
    struct mn_bitmap picture = {0}, small = {0}, got = {0};
    struct mn_jpeg_decoder *decoder = mn_jpeg_decoder_new();
    struct mn_error error;
    assert_non_null(decoder);
    smooth_picture(&picture, 400, 203);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct bytes jpeg = make_jpeg(&picture.image, kinds[k], true);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            smooth_picture(&small, cases[i].width, cases[i].height);
            assert_int_equal(mn_jpeg_decode_reduced(decoder, jpeg.data, jpeg.count, "test.jpg",
                                                    cases[i].least_side, &got, &error),
                             MN_OK);
            assert_true(largest_difference(&small.image, &got.image) <= 12);
        }
        /* damage is seen all the same */
        assert_int_equal(mn_jpeg_decode_reduced(decoder, jpeg.data, jpeg.count / 2, "test.jpg", 25,
                                                &got, &error),
                         MN_BAD_INPUT);
        free(jpeg.data);
    }
    mn_jpeg_decoder_free(decoder);
    mn_bitmap_free(&picture);
    mn_bitmap_free(&small);
    mn_bitmap_free(&got);
}

static void kinds_of_jpeg(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap picture = {0}, got = {0};
    smooth_picture(&picture, 45, 37);
    static const enum jpeg_kind kinds[] = {JPEG_PLAIN, JPEG_FINE, JPEG_PROGRESSIVE, JPEG_RESTARTS,
                                           JPEG_SCANS};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct bytes jpeg = make_jpeg(&picture.image, kinds[i], false);
        assert_int_equal(decode(&jpeg, &got, &error), MN_OK);
        assert_true(largest_difference(&picture.image, &got.image) <= 12);
        free(jpeg.data);
    }
    struct bytes grey = make_jpeg(&picture.image, JPEG_GREY, false);
    assert_int_equal(decode(&grey, &got, &error), MN_OK);
    assert_int_equal(got.image.format, MN_PIXEL_GREY);
    for (int i = 0; i < 45 * 37; i++) {
        const uint8_t *p = picture.pixels + 3 * i;
        assert_true(abs((299 * p[0] + 587 * p[1] + 114 * p[2]) / 1000 - got.pixels[i]) <= 6);
    }
    free(grey.data);
    struct bytes printing = make_jpeg(&picture.image, JPEG_CMYK, false);
    assert_int_equal(decode(&printing, &got, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "CMYK"));
    free(printing.data);
    mn_bitmap_free(&picture);
    mn_bitmap_free(&got);
}

/* A frame without tables must not be decoded with those of the frame before. */
static void decoder_forgets_earlier_tables(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap want = {0}, got = {0};
    struct bytes own_tables = small_jpeg(JPEG_PLAIN, false),
                 standard = small_jpeg(JPEG_PLAIN, true);
    assert_int_equal(decode(&standard, &want, &error), MN_OK);
    strip_huffman_tables(&standard);
    assert_int_equal(find_marker(&standard, 0xc4), standard.count);
    struct mn_jpeg_decoder *decoder = mn_jpeg_decoder_new();
    assert_non_null(decoder);
    uint8_t *pixels = NULL;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(
            mn_jpeg_decode(decoder, own_tables.data, own_tables.count, "a", &got, &error), MN_OK);
        assert_int_equal(mn_jpeg_decode(decoder, standard.data, 300, "b", &got, &error),
                         MN_BAD_INPUT);
        assert_int_equal(mn_jpeg_decode(decoder, standard.data, standard.count, "c", &got, &error),
                         MN_OK);
        assert_int_equal(largest_difference(&want.image, &got.image), 0);
        assert_true(i == 0 || got.pixels == pixels); /* nothing new for the same size */
        pixels = got.pixels;
    }
    mn_jpeg_decoder_free(decoder);
    mn_bitmap_free(&want);
    mn_bitmap_free(&got);
    free(own_tables.data);
    free(standard.data);
}

static void padding_is_no_damage(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap got = {0};
    struct bytes jpeg = small_jpeg(JPEG_PLAIN, true);
    insert_bytes(&jpeg, jpeg.count, 1000);
    assert_int_equal(decode(&jpeg, &got, &error), MN_OK);
    jpeg.count -= 1000;
    insert_bytes(&jpeg, jpeg.count - 2, 4); /* before the end marker, as some webcams do */
    assert_int_equal(decode(&jpeg, &got, &error), MN_OK);
    insert_bytes(&jpeg, jpeg.count - 2, 400); /* that much is a picture whose middle is lost */
    assert_int_equal(decode(&jpeg, &got, &error), MN_BAD_INPUT);
    free(jpeg.data);
    mn_bitmap_free(&got);
}

static void cut_anywhere(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap got = {0};
    static const enum jpeg_kind kinds[] = {JPEG_PLAIN, JPEG_PROGRESSIVE, JPEG_RESTARTS};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct bytes jpeg = small_jpeg(kinds[i], true);
        for (size_t length = 0; length < jpeg.count; length++) {
            struct bytes cut = {malloc(length + !length), length};
            assert_non_null(cut.data);
            memcpy(cut.data, jpeg.data, length);
            assert_int_equal(decode(&cut, &got, &error), MN_BAD_INPUT);
            free(cut.data);
        }
        free(jpeg.data);
    }
    mn_bitmap_free(&got);
}

static void lost_middle_is_seen(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap got = {0};
    struct bytes jpeg = small_jpeg(JPEG_RESTARTS, true);
    size_t half = jpeg.count / 2;
    memmove(jpeg.data + half, jpeg.data + half + 200, jpeg.count - half - 200);
    jpeg.count -= 200;
    assert_int_equal(decode(&jpeg, &got, &error), MN_BAD_INPUT);
    free(jpeg.data);
    mn_bitmap_free(&got);
}

static void claim_size(struct bytes *jpeg, uint8_t frame_marker, int width, int height)
{
    size_t at = find_marker(jpeg, frame_marker);
    assert_true(at + 9 < jpeg->count);
    jpeg->data[at + 5] = (uint8_t)(height >> 8);
    jpeg->data[at + 6] = (uint8_t)height;
    jpeg->data[at + 7] = (uint8_t)(width >> 8);
    jpeg->data[at + 8] = (uint8_t)width;
}

static void impossible_claims(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap got = {0};
    struct bytes plain = small_jpeg(JPEG_PLAIN, true);
    claim_size(&plain, 0xc0, 60000, 60000);
    assert_int_equal(decode(&plain, &got, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "60000 x 60000"));
    assert_null(got.pixels);
    claim_size(&plain, 0xc0, 65535, 1);
    assert_int_equal(decode(&plain, &got, &error), MN_BAD_INPUT);
    claim_size(&plain, 0xc0, 0, 10);
    assert_int_equal(decode(&plain, &got, &error), MN_BAD_INPUT);
    claim_size(&plain, 0xc0, 3000, 3000);
    assert_int_equal(decode(&plain, &got, &error), MN_BAD_INPUT);
    /* progressive ones keep all coefficients: 1.5 GB for this size */
    struct bytes progressive = small_jpeg(JPEG_PROGRESSIVE, true);
    claim_size(&progressive, 0xc2, 16000, 16000);
    assert_int_equal(decode(&progressive, &got, &error), MN_BAD_INPUT);
    free(plain.data);
    free(progressive.data);
    mn_bitmap_free(&got);
}

/* A scan costs a dozen bytes and a walk over the whole picture. */
static void endless_scans_are_refused(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap got = {0};
    struct bytes jpeg = small_jpeg(JPEG_SCANS, true);
    size_t first = find_marker(&jpeg, 0xda), second = first + 2;
    while (jpeg.data[second] != 0xff || jpeg.data[second + 1] == 0)
        second++; /* 0xff 0x00 is a coded 0xff: what is between is one whole scan */
    size_t length = second - first;
    uint8_t *copies = insert_bytes(&jpeg, second, 1000 * length);
    for (int i = 0; i < 1000; i++)
        memcpy(copies + (size_t)i * length, jpeg.data + first, length);
    assert_int_equal(decode(&jpeg, &got, &error), MN_BAD_INPUT);
    assert_non_null(strstr(error.message, "too many scans"));
    free(jpeg.data);
    mn_bitmap_free(&got);
}

static void damage_never_crashes(void **state)
{
    (void)state;
    struct mn_error error;
    struct mn_bitmap got = {0};
    struct mn_jpeg_decoder *decoder = mn_jpeg_decoder_new();
    assert_non_null(decoder);
    uint64_t seed = 2024;
    int refused = 0;
    for (int kind = JPEG_PLAIN; kind <= JPEG_CMYK; kind++) {
        struct bytes whole = small_jpeg((enum jpeg_kind)kind, kind % 2);
        for (int i = 0; i < 500; i++) {
            struct bytes jpeg = damaged_copy(&whole, &seed);
            enum mn_status status =
                mn_jpeg_decode(decoder, jpeg.data, jpeg.count, "damaged", &got, &error);
            assert_true(status == MN_OK || status == MN_BAD_INPUT);
            if (status == MN_OK)
                checksum(&got.image);
            else
                refused++;
            free(jpeg.data);
        }
        free(whole.data);
    }
    assert_true(refused > 500);
    mn_jpeg_decoder_free(decoder);
    mn_bitmap_free(&got);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(webcam_frame_without_tables),
        cmocka_unit_test(kinds_of_jpeg),
        cmocka_unit_test(smaller_where_less_is_enough),
        cmocka_unit_test(decoder_forgets_earlier_tables),
        cmocka_unit_test(padding_is_no_damage),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(lost_middle_is_seen),
        cmocka_unit_test(impossible_claims),
        cmocka_unit_test(endless_scans_are_refused),
        cmocka_unit_test(damage_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
