/* A square picture with premultiplied alpha and its halved copies, to draw on and to sample from.
 *
 * A texel is 0xAABBGGRR in an integer, so that bytes come out alike on every machine. The copies
 * (level 1 is half as large, and so on) keep a texture free of aliasing where it appears small, and
 * are a cheap defocus where it does not. */
#ifndef CAMLABEL_CARDS_TEXTURE_H
#define CAMLABEL_CARDS_TEXTURE_H

#include <stdint.h>

enum {
    TEXTURE_SIDE = 512,
    TEXTURE_LEVELS = 6, /* 512 … 16 */
    TEXTURE_TEXELS = 512 * 512 + 256 * 256 + 128 * 128 + 64 * 64 + 32 * 32 + 16 * 16,
};

struct texture {
    uint32_t texel[TEXTURE_TEXELS]; /* level 0 as [512][512], then level 1 … */
};

uint32_t texture_opaque(uint32_t rgb); /* 0xRRGGBB to a texel */
void texture_fill(struct texture *texture, uint32_t texel);
void texture_halve(struct texture *texture); /* level 0 is drawn: makes the others */

/* The first texel of a level, which has (TEXTURE_SIDE >> level)^2. */
const uint32_t *texture_level(const struct texture *texture, int level);

/* a * (256 - share) + b * share, each channel; share is 0 … 256 */
static inline uint32_t texture_mix(uint32_t a, uint32_t b, uint32_t share)
{
    const uint32_t half = 0x00ff00ff; /* two channels at a time, with room for 8 more bits each */
    uint32_t keep = 256 - share;
    uint32_t low = ((a & half) * keep + (b & half) * share) >> 8 & half;
    uint32_t high = ((a >> 8 & half) * keep + (b >> 8 & half) * share) & ~half;
    return low | high;
}

/* Every channel times scale, 0 … 256. */
static inline uint32_t texture_scale(uint32_t a, uint32_t scale)
{
    const uint32_t half = 0x00ff00ff;
    return ((a & half) * scale >> 8 & half) | ((a >> 8 & half) * scale & ~half);
}

/* `over` on top of `under`; over is premultiplied. */
static inline uint32_t texture_over(uint32_t under, uint32_t over)
{
    uint32_t alpha = over >> 24;
    return over + texture_scale(under, 256 - alpha - (alpha >> 7));
}

/* The channels of a texel 16 bits apart, with room for 8 more bits each. */
static inline uint64_t texture_spread(uint32_t texel)
{
    return (texel | (uint64_t)texel << 24) & 0x00ff00ff00ff00ff;
}

/* Bilinear between the four texels around (x, y), in 1/65536 texels of this level, measured from
 * the centre of texel (0, 0); 0 <= x, y < side - 1. `level` comes from texture_level(). */
static inline uint32_t texture_sample(const uint32_t *level, int side, int32_t x, int32_t y)
{
    const uint32_t *texel = level + (y >> 16) * side + (x >> 16);
    uint32_t nw = texel[0], ne = texel[1], sw = texel[side], se = texel[side + 1];
    if ((nw | ne | sw | se) == 0)
        return 0; /* most of a card's surroundings */
    uint32_t fx = (uint32_t)x >> 8 & 255, fy = (uint32_t)y >> 8 & 255;
    uint32_t of_se = fx * fy >> 8, of_ne = fx - of_se, of_sw = fy - of_se;
    uint64_t sum = texture_spread(nw) * (256 - fx - fy + of_se) + texture_spread(ne) * of_ne +
                   texture_spread(sw) * of_sw + texture_spread(se) * of_se;
    sum = sum >> 8 & 0x00ff00ff00ff00ff;
    return (uint32_t)(sum | sum >> 24);
}

#endif
