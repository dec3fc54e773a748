/* Pictures that the tests of decoders make themselves: smooth ones, JPEGs of them, damage. */
#ifndef TESTS_PICTURES_H
#define TESTS_PICTURES_H

#include <stdbool.h>
#include <string.h>

#include "support.h"

#include <jpeglib.h>

#include "../engine/image/bitmap.h"
#include "../engine/image/picture_file.h"

struct bytes {
    uint8_t *data; /* malloc */
    size_t count;
};

/* An RGB picture of gentle slopes with a little noise, so that lossy coding stays close. */
static inline void smooth_picture(struct mn_bitmap *bitmap, int width, int height)
{
    struct mn_error error;
    uint64_t seed = 11;
    assert_int_equal(mn_bitmap_reserve(bitmap, MN_PIXEL_RGB24, width, height, &error), MN_OK);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint8_t *p = bitmap->pixels + 3 * ((size_t)y * (size_t)width + (size_t)x);
            uint8_t noise = (uint8_t)(test_random(&seed) % 4);
            p[0] = (uint8_t)(20 + 200 * x / width + noise);
            p[1] = (uint8_t)(20 + 200 * y / height + noise);
            p[2] = (uint8_t)(220 - 100 * (x + y) / (width + height) + noise);
        }
}

enum jpeg_kind {
    JPEG_PLAIN,
    JPEG_FINE,
    JPEG_GREY,
    JPEG_PROGRESSIVE,
    JPEG_RESTARTS,
    JPEG_SCANS,
    JPEG_CMYK
};

/* The picture as JPEG: 4:2:0, but FINE and GREY; with tables of its own unless `standard_tables`.
 */
