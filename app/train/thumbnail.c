/* libjpeg again: JPEG is a quarter of PNG for photographs, and the program has it anyway. Its
 * errors come by a callback that must not return; it jumps back to encode(), and what lives across
 * the jump is its caller's. */
#include "thumbnail.h"

#include <math.h>
#include <setjmp.h>
#include <stdio.h> /* jpeglib.h needs it */
#include <stdlib.h>

#include <jpeglib.h>

#include "../../engine/mobilenet.h"

enum { QUALITY = 85 };

struct encoder {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    char message[JMSG_LENGTH_MAX];
};

static void on_error(j_common_ptr jpeg)
{
    struct encoder *encoder = jpeg->client_data;
    jpeg->err->format_message(jpeg, encoder->message);
    longjmp(encoder->escape, 1);
}

static void on_output(j_common_ptr jpeg)
{
    (void)jpeg;
}

/* thumbnail->data has room for thumbnail->bytes, more than any JPEG of these pixels needs: libjpeg
 * would else put a buffer of its own there, which nobody knows after an error. */
static void compress(struct encoder *encoder, struct thumbnail *thumbnail, JSAMPLE *pixels,
                     int side)
{
    struct jpeg_compress_struct *jpeg = &encoder->jpeg;
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &thumbnail->data, &thumbnail->bytes);
    jpeg->image_width = jpeg->image_height = (JDIMENSION)side;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, QUALITY, TRUE);
    jpeg->optimize_coding = TRUE;
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW row = pixels + (size_t)jpeg->next_scanline * (size_t)side * 3;
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
}

static enum mn_status encode(struct encoder *encoder, struct thumbnail *thumbnail, JSAMPLE *pixels,
                             int side, struct mn_error *error)
{
    encoder->jpeg.err = jpeg_std_error(&encoder->errors);
    encoder->jpeg.client_data = encoder;
    encoder->errors.error_exit = on_error;
    encoder->errors.output_message = on_output;
    if (setjmp(encoder->escape) == 0) {
        compress(encoder, thumbnail, pixels, side);
        return MN_OK;
    }
    return mn_fail(error, MN_FAILED, "cannot write a picture: %s", encoder->message);
}

/* How many pixels a side the picture has to show. */
static int side_of(const struct mn_image *image, const struct mn_preprocessing *preprocessing)
{
    int shorter = image->width < image->height ? image->width : image->height;
    int longer = image->width < image->height ? image->height : image->width;
    double side =
        preprocessing->fit == MN_FIT_LETTERBOX ? longer : shorter * preprocessing->crop_fraction;
    return side < 1 ? 1 : side > THUMBNAIL_SIDE ? THUMBNAIL_SIDE : (int)side;
}

/* Fills pixels [side][side][3] by way of tensor, which has as many floats. */
static enum mn_status scale(const struct mn_image *image,
                            const struct mn_preprocessing *preprocessing, int side, float *tensor,
                            JSAMPLE *pixels, struct mn_error *error)
{
    struct mn_preprocessor *preprocessor =
        mn_preprocessor_new(preprocessing, side, mn_kernels_best());
    if (!preprocessor)
        return mn_fail(error, MN_FAILED, "not enough memory to scale a picture");
    enum mn_status status = mn_preprocess(preprocessor, image, tensor, error);
    for (int i = 0; status == MN_OK && i < side * side * 3; i++)
        pixels[i] = (JSAMPLE)lrintf(tensor[i] * 255);
    mn_preprocessor_free(preprocessor);
    return status;
}

enum mn_status thumbnail_make(struct thumbnail *thumbnail, const struct mn_image *image,
                              const struct mn_preprocessing *preprocessing, struct mn_error *error)
{
    struct mn_preprocessing plain = {MN_FIT_CROP, 1, {0, 0, 0}, {1, 1, 1}};
    if (preprocessing) {
        plain.fit = preprocessing->fit;
        plain.crop_fraction = preprocessing->crop_fraction;
    }
    *thumbnail = (struct thumbnail){0};
    int side = side_of(image, &plain);
    size_t count = (size_t)side * (size_t)side * 3;
    float *tensor = malloc(count * sizeof *tensor);
    JSAMPLE *pixels = malloc(count);
    /* a sample has 27 bits at worst: 16 of its code, 11 of its value; a file 4096 bytes of tables
     */
    thumbnail->bytes = 4 * count + 4096;
    thumbnail->data = malloc(thumbnail->bytes);
    struct encoder encoder = {0};
    enum mn_status status = tensor && pixels && thumbnail->data
                                ? scale(image, &plain, side, tensor, pixels, error)
                                : mn_fail(error, MN_FAILED, "not enough memory for a picture");
    if (status == MN_OK) {
        status = encode(&encoder, thumbnail, pixels, side, error);
        jpeg_destroy_compress(&encoder.jpeg);
    }
    if (status) {
        free(thumbnail->data);
        *thumbnail = (struct thumbnail){0};
    }
    free(pixels);
    free(tensor);
    return status;
}
