/* Each kind is a small painter of its own; then every one gets uneven light, because no wall that a
 * camera sees is of one colour. */
#include "backdrop.h"

#include "outline.h"

static const struct outline_place FLAT = {.xx = 1, .yy = 1};

static const float SIDE = TEXTURE_SIDE;

static uint32_t wall_colour(struct chance *chance)
{
    if (chance_of(chance, 0.25f))
        return chance_colour(chance, 0.4f, 0.9f, 0.3f, 1);
    return chance_colour(chance, 0.02f, 0.4f, 0.15f, 0.95f);
}

/* From one colour to another at a random angle. */
static void paint_gradient(struct texture *texture, struct chance *chance)
{
    uint32_t a = texture_opaque(wall_colour(chance)), b = texture_opaque(wall_colour(chance));
    float turn = chance_between(chance, 0, 1);
    float dx = chance_cosine(turn) / SIDE, dy = chance_sine(turn) / SIDE;
    for (int y = 0; y < TEXTURE_SIDE; y++)
        for (int x = 0; x < TEXTURE_SIDE; x++) {
            float at = 0.5f + 0.7f * (((float)x - SIDE / 2) * dx + ((float)y - SIDE / 2) * dy);
            texture->texel[y * TEXTURE_SIDE + x] = texture_mix(a, b, (uint32_t)(at * 256));
        }
}

/* Lights out of focus before a gradient. */
static void paint_lights(struct texture *texture, struct raster *raster, struct chance *chance)
{
    paint_gradient(texture, chance);
    int count = 8 + chance_below(chance, 25);
    float size = chance_between(chance, 10, 50);
    struct outline outline;
    for (int i = 0; i < count; i++) {
        float radius = size * chance_between(chance, 0.5f, 1.6f);
        float x = chance_between(chance, 0, SIDE), y = chance_between(chance, 0, SIDE);
        uint32_t colour = chance_colour(chance, 0.1f, 0.8f, 0.6f, 1);
        float opacity = chance_between(chance, 0.1f, 0.3f);
        for (int ring = 0; ring < 4; ring++) { /* soft towards its rim */
            float r = radius * (1.2f - 0.1f * (float)ring);
            outline_ellipse(&outline, x, y, r, r);
            outline_fill(&outline, &FLAT, raster);
            raster_paint(raster, texture, colour, opacity * 0.5f);
        }
    }
}

/* Plaster, cloth, leaves: noise of several sizes between three colours. */
static void paint_clouds(struct texture *texture, struct chance *chance)
{
    uint32_t seed = (uint32_t)chance_bits(chance);
    uint32_t a = texture_opaque(wall_colour(chance)), b = texture_opaque(wall_colour(chance));
    uint32_t c = texture_opaque(wall_colour(chance));
    float wide = chance_between(chance, 2, 9) / SIDE;
    float tall = wide * chance_between(chance, 0.5f, 2);
    float coarse[TEXTURE_SIDE], fine[TEXTURE_SIDE], grain[TEXTURE_SIDE];
    for (int y = 0; y < TEXTURE_SIDE; y++) {
        float v = (float)y * tall;
        chance_noise(seed, wide, v, coarse, TEXTURE_SIDE);
        chance_noise(seed + 1, wide * 3.1f, v * 3.1f, fine, TEXTURE_SIDE);
        chance_noise(seed + 2, wide * 9.7f, v * 9.7f, grain, TEXTURE_SIDE);
        for (int x = 0; x < TEXTURE_SIDE; x++) {
            uint32_t base =
                texture_mix(a, b, (uint32_t)((0.7f * coarse[x] + 0.3f * fine[x]) * 256));
            texture->texel[y * TEXTURE_SIDE + x] =
                texture_mix(base, c, (uint32_t)(fine[x] * grain[x] * 200));
        }
    }
}

static float fraction(float x)
{
    float whole = (float)(int)x;
    return x - (whole > x ? whole - 1 : whole);
}