static inline struct bytes make_jpeg(const struct mn_image *image, enum jpeg_kind kind,
                                     bool standard_tables)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *data = NULL;
    unsigned long count = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &data, &count);
    jpeg.image_width = (JDIMENSION)image->width;
    jpeg.image_height = (JDIMENSION)image->height;
    jpeg.input_components = kind == JPEG_CMYK ? 4 : 3;
    jpeg.in_color_space = kind == JPEG_CMYK ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, 95, TRUE);
    jpeg.optimize_coding = !standard_tables;
    if (kind == JPEG_GREY)
        jpeg_set_colorspace(&jpeg, JCS_GRAYSCALE);
    if (kind == JPEG_FINE)
        jpeg.comp_info[0].h_samp_factor = jpeg.comp_info[0].v_samp_factor = 1;
    if (kind == JPEG_PROGRESSIVE)
        jpeg_simple_progression(&jpeg);
    if (kind == JPEG_RESTARTS)
        jpeg.restart_interval = 2;
    static const jpeg_scan_info scans[3] = {
        {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
    if (kind == JPEG_SCANS) { /* sequential, a component after the other */
        jpeg.scan_info = scans;
        jpeg.num_scans = 3;
    }
    jpeg_start_compress(&jpeg, TRUE);
    uint8_t *four = calloc(4, (size_t)image->width); /* any CMYK row */
    assert_non_null(four);
    while (jpeg.next_scanline < jpeg.image_height) {
        const uint8_t *row = image->plane[0] + jpeg.next_scanline * image->stride[0];
        JSAMPROW in = kind == JPEG_CMYK ? four : (JSAMPROW)(uintptr_t)row;
        jpeg_write_scanlines(&jpeg, &in, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    free(four);
    return (struct bytes){data, count};
}

/* Room in the middle, filled by the caller. */
static inline uint8_t *insert_bytes(struct bytes *bytes, size_t at, size_t count)
{
    bytes->data = realloc(bytes->data, bytes->count + count);
    assert_non_null(bytes->data);
    memmove(bytes->data + at + count, bytes->data + at, bytes->count - at);
    bytes->count += count;
    memset(bytes->data + at, 0, count);
    return bytes->data + at;
}

/* A copy in a block of exactly its size, so that reading past its end is seen. One to four bits or
 * bytes differ, and sometimes the end is missing. */
static inline struct bytes damaged_copy(const struct bytes *whole, uint64_t *seed)
{
    struct bytes copy = {NULL, whole->count};
    if (whole->count == 0)
        return copy;
    if (test_random(seed) % 4 == 0)
        copy.count = test_random(seed) % whole->count + 1;
    copy.data = malloc(copy.count);
    assert_non_null(copy.data);
    memcpy(copy.data, whole->data, copy.count);
    for (uint64_t hits = 1 + test_random(seed) % 4; hits > 0; hits--) {
        size_t at = test_random(seed) % copy.count;
        if (test_random(seed) % 2 == 0) /* headers are small, and worth more hits */
            at %= 64;
        if (at >= copy.count)
            continue;
        if (test_random(seed) % 2 == 0)
            copy.data[at] ^= (uint8_t)(1u << test_random(seed) % 8);
        else
            copy.data[at] = (uint8_t)(test_random(seed) >> 56);
    }
    return copy;
}

/* Largest difference of two pictures of one format and size. */
static inline int largest_difference(const struct mn_image *a, const struct mn_image *b)
{
    assert_int_equal(a->format, b->format);
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    int worst = 0;
    size_t row = (size_t)a->width * (a->format == MN_PIXEL_GREY ? 1 : 3);
    for (size_t y = 0; y < (size_t)a->height; y++)
        for (size_t i = 0; i < row; i++) {
            int d = abs(a->plane[0][y * a->stride[0] + i] - b->plane[0][y * b->stride[0] + i]);
            worst = d > worst ? d : worst;
        }
    return worst;
}

/* Reads every pixel, so that a sanitizer sees what is missing. */
static inline uint64_t checksum(const struct mn_image *image)
{
    uint64_t sum = 0;
    size_t bytes = mn_image_bytes(image->format, image->width, image->height);
    for (size_t i = 0; i < bytes; i++)
        sum = sum * 31 + image->plane[0][i];
    return sum;
}

/* Decodes a file of any kind; a complaint must be one line that names it. */
static inline enum mn_status decode_file(const struct bytes *file, struct mn_bitmap *bitmap)
{
    struct mn_error error = {.message = ""};
    enum mn_status status = mn_picture_decode(bitmap, file->data, file->count, "some file", &error);
    if (status != MN_OK) {
        assert_non_null(strstr(error.message, "some file"));
        assert_null(strchr(error.message, '\n'));
    }
    return status;
}

static inline struct bytes copy_bytes(const void *data, size_t count)
{
    struct bytes copy = {malloc(count + !count), count};
    assert_non_null(copy.data);
    memcpy(copy.data, data, count);
    return copy;
}

/* Cut anywhere, it is refused; otherwise damaged, it is refused or read. The last `spare` bytes may
 * be missing. */
static inline void check_damage(const struct bytes *whole, size_t spare, int mutations)
{
    struct mn_bitmap bitmap = {0};
    for (size_t length = 0; length < whole->count - spare; length++) {
        struct bytes cut = copy_bytes(whole->data, length);
        assert_int_equal(decode_file(&cut, &bitmap), MN_BAD_INPUT);
        free(cut.data);
    }
    uint64_t seed = whole->count;
    for (int i = 0; i < mutations; i++) {
        struct bytes damaged = damaged_copy(whole, &seed);
        enum mn_status status = decode_file(&damaged, &bitmap);
        assert_true(status == MN_OK || status == MN_BAD_INPUT);
        if (status == MN_OK)
            checksum(&bitmap.image);
        free(damaged.data);
    }
    mn_bitmap_free(&bitmap);
}

static inline void assert_pixel(const struct mn_bitmap *bitmap, int x, int y, int r, int g, int b)
{
    int channels = bitmap->image.format == MN_PIXEL_GREY ? 1 : 3;
    const uint8_t *p =
        bitmap->image.plane[0] + (size_t)y * bitmap->image.stride[0] + (size_t)(x * channels);
    assert_true(abs(p[0] - r) <= 1);
    if (channels == 3) {
        assert_true(abs(p[1] - g) <= 1);
        assert_true(abs(p[2] - b) <= 1);
    }
}

#endif
