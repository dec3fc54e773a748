/* Picture files: every kind that is read, upright, and what becomes of broken ones. */
#include "../pictures.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <png.h>

#include "../../engine/image/picture_file.h"

static enum mn_status decode(const struct bytes *file, struct mn_bitmap *bitmap)
{
    struct mn_error error = {.message = ""};
    enum mn_status status = mn_picture_decode(bitmap, file->data, file->count, "some file", &error);
    if (status != MN_OK) {
        assert_non_null(strstr(error.message, "some file"));
        assert_null(strchr(error.message, '\n'));
    }
    return status;
}

static struct bytes copy_bytes(const void *data, size_t count)
{
    struct bytes copy = {malloc(count + !count), count};
    assert_non_null(copy.data);
    memcpy(copy.data, data, count);
    return copy;
}

/* Cut anywhere, it is refused; otherwise damaged, it is refused or read. The last `spare` bytes may
 * be missing. */
static void check_damage(const struct bytes *whole, size_t spare, int mutations)
{
    struct mn_bitmap bitmap = {0};
    for (size_t length = 0; length < whole->count - spare; length++) {
        struct bytes cut = copy_bytes(whole->data, length);
        assert_int_equal(decode(&cut, &bitmap), MN_BAD_INPUT);
        free(cut.data);
    }
    uint64_t seed = whole->count;
    for (int i = 0; i < mutations; i++) {
        struct bytes damaged = damaged_copy(whole, &seed);
        enum mn_status status = decode(&damaged, &bitmap);
        assert_true(status == MN_OK || status == MN_BAD_INPUT);
        if (status == MN_OK)
            checksum(&bitmap.image);
        free(damaged.data);
    }
    mn_bitmap_free(&bitmap);
}

static void assert_pixel(const struct mn_bitmap *bitmap, int x, int y, int r, int g, int b)
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

/* ---- PNG ---- */

static void append(png_structp png, png_bytep data, size_t count)
{
    struct bytes *to = png_get_io_ptr(png);
    memcpy(insert_bytes(to, to->count, count), data, count);
}

static void no_flush(png_structp png)
{
    (void)png;
}

struct png_kind {
    int colour, depth, interlace;
    bool has_key, has_gamma;
};

/* The samples of pixel (x, y) in 8 bits: what the PNGs below show. */
static void png_samples(int x, int y, int channels, int samples[4])
{
    for (int c = 0; c < channels; c++)
        samples[c] = (x * 37 + y * 91 + c * 53) % 256;
}

static struct bytes make_png(const struct png_kind *kind, int width, int height)
{
    struct bytes out = {malloc(1), 0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &out, append, no_flush);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, kind->depth, kind->colour,
                 kind->interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (kind->has_gamma)
        png_set_gAMA(png, info, 0.45455);
    png_color palette[256];
    for (int i = 0; i < 256; i++)
        palette[i] = (png_color){(png_byte)i, (png_byte)(255 - i), (png_byte)(i / 2)};
    if (kind->colour == PNG_COLOR_TYPE_PALETTE)
        png_set_PLTE(png, info, palette, 1 << kind->depth);
    png_byte clear_first[1] = {0}; /* the palette's entry 0 is transparent */
    if (kind->has_key && kind->colour == PNG_COLOR_TYPE_PALETTE)
        png_set_tRNS(png, info, clear_first, 1, NULL);
    png_write_info(png, info);

    int channels = png_get_channels(png, info), bits = kind->depth * channels;
    size_t row_bytes = ((size_t)width * (size_t)bits + 7) / 8;
    uint8_t *pixels = calloc(row_bytes, (size_t)height);
    uint8_t **rows = calloc((size_t)height, sizeof *rows);
    assert_true(pixels && rows);
    for (int y = 0; y < height; y++) {
        rows[y] = pixels + row_bytes * (size_t)y;
        for (int x = 0; x < width; x++) {
            int samples[4];
            png_samples(x, y, channels, samples);
            for (int c = 0; c < channels; c++) {
                size_t at = (size_t)(x * channels + c);
                if (kind->depth == 16)
                    rows[y][2 * at] = rows[y][2 * at + 1] = (uint8_t)samples[c];
                else
                    rows[y][at * (size_t)kind->depth / 8] |=
                        (uint8_t)(samples[c] >> (8 - kind->depth)
                                                    << (8 - kind->depth - x * kind->depth % 8));
            }
        }
    }
    png_write_image(png, rows);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    free(rows);
    free(pixels);
    return out;
}

