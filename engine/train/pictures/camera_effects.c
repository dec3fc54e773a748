/* The strengths are for pictures that a network sees, 32 to 224 px a side; what is seen as an angle
 * (a blur's length) grows with the resolution, what is seen as a level does not. */
#include "camera_effects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../image/jpeg.h"
#include "../../image/jpeg_write.h"
#include "blur.h"
#include "colour.h"
#include "noise.h"
#include "warp.h"

/* A hand that does not hold still: up to ten degrees, and not quite opposite. */
static void tilt(struct mn_random *random, uint8_t *rgb, uint8_t *room, int size)
{
    double angle = mn_random_between(random, -0.18, 0.18);
    double zoom = mn_random_between(random, 0.82, 0.95);
    double lean_x = mn_random_between(random, -0.12, 0.12);
    double lean_y = mn_random_between(random, -0.12, 0.12);
    struct mn_affine map = {zoom * cos(angle), -zoom * sin(angle), 0,
                            zoom * sin(angle), zoom * cos(angle),  0};
    mn_warp_perspective(rgb, room, size, &map, lean_x, lean_y);
}

static void blur(struct mn_random *random, uint8_t *rgb, uint8_t *room, int size)
{
    if (mn_random_chance(random, 0.5)) {
        mn_blur_defocus(rgb, room, size, 1 + mn_random_below(random, 1 + size / 32));
    } else {
        int length = 2 + mn_random_below(random, 1 + size / 16);
        mn_blur_motion(rgb, room, size, length,
                       mn_random_between(random, 0, 3.14159265358979323846));
    }
}

/* White balance is set before the tone curve, exposure with it: one table does both. */
static void light(struct mn_random *random, bool exposed, bool tinted, uint8_t *rgb, int size)
{
    double gain[3] = {1, 1, 1}, gamma = 1;
    if (exposed) {
        gain[0] = gain[1] = gain[2] = exp(mn_random_between(random, -0.5, 0.4));
        gamma = exp(mn_random_between(random, -0.35, 0.35));
    }
    if (tinted) {
        double warmth = mn_random_between(random, -0.2, 0.2);
        gain[0] *= 1 + warmth;
        gain[1] *= 1 + mn_random_between(random, -0.06, 0.06);
        gain[2] *= 1 - warmth;
    }
    struct mn_levels levels = mn_levels_exposure(gain, gamma);
    mn_levels_apply(&levels, rgb, (size_t)size * (size_t)size);
}

void mn_camera_noise(struct mn_random *random, uint8_t *rgb, int size)
{
    int part = (int)(mn_random_between(random, 1.5, 16) * 4096 / (double)MN_NOISE_DEVIATION);
    size_t count = 3 * (size_t)size * (size_t)size;
    struct mn_noise noise = mn_noise_of(random);
    int16_t drawn[MN_NOISE_BLOCK];
    for (size_t done = 0; done < count; done += MN_NOISE_BLOCK) {
        size_t block = count - done < MN_NOISE_BLOCK ? count - done : MN_NOISE_BLOCK;
        mn_noise_draw(&noise, drawn);
        for (size_t i = 0; i < block; i++) {
            int value = rgb[done + i] + ((drawn[i] * part + 2048) >> 12);
            value = value > 0 ? value : 0;
            rgb[done + i] = (uint8_t)(value < 255 ? value : 255);
        }
    }
}

static bool write_and_read(uint8_t *data, const uint8_t *rgb, int size, int quality,
                           struct mn_bitmap *bitmap)
{
    struct mn_error error;
    size_t bytes;
    struct mn_jpeg_decoder *decoder = mn_jpeg_decoder_new();
    bool done = decoder && data && !mn_jpeg_write(rgb, size, size, quality, data, &bytes, &error) &&
                !mn_jpeg_decode(decoder, data, bytes, "a picture", bitmap, &error);
    mn_jpeg_decoder_free(decoder);
    return done;
}

/* The picture stays as it is where there is no memory. */
void mn_camera_jpeg(struct mn_random *random, uint8_t *rgb, int size)
{
    int quality = 15 + mn_random_below(random, 70);
    struct mn_bitmap bitmap = {0};
    uint8_t *data = malloc(mn_jpeg_room(size, size));
    if (write_and_read(data, rgb, size, quality, &bitmap))
        memcpy(rgb, bitmap.pixels, (size_t)size * (size_t)size * 3);
    mn_bitmap_free(&bitmap);
    free(data);
}

void mn_camera_effects(struct mn_random *random, double probability, uint8_t *rgb, uint8_t *room,
                       int size)
{
    if (mn_random_chance(random, probability))
        tilt(random, rgb, room, size);
    if (mn_random_chance(random, probability))
        blur(random, rgb, room, size);
    bool exposed = mn_random_chance(random, probability);
    bool tinted = mn_random_chance(random, probability);
    if (exposed || tinted)
        light(random, exposed, tinted, rgb, size);
    if (mn_random_chance(random, probability))
        mn_camera_noise(random, rgb, size);
    if (mn_random_chance(random, probability))
        mn_camera_jpeg(random, rgb, size);
}