/* Stripes of two colours, more or less bent: wallpaper, curtains, wood. */
static void paint_stripes(struct texture *texture, struct chance *chance)
{
    uint32_t a = texture_opaque(wall_colour(chance)), b = texture_opaque(wall_colour(chance));
    uint32_t seed = (uint32_t)chance_bits(chance);
    float turn = chance_between(chance, 0, 1), count = chance_between(chance, 4, 24);
    float dx = chance_cosine(turn) * count / SIDE, dy = chance_sine(turn) * count / SIDE;
    float bend = chance_of(chance, 0.5f) ? chance_between(chance, 0, 2.5f) : 0;
    float edge = chance_between(chance, 1, 8); /* 1: soft as a wave … 8: sharp */
    float grain = chance_between(chance, 0, 0.35f);
    float warp[TEXTURE_SIDE];
    for (int y = 0; y < TEXTURE_SIDE; y++) {
        chance_noise(seed, 0.012f, (float)y * 0.012f, warp, TEXTURE_SIDE);
        for (int x = 0; x < TEXTURE_SIDE; x++) {
            float at = fraction((float)x * dx + (float)y * dy + bend * warp[x]);
            float wave = 4 * (at < 0.5f ? at : 1 - at) - 1; /* a triangle from -1 to 1 */
            float share = 0.5f + 0.5f * edge * wave;
            share = share < 0 ? 0 : share > 1 ? 1 : share;
            share = share * (1 - grain) + grain * warp[x];
            texture->texel[y * TEXTURE_SIDE + x] = texture_mix(a, b, (uint32_t)(share * 256));
        }
    }
}

/* Tiles or bricks with joints, each a little different. */
static void paint_tiles(struct texture *texture, struct raster *raster, struct chance *chance)
{
    uint32_t one = wall_colour(chance), other = wall_colour(chance);
    texture_fill(texture, texture_opaque(wall_colour(chance)));
    float wide = chance_between(chance, 28, 110);
    float tall = wide * chance_between(chance, 0.35f, 1);
    float joint = chance_between(chance, 0, 5), shift = chance_of(chance, 0.5f) ? 0.5f : 0;
    float other_share = chance_between(chance, 0, 1);
    struct outline outline;
    for (int row = 0; (float)row * tall < SIDE; row++) {
        float left = row % 2 ? -shift * wide : 0;
        for (int column = 0; left + (float)column * wide < SIDE; column++) {
            float x = left + (float)column * wide, y = (float)row * tall;
            outline_box(&outline, x + joint, y + joint, x + wide, y + tall, 0);
            outline_fill(&outline, &FLAT, raster);
            uint32_t colour = chance_of(chance, other_share) ? one : other;
            raster_paint(raster, texture, colour, chance_between(chance, 0.75f, 1));
        }
    }
}

/* A box or an ellipse anywhere, at any angle. */
static void paint_thing(struct texture *texture, struct raster *raster, struct chance *chance,
                        float least, float most)
{
    float turn = chance_of(chance, 0.5f) ? 0 : chance_between(chance, 0, 1);
    float c = chance_cosine(turn), s = chance_sine(turn);
    float x = chance_between(chance, 0, SIDE), y = chance_between(chance, 0, SIDE);
    struct outline_place place = {c, -s, x, s, c, y};
    float rx = chance_between(chance, least, most), ry = chance_between(chance, least, most);
    struct outline outline;
    if (chance_of(chance, 0.4f))
        outline_ellipse(&outline, 0, 0, rx, ry);
    else
        outline_box(&outline, -rx, -ry, rx, ry, chance_between(chance, 0, rx < ry ? rx : ry));
    if (chance_of(chance, 0.2f))
        outline_stroke(&outline, &place, chance_between(chance, 2, 10), raster);
    else
        outline_fill(&outline, &place, raster);
    uint32_t colour = chance_colour(chance, 0, 1, 0.05f, 1);
    raster_paint(raster, texture, colour, chance_between(chance, 0.6f, 1));
}

/* A crowded desk or board. */
static void paint_clutter(struct texture *texture, struct raster *raster, struct chance *chance)
{
    paint_gradient(texture, chance);
    int count = 10 + chance_below(chance, 60);
    float most = chance_between(chance, 20, 90);
    for (int i = 0; i < count; i++)
        paint_thing(texture, raster, chance, 4, most);
}

static void paint_shelf(struct texture *texture, struct raster *raster, struct chance *chance,
                        float left, float right, float board)
{
    struct outline outline;
    for (float x = left + 4; x < right;) {
        float width = chance_between(chance, 7, 22), height = chance_between(chance, 40, 78);
        outline_box(&outline, x, board - height, x + width - 1, board, 2);
        outline_fill(&outline, &FLAT, raster);
        raster_paint(raster, texture, chance_colour(chance, 0.2f, 0.85f, 0.2f, 0.95f), 1);
        x += chance_of(chance, 0.12f) ? 3 * width : width;
    }
    outline_box(&outline, left, board, right, board + 8, 0);
    outline_fill(&outline, &FLAT, raster);
    raster_paint(raster, texture, 0x6d4c33, 1);
}

