#include "texture.h"

uint32_t texture_opaque(uint32_t rgb)
{
    return 0xff000000u | (rgb & 0xff) << 16 | (rgb & 0xff00) | (rgb >> 16 & 0xff);
}

void texture_fill(struct texture *texture, uint32_t texel)
{
    for (int i = 0; i < TEXTURE_SIDE * TEXTURE_SIDE; i++)
        texture->texel[i] = texel;
}

const uint32_t *texture_level(const struct texture *texture, int level)
{
    const uint32_t *texel = texture->texel;
    for (int i = 0; i < level; i++)
        texel += (TEXTURE_SIDE >> i) * (TEXTURE_SIDE >> i);
    return texel;
}

static uint32_t mean_of_four(uint32_t a, uint32_t b, uint32_t c, uint32_t d)
{
    const uint32_t half = 0x00ff00ff, round = 0x00020002;
    uint32_t low = (a & half) + (b & half) + (c & half) + (d & half) + round;
    uint32_t high = (a >> 8 & half) + (b >> 8 & half) + (c >> 8 & half) + (d >> 8 & half) + round;
    return (low >> 2 & half) | (high << 6 & ~half);
}

void texture_halve(struct texture *texture)
{
    uint32_t *from = texture->texel;
    for (int side = TEXTURE_SIDE; side > TEXTURE_SIDE >> (TEXTURE_LEVELS - 1); side /= 2) {
        uint32_t *to = from + side * side;
        for (int y = 0; y < side / 2; y++)
            for (int x = 0; x < side / 2; x++) {
                const uint32_t *four = from + 2 * y * side + 2 * x;
                to[y * (side / 2) + x] = mean_of_four(four[0], four[1], four[side], four[side + 1]);
            }
        from = to;
    }
}
