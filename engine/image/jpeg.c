/* JPEG through libjpeg-turbo's classic interface.
 *
 * libjpeg reports errors by a callback that must not return: it jumps back to
 * mn_jpeg_decode_reduced(). Everything that lives across the jump is in struct mn_jpeg_decoder, and
 * the work is done in functions below the one that calls setjmp, so that no local variable can be
 * caught half-way.
 *
 * The decompressor is made anew for every picture: a kept one remembers Huffman and quantisation
 * tables of earlier pictures, and a damaged frame would be decoded with them. Frames without
 * Huffman tables are decoded with the standard ones, which libjpeg-turbo has put in itself since
 * version 2.0. */
#include "jpeg.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h> /* jpeglib.h needs it */
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

enum {
    MEMORY_LIMIT = 512 << 20, /* bytes for the coefficients of a progressive picture */
    SCAN_LIMIT = 200,   /* a few bytes can make a scan that takes long: no honest file has more */
    SURPLUS_LIMIT = 64, /* bytes: see on_message */
};

struct mn_jpeg_decoder {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    bool is_out_of_memory;
    char message[JMSG_LENGTH_MAX];
};

struct mn_jpeg_decoder *mn_jpeg_decoder_new(void)
{
    return calloc(1, sizeof(struct mn_jpeg_decoder));
}

void mn_jpeg_decoder_free(struct mn_jpeg_decoder *decoder)
{
    free(decoder);
}

/* ---- callbacks of libjpeg ---- */

static struct mn_jpeg_decoder *decoder_of(j_common_ptr jpeg)
{
    return jpeg->client_data;
}

static void on_error(j_common_ptr jpeg)
{
    struct mn_jpeg_decoder *decoder = decoder_of(jpeg);
    decoder->is_out_of_memory = jpeg->err->msg_code == JERR_OUT_OF_MEMORY;
    if (jpeg->err->msg_code == JERR_NO_BACKING_STORE)
        snprintf(decoder->message, sizeof decoder->message, "too large for a progressive one");
    else
        jpeg->err->format_message(jpeg, decoder->message);
    longjmp(decoder->escape, 1);
}

/* Warnings have a negative level, and tell of damage. One does not: real webcams put a few bytes
 * too many before a restart or end marker. All blocks are there then; only a long surplus means
 * that the decoder went astray and met the next marker by luck. */
static void on_message(j_common_ptr jpeg, int level)
{
    const struct jpeg_error_mgr *errors = jpeg->err;
    bool is_surplus = errors->msg_code == JWRN_EXTRANEOUS_DATA;
    int surplus = errors->msg_parm.i[0], marker = errors->msg_parm.i[1];
    bool is_harmless = is_surplus && surplus <= SURPLUS_LIMIT &&
                       ((marker >= JPEG_RST0 && marker <= JPEG_RST0 + 7) || marker == JPEG_EOI);
    if (level < 0 && !is_harmless)
        on_error(jpeg);
}

static void on_output(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void on_progress(j_common_ptr jpeg)
{
    if (((j_decompress_ptr)jpeg)->input_scan_number > SCAN_LIMIT) {
        struct mn_jpeg_decoder *decoder = decoder_of(jpeg);
        snprintf(decoder->message, sizeof decoder->message, "too many scans");
        longjmp(decoder->escape, 1);
    }
}

static void on_source_start_or_end(j_decompress_ptr jpeg)
{
    (void)jpeg;
}

static boolean on_source_empty(j_decompress_ptr jpeg)
{
    ERREXIT(jpeg, JERR_INPUT_EOF);
    return FALSE;
}

static void on_source_skip(j_decompress_ptr jpeg, long bytes)
{
    if (bytes <= 0)
        return;
    if ((size_t)bytes > jpeg->src->bytes_in_buffer)
        ERREXIT(jpeg, JERR_INPUT_EOF);
    jpeg->src->next_input_byte += bytes;
    jpeg->src->bytes_in_buffer -= (size_t)bytes;
}

/* ---- decoding ---- */

static void start(struct mn_jpeg_decoder *decoder, const uint8_t *data, size_t bytes)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg->mem->max_memory_to_use = MEMORY_LIMIT;
    decoder->progress.progress_monitor = on_progress;
    jpeg->progress = &decoder->progress;
    decoder->source = (struct jpeg_source_mgr){
        .next_input_byte = data,
        .bytes_in_buffer = bytes,
        .init_source = on_source_start_or_end,
        .fill_input_buffer = on_source_empty,
        .skip_input_data = on_source_skip,
        .resync_to_restart = jpeg_resync_to_restart,
        .term_source = on_source_start_or_end,
    };
    jpeg->src = &decoder->source;
}

