/* Writes small valid files of every kind that camlabel reads into DIR/{model,labels,picture,clip}/,
 * for the mutations to start from: the project must be able to test itself without other people's
 * files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jpeglib.h> /* needs stdio.h before it */

#include "../../engine/image/picture_file.h"
#include "../tiny_model.h"

enum { SIDE = 32 };

static const char *root;

static const char *path_of(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static void check(int failed, const char *what)
{
    if (failed) {
        fprintf(stderr, "seeds: %s: %s\n", what, strerror(errno));
        exit(2);
    }
}

static FILE *create(const char *name)
{
    FILE *file = fopen(path_of(name), "wb");
    check(!file, name);
    return file;
}

/* A picture with some content, so that JPEG has something to code. */
static void paint(uint8_t *rgb)
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            for (int c = 0; c < 3; c++)
                *rgb++ = (uint8_t)(x * 7 + y * (c + 2) * 3 + (x * y) % 11);
}

static void write_jpeg(FILE *file, const uint8_t *rgb)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, file);
    jpeg.image_width = jpeg.image_height = SIDE;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < SIDE) {
        JSAMPROW row = (JSAMPROW)(rgb + (size_t)jpeg.next_scanline * SIDE * 3);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
}

static void write_bmp(FILE *file, const uint8_t *rgb)
{
    const uint8_t header[54] = {'B', 'M', 0x36, 0x0c, 0, 0, 0, 0,    0, 0, 54, 0, 0, 0, 40,
                                0,   0,   0,    SIDE, 0, 0, 0, SIDE, 0, 0, 0,  1, 0, 24};
    fwrite(header, 1, sizeof header, file);
    fwrite(rgb, 1, SIDE * SIDE * 3, file);
}

static void write_pictures(const uint8_t *rgb)
{
    struct mn_image image;
    struct mn_error error;
    mn_image_wrap(&image, MN_PIXEL_RGB24, SIDE, SIDE, rgb, 0);
    check(mn_png_write(path_of("picture/a.png"), &image, &error) != MN_OK, "picture/a.png");
    FILE *jpeg = create("picture/a.jpg");
    write_jpeg(jpeg, rgb);
    fclose(jpeg);
    FILE *bmp = create("picture/a.bmp");
    write_bmp(bmp, rgb);
    fclose(bmp);
    FILE *ppm = create("picture/a.ppm");
    fprintf(ppm, "P6\n%d %d\n255\n", SIDE, SIDE);
    fwrite(rgb, 1, SIDE * SIDE * 3, ppm);
    fclose(ppm);
}

static void write_clips(const uint8_t *rgb)
{
    FILE *y4m = create("clip/a.y4m"), *mjpeg = create("clip/a.mjpeg");
    fprintf(y4m, "YUV4MPEG2 W%d H%d F30:1 Ip A1:1 C420jpeg\n", SIDE, SIDE);
    for (int frame = 0; frame < 3; frame++) {
        fputs("FRAME\n", y4m);
        fwrite(rgb, 1, SIDE * SIDE * 3 / 2, y4m);
        write_jpeg(mjpeg, rgb);
    }
    fclose(y4m);
    fclose(mjpeg);
}

static void write_labels(void)
{
    static const char *const texts[] = {"cat\ndog\nowl\n", "0 cat\n1 dog\n2 owl\n",
                                        "0:cat\n1:dog\n2:owl\n",
                                        "n01440764 cat, kitty\nn01443537 dog\nn01484850 owl\n"};
    for (int i = 0; i < 4; i++) {
        char name[32];
        snprintf(name, sizeof name, "labels/%d.txt", i);
        FILE *file = create(name);
        fputs(texts[i], file);
        fclose(file);
    }
}

int main(int argc, char **argv)
{
    static const char *const folders[] = {"", "model", "labels", "picture", "clip"};
    static uint8_t rgb[SIDE * SIDE * 3];
    check(argc != 2, "usage: seeds DIR");
    root = argv[1];
    for (int i = 0; i < 5; i++)
        check(mkdir(path_of(folders[i]), 0777) && errno != EEXIST, path_of(folders[i]));
    paint(rgb);
    write_pictures(rgb);
    write_clips(rgb);
    check(tiny_model_write(path_of("model/a.safetensors")), "model/a.safetensors");
    write_labels();
    return 0;
}
