/* libFuzzer target: any bytes as a picture file (JPEG, PNG, BMP, PPM), turned upright. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "../../engine/image/picture_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mn_error error;
    struct mn_bitmap bitmap = {0};
    enum mn_status status = mn_picture_decode(&bitmap, data, size, "fuzz", &error);
    if (status == MN_OK) {
        const struct mn_image *image = &bitmap.image;
        size_t bytes = mn_image_bytes(image->format, image->width, image->height);
        volatile uint8_t seen = 0;
        for (size_t i = 0; i < bytes; i += 64)
            seen ^= image->plane[0][i];
        (void)seen;
    }
    mn_bitmap_free(&bitmap);
    if (status != MN_OK && status != MN_BAD_INPUT && status != MN_FAILED)
        abort();
    return 0;
}