static enum mn_status choose_format(struct jpeg_decompress_struct *jpeg, const char *name,
                                    enum mn_pixel_format *format, struct mn_error *error)
{
    switch (jpeg->jpeg_color_space) {
    case JCS_GRAYSCALE:
        *format = MN_PIXEL_GREY;
        jpeg->out_color_space = JCS_GRAYSCALE;
        return MN_OK;
    case JCS_YCbCr:
    case JCS_RGB:
        *format = MN_PIXEL_RGB24;
        jpeg->out_color_space = JCS_RGB;
        return MN_OK;
    default:
        return mn_fail(error, MN_BAD_INPUT,
                       "%s: a JPEG in printing colours (CMYK) or unknown ones; save it as RGB",
                       name);
    }
}

/* libjpeg's own reduction: fewer frequencies of each block are turned into pixels. */
static void choose_size(struct jpeg_decompress_struct *jpeg, int least_side)
{
    JDIMENSION side =
        jpeg->image_width < jpeg->image_height ? jpeg->image_width : jpeg->image_height;
    jpeg->scale_num = jpeg->scale_denom = 1;
    while (least_side > 0 && jpeg->scale_denom < 8 &&
           side / (2 * jpeg->scale_denom) >= (JDIMENSION)least_side)
        jpeg->scale_denom *= 2;
    jpeg_calc_output_dimensions(jpeg);
}

/* Leaves by longjmp where libjpeg finds an error. */
static enum mn_status decode(struct mn_jpeg_decoder *decoder, const uint8_t *data, size_t bytes,
                             const char *name, int least_side, struct mn_bitmap *bitmap,
                             struct mn_error *error)
{
    struct jpeg_decompress_struct *jpeg = &decoder->jpeg;
    start(decoder, data, bytes);
    jpeg_read_header(jpeg, TRUE);

    enum mn_pixel_format format = MN_PIXEL_GREY;
    enum mn_status status = choose_format(jpeg, name, &format, error);
    if (status != MN_OK)
        return status;
    choose_size(jpeg, least_side);
    /* libjpeg allows 65535 pixels a side at most, so the sizes fit an int */
    int width = (int)jpeg->output_width, height = (int)jpeg->output_height;
    if (mn_image_bytes(format, width, height) == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: %u x %u pixels are too many; make it smaller",
                       name, jpeg->image_width, jpeg->image_height);
    status = mn_bitmap_reserve(bitmap, format, width, height, error);
    if (status != MN_OK)
        return status;

    jpeg_start_decompress(jpeg);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = bitmap->pixels + jpeg->output_scanline * bitmap->image.stride[0];
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
    return MN_OK;
}

enum mn_status mn_jpeg_decode(struct mn_jpeg_decoder *decoder, const uint8_t *data, size_t bytes,
                              const char *name, struct mn_bitmap *bitmap, struct mn_error *error)
{
    return mn_jpeg_decode_reduced(decoder, data, bytes, name, 0, bitmap, error);
}

enum mn_status mn_jpeg_decode_reduced(struct mn_jpeg_decoder *decoder, const uint8_t *data,
                                      size_t bytes, const char *name, int least_side,
                                      struct mn_bitmap *bitmap, struct mn_error *error)
{
    enum mn_status status;
    memset(&decoder->jpeg, 0, sizeof decoder->jpeg);
    decoder->jpeg.err = jpeg_std_error(&decoder->errors);
    decoder->jpeg.client_data = decoder;
    decoder->errors.error_exit = on_error;
    decoder->errors.emit_message = on_message;
    decoder->errors.output_message = on_output;
    decoder->is_out_of_memory = false;

    if (setjmp(decoder->escape) == 0)
        status = decode(decoder, data, bytes, name, least_side, bitmap, error);
    else if (decoder->is_out_of_memory)
        status = mn_fail(error, MN_FAILED, "%s: not enough memory to decode this JPEG", name);
    else
        status = mn_fail(error, MN_BAD_INPUT, "%s: damaged or cut short (JPEG: %s)", name,
                         decoder->message);
    jpeg_destroy_decompress(&decoder->jpeg);
    return status;
}
