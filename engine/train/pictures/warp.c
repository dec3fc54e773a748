#include "warp.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static size_t bytes_of(int size)
{
    return (size_t)size * (size_t)size * 3;
}

static const uint8_t *pixel(const uint8_t *rgb, int size, int x, int y)
{
    return rgb + 3 * ((size_t)y * (size_t)size + (size_t)x);
}

/* --- affine, the nearest pixel --- */

/* Coordinates are in 2^-32 px: a row of 65500 steps is off by less than 2^-16 px. */
static int64_t fixed(double px)
{
    return (int64_t)floor(px * 0x1p32 + 0.5);
}

void mn_warp_affine(uint8_t *rgb, uint8_t *room, int size, const struct mn_affine *map,
                    const uint8_t fill[3])
{
    double middle = 0.5 * (size - 1);
    int64_t step_x = fixed(map->xx), step_y = fixed(map->yx);
    memcpy(room, rgb, bytes_of(size));
    for (int y = 0; y < size; y++) {
        double dx = -middle, dy = y - middle;
        int64_t from_x = fixed(map->xx * dx + map->xy * dy + map->x0 + middle + 0.5);
        int64_t from_y = fixed(map->yx * dx + map->yy * dy + map->y0 + middle + 0.5);
        for (int x = 0; x < size; x++, rgb += 3, from_x += step_x, from_y += step_y) {
            int64_t column = from_x >> 32, row = from_y >> 32;
            const uint8_t *from = fill;
            if ((uint64_t)column < (uint64_t)size && (uint64_t)row < (uint64_t)size)
                from = pixel(room, size, (int)column, (int)row);
            rgb[0] = from[0];
            rgb[1] = from[1];
            rgb[2] = from[2];
        }
    }
}

/* --- perspective, bilinear --- */

enum { RUN = 64 }; /* px of a row whose places are computed at once, as vectors */

struct places {
    int x[RUN], y[RUN]; /* in 256ths of a px, inside the picture */
};

static void find_places(const struct mn_affine *map, float lean_x, float lean_y, int size, int y,
                        int begin, struct places *places)
{
    float middle = 0.5F * (float)(size - 1), most = 256 * (float)(size - 1);
    float to_unit = 2 / (float)size, dy = (float)y - middle;
    float x0 = (float)(map->xy * (double)dy + map->x0), xx = (float)map->xx;
    float y0 = (float)(map->yy * (double)dy + map->y0), yx = (float)map->yx;
    float nearness = 1 + lean_y * dy * to_unit;
    for (int i = 0; i < RUN; i++) {
        float dx = (float)(begin + i) - middle;
        float part = 256 / (nearness + lean_x * dx * to_unit);
        float from_x = (xx * dx + x0) * part + (256 * middle + 0.5F);
        float from_y = (yx * dx + y0) * part + (256 * middle + 0.5F);
        from_x = from_x > 0 ? from_x : 0;
        from_y = from_y > 0 ? from_y : 0;
        places->x[i] = (int)(from_x < most ? from_x : most);
        places->y[i] = (int)(from_y < most ? from_y : most);
    }
}

/* GNU C's vectors, as the kernels' tile has them: eight bytes widened, of which three are used. */
typedef uint8_t byte8 __attribute__((vector_size(8)));
typedef uint16_t word8 __attribute__((vector_size(16)));

static word8 mix_two(const uint8_t *a, const uint8_t *b, uint16_t part)
{
    byte8 first, second;
    memcpy(&first, a, sizeof first);
    memcpy(&second, b, sizeof second);
    return __builtin_convertvector(first, word8) * (uint16_t)(256 - part) +
           __builtin_convertvector(second, word8) * part;
}

static void mix_four(const uint8_t *rgb, int size, int place_x, int place_y, uint8_t out[3])
{
    int x = place_x >> 8, y = place_y >> 8;
    uint16_t right = (uint16_t)(place_x & 255), below = (uint16_t)(place_y & 255);
    const uint8_t *from = pixel(rgb, size, x, y), *under = below ? from + 3 * size : from;
    word8 here = mix_two(from, under, below) >> 8,
          beside = mix_two(from + 3, under + 3, below) >> 8;
    word8 mixed = (here * (uint16_t)(256 - right) + beside * right + 128) >> 8;
    for (int c = 0; c < 3; c++)
        out[c] = (uint8_t)mixed[c];
}

void mn_warp_perspective(uint8_t *rgb, uint8_t *room, int size, const struct mn_affine *map,
                         double lean_x, double lean_y)
{
    struct places places;
    memcpy(room, rgb, bytes_of(size));
    memset(room + bytes_of(size), 0, MN_WARP_SLACK);
    for (int y = 0; y < size; y++)
        for (int begin = 0; begin < size; begin += RUN) {
            find_places(map, (float)lean_x, (float)lean_y, size, y, begin, &places);
            for (int i = 0; i < RUN && begin + i < size; i++, rgb += 3)
                mix_four(room, size, places.x[i], places.y[i], rgb);
        }
}