static void check_png(const struct png_kind *kind)
{
    enum { WIDTH = 13, HEIGHT = 11 };
    struct mn_bitmap bitmap = {0};
    struct bytes file = make_png(kind, WIDTH, HEIGHT);
    assert_int_equal(decode(&file, &bitmap), MN_OK);
    assert_int_equal(bitmap.image.width, WIDTH);
    assert_int_equal(bitmap.image.height, HEIGHT);
    bool is_grey = !(kind->colour & PNG_COLOR_MASK_COLOR);
    assert_int_equal(bitmap.image.format, is_grey ? MN_PIXEL_GREY : MN_PIXEL_RGB24);
    bool has_alpha = kind->colour & PNG_COLOR_MASK_ALPHA;
    int colours = is_grey ? 1 : 3, most = kind->depth < 8 ? (1 << kind->depth) - 1 : 255;
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            int s[4] = {0};
            png_samples(x, y, kind->colour == PNG_COLOR_TYPE_PALETTE ? 1 : colours + has_alpha, s);
            if (kind->depth < 8)
                s[0] = s[0] >> (8 - kind->depth);
            if (kind->colour == PNG_COLOR_TYPE_PALETTE) {
                int i = s[0];
                bool is_clear = kind->has_key && i == 0;
                assert_pixel(&bitmap, x, y, i, is_clear ? 0 : 255 - i, i / 2);
                continue;
            }
            int alpha = has_alpha ? s[colours] : 255;
            for (int c = 0; c < colours; c++)
                s[c] = s[c] * 255 / most * alpha / 255;
            assert_pixel(&bitmap, x, y, s[0], s[1], s[2]);
        }
    free(file.data);
    mn_bitmap_free(&bitmap);
}

static void kinds_of_png(void **state)
{
    (void)state;
    static const struct {
        int colour, depths[5];
    } kinds[] = {{PNG_COLOR_TYPE_GRAY, {1, 2, 4, 8, 16}},
                 {PNG_COLOR_TYPE_GRAY_ALPHA, {8, 16}},
                 {PNG_COLOR_TYPE_PALETTE, {1, 2, 4, 8}},
                 {PNG_COLOR_TYPE_RGB, {8, 16}},
                 {PNG_COLOR_TYPE_RGB_ALPHA, {8, 16}}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int d = 0; d < 5 && kinds[k].depths[d]; d++)
            for (int variant = 0; variant < 8; variant++)
                check_png(&(struct png_kind){kinds[k].colour, kinds[k].depths[d], variant & 1,
                                             variant & 2, variant & 4});
}

static void damaged_png(void **state)
{
    (void)state;
    static const struct png_kind kinds[] = {{PNG_COLOR_TYPE_RGB, 8, 0, false, false},
                                            {PNG_COLOR_TYPE_PALETTE, 4, 1, true, true},
                                            {PNG_COLOR_TYPE_RGB_ALPHA, 16, 1, false, true}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        struct bytes file = make_png(&kinds[k], 9, 8);
        check_damage(&file, 0, 1000);
        free(file.data);
    }
}

