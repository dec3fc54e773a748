/* libjpeg's error callback must not return: it jumps back to run(), and what lives across
 * the jump is in struct writer, as in jpeg.c. */
#include "jpeg_write.h"

#include <setjmp.h>
#include <stdio.h> /* jpeglib.h needs it */

#include <jpeglib.h>

struct writer {
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    char message[JMSG_LENGTH_MAX];
    unsigned char *data;
    unsigned long bytes;
};

static void on_error(j_common_ptr jpeg)
{
    struct writer *writer = jpeg->client_data;
    jpeg->err->format_message(jpeg, writer->message);
    longjmp(writer->escape, 1);
}

static void on_output(j_common_ptr jpeg)
{
    (void)jpeg;
}

size_t mn_jpeg_room(int width, int height)
{
    /* a sample has 27 bits at worst: 16 of its code, 11 of its value; a file has tables, and blocks
     * that reach over the edge */
    return 4 * ((size_t)width * (size_t)height * 3) + 64 * ((size_t)width + (size_t)height) + 8192;
}

static void compress(struct writer *writer, const uint8_t *rgb, int width, int height, int quality)
{
    struct jpeg_compress_struct *jpeg = &writer->jpeg;
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &writer->data, &writer->bytes);
    jpeg->image_width = (JDIMENSION)width;
    jpeg->image_height = (JDIMENSION)height;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, quality, TRUE);
    jpeg_start_compress(jpeg, TRUE);
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW row = (JSAMPROW)(rgb + (size_t)jpeg->next_scanline * (size_t)width * 3);
        jpeg_write_scanlines(jpeg, &row, 1); /* it only reads the row */
    }
    jpeg_finish_compress(jpeg);
}

static enum mn_status run(struct writer *writer, const uint8_t *rgb, int width, int height,
                          int quality, struct mn_error *error)
{
    writer->jpeg.err = jpeg_std_error(&writer->errors);
    writer->jpeg.client_data = writer;
    writer->errors.error_exit = on_error;
    writer->errors.output_message = on_output;
    if (setjmp(writer->escape))
        return mn_fail(error, MN_FAILED, "cannot write a JPEG: %s", writer->message);
    compress(writer, rgb, width, height, quality);
    return MN_OK;
}

enum mn_status mn_jpeg_write(const uint8_t *rgb, int width, int height, int quality, uint8_t *data,
                             size_t *bytes, struct mn_error *error)
{
    struct writer writer = {.data = data, .bytes = (unsigned long)mn_jpeg_room(width, height)};
    enum mn_status status = run(&writer, rgb, width, height, quality, error);
    jpeg_destroy_compress(&writer.jpeg);
    *bytes = writer.bytes;
    return status;
}
