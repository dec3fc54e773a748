#include "thumbnail.h"

#include <math.h>
#include <stdlib.h>

#include "../../engine/image/jpeg_write.h"
#include "../../engine/mobilenet.h"

enum { QUALITY = 85 };

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
                            uint8_t *pixels, struct mn_error *error)
{
    struct mn_preprocessor *preprocessor =
        mn_preprocessor_new(preprocessing, side, mn_kernels_best());
    if (!preprocessor)
        return mn_fail(error, MN_FAILED, "not enough memory to scale a picture");
    enum mn_status status = mn_preprocess(preprocessor, image, tensor, error);
    for (int i = 0; status == MN_OK && i < side * side * 3; i++)
        pixels[i] = (uint8_t)lrintf(tensor[i] * 255);
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
    uint8_t *pixels = malloc(count);
    thumbnail->data = malloc(mn_jpeg_room(side, side));
    enum mn_status status = tensor && pixels && thumbnail->data
                                ? scale(image, &plain, side, tensor, pixels, error)
                                : mn_fail(error, MN_FAILED, "not enough memory for a picture");
    if (status == MN_OK)
        status =
            mn_jpeg_write(pixels, side, side, QUALITY, thumbnail->data, &thumbnail->bytes, error);
    if (status) {
        free(thumbnail->data);
        *thumbnail = (struct thumbnail){0};
    }
    free(pixels);
    free(tensor);
    return status;
}