static void paint_person(struct texture *texture, struct raster *raster, struct chance *chance)
{
    static const uint32_t SKINS[] = {0xffd8be, 0xe8b98a, 0xb97a4b, 0x7a4a2a};
    static const uint32_t HAIRS[] = {0x1d1a18, 0x4a2f1b, 0x8c5a2b, 0xcaa35a, 0x9a9a9a};
    float x = chance_between(chance, 150, 360), y = chance_between(chance, 150, 240);
    float size = chance_between(chance, 50, 80);
    uint32_t skin = SKINS[chance_below(chance, 4)], hair = HAIRS[chance_below(chance, 5)];
    uint32_t shirt = chance_colour(chance, 0, 0.8f, 0.1f, 0.95f);
    struct outline outline;
    outline_box(&outline, x - 2.1f * size, y + 1.5f * size, x + 2.1f * size, 640, size);
    outline_fill(&outline, &FLAT, raster);
    raster_paint(raster, texture, shirt, 1);
    outline_box(&outline, x - 0.4f * size, y, x + 0.4f * size, y + 1.8f * size, 0.38f * size);
    outline_fill(&outline, &FLAT, raster);
    raster_paint(raster, texture, skin, 1);
    outline_ellipse(&outline, x, y - 0.15f * size, 0.95f * size, 1.2f * size);
    outline_fill(&outline, &FLAT, raster);
    raster_paint(raster, texture, hair, 1);
    outline_ellipse(&outline, x, y + 0.1f * size, 0.8f * size, 1.05f * size);
    outline_fill(&outline, &FLAT, raster);
    raster_paint(raster, texture, skin, 1);
}

/* A room: wall, window or shelves, perhaps somebody in front. */
static void paint_room(struct texture *texture, struct raster *raster, struct chance *chance)
{
    paint_gradient(texture, chance);
    struct outline outline;
    if (chance_of(chance, 0.6f)) {
        float left = chance_between(chance, 0, 220), first = chance_between(chance, 90, 150);
        float right = left + chance_between(chance, 150, 300);
        int boards = 2 + chance_below(chance, 3);
        for (int i = 0; i < boards; i++)
            paint_shelf(texture, raster, chance, left, right, first + 100 * (float)i);
    }
    if (chance_of(chance, 0.5f)) {
        float x = chance_between(chance, 20, 330), y = chance_between(chance, 20, 120);
        for (int i = 0; i < 2; i++) {
            outline_box(&outline, x + 72 * (float)i, y, x + 72 * (float)i + 66, y + 170, 0);
            outline_fill(&outline, &FLAT, raster);
        }
        raster_paint(raster, texture, chance_colour(chance, 0, 0.25f, 0.85f, 1), 1);
    }
    float floor = chance_between(chance, 340, 470);
    outline_box(&outline, -1, floor, SIDE + 1, SIDE + 1, 0);
    outline_fill(&outline, &FLAT, raster);
    raster_paint(raster, texture, chance_colour(chance, 0.1f, 0.6f, 0.2f, 0.7f), 1);
    if (chance_of(chance, 0.6f))
        paint_person(texture, raster, chance);
}

/* Large, soft differences of brightness, and grain. */
static void light_unevenly(struct texture *texture, struct chance *chance)
{
    uint32_t seed = (uint32_t)chance_bits(chance);
    float depth = chance_between(chance, 0.05f, 0.35f), grain = chance_between(chance, 0, 0.1f);
    float soft[TEXTURE_SIDE], fine[TEXTURE_SIDE];
    for (int y = 0; y < TEXTURE_SIDE; y++) {
        chance_noise(seed, 0.006f, (float)y * 0.006f, soft, TEXTURE_SIDE);
        chance_noise(seed + 1, 0.24f, (float)y * 0.24f, fine, TEXTURE_SIDE);
        for (int x = 0; x < TEXTURE_SIDE; x++) {
            uint32_t *texel = &texture->texel[y * TEXTURE_SIDE + x];
            float light = 1 - depth * soft[x] - grain * fine[x];
            *texel = texture_scale(*texel & 0xffffff, (uint32_t)(light * 256)) | 0xff000000;
        }
    }
}

void backdrop_draw(struct texture *texture, struct raster *raster, struct chance *chance)
{
    switch (chance_below(chance, 8)) {
    case 0:
        paint_lights(texture, raster, chance);
        break;
    case 1:
        paint_clouds(texture, chance);
        break;
    case 2:
        paint_stripes(texture, chance);
        break;
    case 3:
        paint_tiles(texture, raster, chance);
        break;
    case 4:
    case 5:
        paint_clutter(texture, raster, chance);
        break;
    default:
        paint_room(texture, raster, chance);
        break;
    }
    light_unevenly(texture, chance);
    texture_halve(texture);
}
