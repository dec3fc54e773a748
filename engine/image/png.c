/* PNG through libpng's full interface: the simplified one would lay transparency over black in
 * linear light where a file states a gamma, which no other decoder here does.
 *
 * libpng's error callback must not return: it jumps back to the function that called setjmp. All
 * that lives across the jump is in a struct of that function's caller. */
#include "png.h"

#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

#include <png.h>

struct coder {
    png_structp png;
    png_infop info;
    const uint8_t *data; /* reading: what is left */
    size_t bytes;
    bool is_out_of_memory;
    jmp_buf escape;
    char message[128];
};

/* ---- callbacks of libpng ---- */

static void on_error(png_structp png, png_const_charp message)
{
    struct coder *coder = png_get_error_ptr(png);
    snprintf(coder->message, sizeof coder->message, "%s", message);
    coder->is_out_of_memory = strstr(message, "emory") != NULL;
    longjmp(coder->escape, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

static void on_read(png_structp png, png_bytep to, size_t bytes)
{
    struct coder *coder = png_get_io_ptr(png);
    if (bytes > coder->bytes)
        png_error(png, "the file ends too early");
    memcpy(to, coder->data, bytes);
    coder->data += bytes;
    coder->bytes -= bytes;
}

/* ---- reading ---- */

static enum mn_status read_header(struct coder *coder, const char *name, struct mn_bitmap *bitmap,
                                  struct mn_error *error)
{
    png_structp png = coder->png;
    png_set_read_fn(png, coder, on_read);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_user_limits(png, MN_MAX_IMAGE_SIDE, MN_MAX_IMAGE_SIDE);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1); /* gamma, text, time … */
    png_read_info(png, coder->info);

    int width = (int)png_get_image_width(png, coder->info);
    int height = (int)png_get_image_height(png, coder->info);
    bool is_grey = (png_get_color_type(png, coder->info) & PNG_COLOR_MASK_COLOR) == 0;
    enum mn_pixel_format format = is_grey ? MN_PIXEL_GREY : MN_PIXEL_RGB24;
    if (mn_image_bytes(format, width, height) == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: %d x %d pixels are too many; make it smaller",
                       name, width, height);
    return mn_bitmap_reserve(bitmap, format, width, height, error);
}

static void read_pixels(struct coder *coder, struct mn_bitmap *bitmap)
{
    static const png_color_16 black = {0};
    png_structp png = coder->png;
    png_set_expand(png);
    png_set_scale_16(png);
    if ((png_get_color_type(png, coder->info) & PNG_COLOR_MASK_ALPHA) != 0 ||
        png_get_valid(png, coder->info, PNG_INFO_tRNS) != 0)
        png_set_background(png, &black, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, coder->info);
    if (png_get_rowbytes(png, coder->info) != bitmap->image.stride[0])
        png_error(png, "an unknown kind of pixels");

    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < bitmap->image.height; y++)
            png_read_row(png, bitmap->pixels + (size_t)y * bitmap->image.stride[0], NULL);
    png_read_end(png, NULL);
}

static enum mn_status decode(struct coder *coder, const char *name, struct mn_bitmap *bitmap,
                             struct mn_error *error)
{
    if (setjmp(coder->escape) != 0)
        return coder->is_out_of_memory
                   ? mn_fail(error, MN_FAILED, "%s: not enough memory to decode this PNG", name)
                   : mn_fail(error, MN_BAD_INPUT, "%s: damaged or cut short (PNG: %s)", name,
                             coder->message);
    coder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, coder, on_error, on_warning);
    coder->info = coder->png ? png_create_info_struct(coder->png) : NULL;
    if (!coder->info)
        return mn_fail(error, MN_FAILED, "%s: not enough memory to decode this PNG", name);
    enum mn_status status = read_header(coder, name, bitmap, error);
    if (status == MN_OK)
        read_pixels(coder, bitmap);
    return status;
}

enum mn_status mn_png_decode(struct mn_bitmap *bitmap, const uint8_t *data, size_t bytes,
                             const char *name, struct mn_error *error)
{
    struct coder coder = {.data = data, .bytes = bytes};
    enum mn_status status = decode(&coder, name, bitmap, error);
    png_destroy_read_struct(&coder.png, &coder.info, NULL);
    return status;
}

/* ---- writing ---- */

static enum mn_status encode(struct coder *coder, FILE *stream, const struct mn_image *image,
                             const char *name, struct mn_error *error)
{
    if (setjmp(coder->escape) != 0)
        return mn_fail(error, MN_FAILED, "%s: cannot write this PNG: %s", name, coder->message);
    coder->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, coder, on_error, on_warning);
    coder->info = coder->png ? png_create_info_struct(coder->png) : NULL;
    if (!coder->info)
        return mn_fail(error, MN_FAILED, "%s: not enough memory to write this PNG", name);
    png_init_io(coder->png, stream);
    png_set_IHDR(coder->png, coder->info, (png_uint_32)image->width, (png_uint_32)image->height, 8,
                 image->format == MN_PIXEL_GREY ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(coder->png, coder->info);
    for (int y = 0; y < image->height; y++)
        png_write_row(coder->png, image->plane[0] + (size_t)y * image->stride[0]);
    png_write_end(coder->png, NULL);
    return MN_OK;
}

enum mn_status mn_png_encode(FILE *stream, const struct mn_image *image, const char *name,
                             struct mn_error *error)
{
    if (image->format != MN_PIXEL_GREY && image->format != MN_PIXEL_RGB24)
        return mn_fail(error, MN_BAD_INPUT, "%s: a PNG is written from RGB24 or grey pixels only",
                       name);
    struct coder coder = {0};
    enum mn_status status = encode(&coder, stream, image, name, error);
    png_destroy_write_struct(&coder.png, &coder.info);
    return status;
}
