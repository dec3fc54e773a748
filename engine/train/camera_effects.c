#include "camera_effects.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
/* jpeglib.h needs the two above */
#include <jpeglib.h>

#include "colour.h"
#include "warp.h"

/* A hand that does not hold still: up to ten degrees, and a little perspective. */
static void tilt(struct mn_random *random, uint8_t *rgb, uint8_t *room, int size)
{
    static const uint8_t black[3];
    double angle = mn_random_between(random, -0.18, 0.18);
    double zoom = mn_random_between(random, 0.82, 0.95); /* so that no corner is empty */
    double shear = mn_random_between(random, -0.08, 0.08);
    struct mn_affine map = {zoom * cos(angle), zoom * (shear - sin(angle)), 0,
                            zoom * sin(angle), zoom * cos(angle),           0};
    mn_warp_affine(rgb, room, size, &map, black);
}

static void blur(struct mn_random *random, uint8_t *rgb, uint8_t *room, int size)
{
    int most = 1 + size / 40; /* passes: a blur of the same angle whatever the resolution */
    int rows = mn_random_below(random, most + 1), columns = mn_random_below(random, most + 1);
    mn_warp_blur(rgb, room, size, rows, columns);
}

static void light(struct mn_random *random, uint8_t *rgb, int size)
{
    double exposure = exp(mn_random_between(random, -0.5, 0.4));
    double gain[3] = {exposure, exposure, exposure};
    double gamma = exp(mn_random_between(random, -0.35, 0.35));
    struct mn_levels levels = mn_levels_exposure(gain, gamma);
    mn_levels_apply(&levels, rgb, (size_t)size * (size_t)size);
}

static void white_balance(struct mn_random *random, uint8_t *rgb, int size)
{
    double warmth = mn_random_between(random, -0.2, 0.2);
    double tint = mn_random_between(random, -0.06, 0.06);
    double gain[3] = {1 + warmth, 1 + tint, 1 - warmth};
    struct mn_levels levels = mn_levels_exposure(gain, 1);
    mn_levels_apply(&levels, rgb, (size_t)size * (size_t)size);
}

/* Triangular, as the difference of two uniform bytes. */
static void noise(struct mn_random *random, uint8_t *rgb, int size)
{
    int amount = (int)(mn_random_between(random, 4, 40) * 256 / 255);
    size_t count = (size_t)size * (size_t)size * 3;
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++, bits >>= 16) {
        if (i % 4 == 0)
            bits = mn_random_bits(random);
        int value = rgb[i] + (((int)(bits & 255) - (int)(bits >> 8 & 255)) * amount >> 8);
        rgb[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

/* --- JPEG, by the library that cameras' pictures are decoded with --- */

static void write_jpeg(const uint8_t *rgb, int size, int quality, unsigned char **data,
                       unsigned long *bytes)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, data, bytes);
    jpeg.image_width = jpeg.image_height = (JDIMENSION)size;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg.dct_method = JDCT_FASTEST;
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = (JSAMPROW)(rgb + (size_t)jpeg.next_scanline * (size_t)size * 3);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
}

static void read_jpeg(const unsigned char *data, unsigned long bytes, uint8_t *rgb, int size)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, data, bytes);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.dct_method = JDCT_FASTEST;
    jpeg_start_decompress(&jpeg);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = rgb + (size_t)jpeg.output_scanline * (size_t)size * 3;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
}

static void compress(struct mn_random *random, uint8_t *rgb, int size)
{
    unsigned char *data = NULL;
    unsigned long bytes = 0;
    write_jpeg(rgb, size, 15 + mn_random_below(random, 70), &data, &bytes);
    read_jpeg(data, bytes, rgb, size);
    free(data);
}

void mn_camera_effects(struct mn_random *random, double probability, uint8_t *rgb, uint8_t *room,
                       int size)
{
    if (mn_random_chance(random, probability))
        tilt(random, rgb, room, size);
    if (mn_random_chance(random, probability))
        blur(random, rgb, room, size);
    if (mn_random_chance(random, probability))
        light(random, rgb, size);
    if (mn_random_chance(random, probability))
        white_balance(random, rgb, size);
    if (mn_random_chance(random, probability))
        noise(random, rgb, size);
    if (mn_random_chance(random, probability))
        compress(random, rgb, size);
}
