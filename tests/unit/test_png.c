/* PNG: every colour type and depth, interlaced or not, transparent or not, and damaged. */
#include "../pictures.h"

#include <png.h>

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
    assert_int_equal(decode_file(&file, &bitmap), MN_OK);
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
        assert_int_equal(decode_file(&file, &bitmap), MN_BAD_INPUT);
        file.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(decode_file(&file, &bitmap), MN_OK);
    free(file.data);
    mn_bitmap_free(&bitmap);
}

static void wide_png(void **state)
{
    (void)state;
    struct mn_bitmap bitmap = {0};
    struct bytes file =
        make_png(&(struct png_kind){PNG_COLOR_TYPE_RGB, 8, 1, false, false}, 20000, 3);
    assert_int_equal(decode_file(&file, &bitmap), MN_OK);
    int s[4];
    png_samples(19999, 2, 3, s);
    assert_pixel(&bitmap, 19999, 2, s[0], s[1], s[2]);
    free(file.data);
    mn_bitmap_free(&bitmap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_png),
        cmocka_unit_test(wide_png),
        cmocka_unit_test(damaged_png),
        cmocka_unit_test(every_bit_of_a_png_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