/* Every bit of a PNG is under a checksum or a signature. */
static void every_bit_of_a_png_counts(void **state)
{
    (void)state;
    struct mn_bitmap bitmap = {0};
    struct bytes file = make_png(&(struct png_kind){PNG_COLOR_TYPE_RGB, 8, 0, false, true}, 5, 4);
    for (size_t bit = 0; bit < 8 * file.count; bit++) {
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(decode(&file, &bitmap), MN_BAD_INPUT);
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(decode(&file, &bitmap), MN_OK);
    free(file.data);
    mn_bitmap_free(&bitmap);
}

/* ---- BMP ---- */

static void put32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

enum { BMP_PALETTE = 4 }; /* colours */

/* 3 x 2 pixels: red green blue above, white grey black below. */
static struct bytes make_bmp(int bits, bool is_top_down, bool has_masks)
{
    static const uint8_t bgr[6][3] = {{0, 0, 250},     {0, 250, 0},     {250, 0, 0},
                                      {250, 250, 250}, {128, 128, 128}, {0, 0, 0}};
    static const int index_of[6] = {0, 1, 2, 3, 1, 0};
    size_t header = 54 + (has_masks ? 12 : 0) + (bits <= 8 ? 4 * BMP_PALETTE : 0);
    size_t stride = ((size_t)(3 * bits) + 31) / 32 * 4;
    struct bytes file = {calloc(1, header + 2 * stride), header + 2 * stride};
    assert_non_null(file.data);
    uint8_t *p = file.data;
    memcpy(p, "BM", 2);
    put32(p + 2, (uint32_t)file.count);
    put32(p + 10, (uint32_t)header);
    put32(p + 14, 40);
    put32(p + 18, 3);
    put32(p + 22, is_top_down ? (uint32_t)-2 : 2);
    p[26] = 1;
    p[28] = (uint8_t)bits;
    put32(p + 30, has_masks ? 3 : 0);
    put32(p + 46, bits <= 8 ? (bits == 1 ? 2 : BMP_PALETTE) : 0);
    if (has_masks) { /* R G B from the lowest byte up */
        put32(p + 54, 0xff);
        put32(p + 58, 0xff00);
        put32(p + 62, 0xff0000);
    }
    for (int i = 0; bits <= 8 && i < BMP_PALETTE; i++)
        memcpy(p + 54 + 4 * i, bgr[i], 3);
    for (int i = 0; i < 6; i++) {
        int x = i % 3, y = is_top_down ? i / 3 : 1 - i / 3;
        uint8_t *row = p + header + stride * (size_t)y;
        if (bits <= 8) {
            int shift = 8 - bits * (x % (8 / bits) + 1);
            row[x * bits / 8] |= (uint8_t)((index_of[i] & ((1 << bits) - 1)) << shift);
        }
        for (int c = 0; bits > 8 && c < 3; c++)
            row[x * bits / 8 + c] = bgr[i][has_masks ? 2 - c : c];
    }
    return file;
}

static void kinds_of_bmp(void **state)
{
    (void)state;
    struct mn_bitmap bitmap = {0};
    static const struct {
        int bits;
        bool has_masks;
    } kinds[] = {{4, false}, {8, false}, {24, false}, {32, false}, {32, true}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int down = 0; down < 2; down++) {
            struct bytes file = make_bmp(kinds[k].bits, down, kinds[k].has_masks);
            assert_int_equal(decode(&file, &bitmap), MN_OK);
            bool has_palette = kinds[k].bits <= 8;
            assert_pixel(&bitmap, 0, 0, 250, 0, 0);
            assert_pixel(&bitmap, 1, 0, 0, 250, 0);
            assert_pixel(&bitmap, 2, 0, 0, 0, 250);
            assert_pixel(&bitmap, 0, 1, 250, 250, 250);
            assert_pixel(&bitmap, 1, 1, has_palette ? 0 : 128, has_palette ? 250 : 128,
                         has_palette ? 0 : 128);
            assert_pixel(&bitmap, 2, 1, has_palette ? 250 : 0, 0, 0);
            size_t row_bytes = (size_t)(3 * kinds[k].bits + 7) / 8; /* the rest is padding */
            check_damage(&file, (4 - row_bytes % 4) % 4, 1000);
            free(file.data);
        }
    struct bytes two = make_bmp(1, false, false);
    assert_int_equal(decode(&two, &bitmap), MN_OK);
    assert_pixel(&bitmap, 0, 0, 250, 0, 0);
    assert_pixel(&bitmap, 1, 0, 0, 250, 0);
    free(two.data);
    mn_bitmap_free(&bitmap);
}

static void bmp_that_is_refused(void **state)
{
    (void)state;
    struct mn_bitmap bitmap = {0};
    static const struct {
        int at;
        uint32_t value;
    } changes[] = {
        {18, 60000},      {18, 0},          {18, (uint32_t)-3}, {22, 60000}, {22, 0},
        {22, 0x80000000}, {14, 12},         {14, 0xffffffff},   {30, 1},     {30, 3},
        {46, 300},        {46, 0xffffffff}, {10, 0xffffffff},   {28, 16},    {46, 2},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct bytes file = make_bmp(8, false, false);
        put32(file.data + changes[i].at, changes[i].value);
        assert_int_equal(decode(&file, &bitmap), MN_BAD_INPUT);
        free(file.data);
    }
    mn_bitmap_free(&bitmap);
}

/* ---- PPM ---- */

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
        assert_int_equal(decode(&file, &bitmap), MN_OK);
        assert_int_equal(bitmap.image.format, MN_PIXEL_RGB24);
        assert_int_equal(bitmap.image.width, 2);
        assert_pixel(&bitmap, 0, 0, 10, 20, 30);
        assert_pixel(&bitmap, 1, 0, 255, 0, 100);
        if (i == 0 || i == 2)
            check_damage(&file, 0, 2000);
        free(file.data);
    }
    struct bytes grey = copy_bytes("P5 1 3 255 \x01\x80\xff", 14);
    assert_int_equal(decode(&grey, &bitmap), MN_OK);
    assert_int_equal(bitmap.image.format, MN_PIXEL_GREY);
    assert_int_equal(bitmap.pixels[1], 128);
    free(grey.data);
    struct bytes text = copy_bytes("P2 1 3 15 0 15 7", 16);
    assert_int_equal(decode(&text, &bitmap), MN_OK);
    assert_int_equal(bitmap.pixels[1], 255);
    assert_int_equal(bitmap.pixels[2], 119);
    free(text.data);
    mn_bitmap_free(&bitmap);
}

/* ---- all kinds ---- */

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
        assert_int_equal(decode(&file, &bitmap), MN_BAD_INPUT);
        free(file.data);
    }
    mn_bitmap_free(&bitmap);
    static const uint8_t huge_png[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02"
        "\0\0\0\x0f\xb0\xe2\x15";
    struct bytes file = copy_bytes(huge_png, sizeof huge_png - 1);
    assert_int_equal(decode(&file, &bitmap), MN_BAD_INPUT);
    free(file.data);
    struct bytes ppm = copy_bytes("P6 60000 60000 255\n123", 22);
    assert_int_equal(decode(&ppm, &bitmap), MN_BAD_INPUT);
    free(ppm.data);
    struct bytes short_ppm = copy_bytes("P6 10000 10000 255\n123", 22);
    assert_int_equal(decode(&short_ppm, &bitmap), MN_BAD_INPUT);
    free(short_ppm.data);
    assert_null(bitmap.pixels); /* no memory was taken on a header's word */
}

static void wide_pictures_work(void **state)
{
    (void)state;
    struct mn_bitmap bitmap = {0};
    struct bytes png =
        make_png(&(struct png_kind){PNG_COLOR_TYPE_RGB, 8, 1, false, false}, 20000, 3);
    assert_int_equal(decode(&png, &bitmap), MN_OK);
    int s[4];
    png_samples(19999, 2, 3, s);
    assert_pixel(&bitmap, 19999, 2, s[0], s[1], s[2]);
    free(png.data);
    struct mn_bitmap wide = {0};
    smooth_picture(&wide, 20000, 2);
    struct bytes jpeg = make_jpeg(&wide.image, JPEG_FINE, true);
    assert_int_equal(decode(&jpeg, &bitmap), MN_OK);
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
            assert_int_equal(decode(&jpeg, &got), MN_OK);
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
    assert_int_equal(decode(&jpeg, &plain), MN_OK);
    insert_exif(&jpeg, 6, true); /* show it turned clockwise */
    assert_int_equal(decode(&jpeg, &turned), MN_OK);
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
    assert_int_equal(mn_png_write(other, &picture.image, &error), MN_FAILED);
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
        cmocka_unit_test(kinds_of_png),
        cmocka_unit_test(damaged_png),
        cmocka_unit_test(every_bit_of_a_png_counts),
        cmocka_unit_test(kinds_of_bmp),
        cmocka_unit_test(bmp_that_is_refused),
        cmocka_unit_test(kinds_of_ppm),
        cmocka_unit_test(refused_in_one_line),
        cmocka_unit_test(wide_pictures_work),
        cmocka_unit_test(exif_turns_upright),
        cmocka_unit_test(grey_turns_too),
        cmocka_unit_test(png_is_written_whole_or_not),
        cmocka_unit_test(what_is_no_file),
        cmocka_unit_test(known_endings),
        cmocka_unit_test(known_photos_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
