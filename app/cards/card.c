#include "card.h"

#include "outline.h"
#include "pictogram.h"

static const float BLANK_PAPER_MARGIN = 22; /* from pictogram to paper's edge, at least */

/* How this card's print differs from the ideal: a weak cartridge, old paper, a screen. */
struct print {
    float saturation; /* 1: as designed */
    float fade;       /* 0 … 1 towards the paper */
    float tint[3];    /* added to R, G and B, in 1/255 */
    uint32_t paper;
};

static float channel(uint32_t rgb, int shift)
{
    return (float)(rgb >> shift & 0xff);
}

static uint32_t to_byte(float value)
{
    return value < 0 ? 0 : value > 255 ? 255 : (uint32_t)(value + 0.5f);
}

static uint32_t print_colour(const struct print *print, uint32_t rgb)
{
    float grey = 0.3f * channel(rgb, 16) + 0.59f * channel(rgb, 8) + 0.11f * channel(rgb, 0);
    uint32_t printed = 0;
    for (int i = 0; i < 3; i++) {
        int shift = 16 - 8 * i;
        float value = grey + (channel(rgb, shift) - grey) * print->saturation + print->tint[i];
        value += (channel(print->paper, shift) - value) * print->fade;
        printed |= to_byte(value) << shift;
    }
    return printed;
}

static struct print random_print(struct chance *chance, float variety)
{
    struct print print;
    print.saturation = chance_between(chance, 1 - 0.45f * variety, 1 + 0.25f * variety);
    print.fade = chance_between(chance, 0, 0.3f * variety);
    for (int i = 0; i < 3; i++)
        print.tint[i] = chance_between(chance, -22 * variety, 22 * variety);
    if (chance_of(chance, 0.35f * variety))
        print.paper = chance_colour(chance, 0.05f, 0.35f, 0.7f, 1);
    else /* white to cream */
        print.paper = 0xffffff - 0x010203 * (uint32_t)chance_below(chance, 9);
    return print;
}

static struct card random_size(struct chance *chance, float variety)
{
    float least = 0.5f * CARD_PICTOGRAM + BLANK_PAPER_MARGIN;
    struct card card = {.held = false};
    card.half_width = chance_between(chance, 188 - 20 * variety, 188 + 50 * variety);
    card.half_height = chance_between(chance, 205 - 30 * variety, 205 + 40 * variety);
    card.half_width = card.half_width < least ? least : card.half_width;
    card.half_height = card.half_height < least ? least : card.half_height;
    return card;
}

static void paint_pictogram(struct texture *texture, struct raster *raster,
                            const struct print *print, int index)
{
    const struct pictogram *pictogram = pictogram_at(index);
    const float scale = (float)CARD_PICTOGRAM / PICTOGRAM_SIDE;
    const float corner = CARD_CENTRE - 0.5f * CARD_PICTOGRAM;
    struct outline_place place = {.xx = scale, .yy = scale, .x = corner, .y = corner};
    struct outline outline;
    for (int i = 0; i < pictogram->shape_count; i++) {
        const struct pictogram_shape *shape = &pictogram->shape[i];
        outline_path(&outline, shape->path);
        if (shape->fill != PICTOGRAM_NONE) {
            outline_fill(&outline, &place, raster);
            raster_paint(raster, texture, print_colour(print, shape->fill), 1);
        }
        if (shape->stroke != PICTOGRAM_NONE) {
            outline_stroke(&outline, &place, (float)shape->stroke_tenths / 10, raster);
            raster_paint(raster, texture, print_colour(print, shape->stroke), 1);
        }
    }
}

static const struct outline_place FLAT = {.xx = 1, .yy = 1};

/* Something like a written name below the picture; what it says must not matter. */
static void paint_caption(struct texture *texture, struct raster *raster, struct chance *chance,
                          const struct print *print, const struct card *card)
{
    float room = card->half_height - 0.5f * CARD_PICTOGRAM;
    float height = chance_between(chance, 0.2f, 0.4f) * room;
    float base = CARD_CENTRE + card->half_height - 0.3f * room;
    int letters = 3 + chance_below(chance, 6);
    float x = CARD_CENTRE - 0.45f * height * (float)letters;
    struct outline outline;
    for (int i = 0; i < letters; i++, x += 0.9f * height) {
        float rise = chance_of(chance, 0.3f) ? 1.5f : 1;
        if (chance_of(chance, 0.5f))
            outline_ellipse(&outline, x + 0.35f * height, base - 0.5f * height, 0.35f * height,
                            0.5f * height);
        else
            outline_box(&outline, x, base - rise * height, x + 0.3f * height, base, 0);
        outline_stroke(&outline, &FLAT, 0.2f * height, raster);
    }
    raster_paint(raster, texture, print_colour(print, 0x202028), 1);
}

/* Light that falls off over the paper, and a soft reflection; both move with the card. */
static void shade_paper(struct texture *texture, struct chance *chance, float variety)
{
    float turn = chance_between(chance, 0, 1);
    float fall = chance_between(chance, 0, 0.05f + 0.3f * variety) / TEXTURE_SIDE;
    float dx = fall * chance_cosine(turn), dy = fall * chance_sine(turn);
    float shine = chance_of(chance, 0.35f) ? chance_between(chance, 0, 0.45f * variety) : 0;
    float shine_x = chance_between(chance, 100, 412), shine_y = chance_between(chance, 100, 412);
    float size = chance_between(chance, 40, 150);
    for (int y = 0; y < TEXTURE_SIDE; y++)
        for (int x = 0; x < TEXTURE_SIDE; x++) {
            uint32_t *texel = &texture->texel[y * TEXTURE_SIDE + x];
            float px = (float)x, py = (float)y;
            float light = 1 - 256 * fall + (px - CARD_CENTRE) * dx + (py - CARD_CENTRE) * dy;
            uint32_t alpha = *texel & 0xff000000;
            uint32_t lit = texture_scale(*texel & 0xffffff, (uint32_t)(light * 256));
            float far =
                ((px - shine_x) * (px - shine_x) + (py - shine_y) * (py - shine_y)) / (size * size);
            if (far < 1 && shine > 0) {
                uint32_t share = (uint32_t)((1 - far) * (1 - far) * shine * 256);
                lit =
                    texture_mix(lit, texture_scale(0xffffff, (alpha >> 24) + (alpha >> 31)), share);
            }
            *texel = alpha | (lit & 0xffffff);
        }
}

static const uint32_t SKINS[] = {0xffdbc4, 0xf1c27d, 0xe0ac69, 0xc68642, 0x8d5524, 0x5c3a21};

static uint32_t darker(uint32_t rgb, float times)
{
    return to_byte(channel(rgb, 16) * times) << 16 | to_byte(channel(rgb, 8) * times) << 8 |
           to_byte(channel(rgb, 0) * times);
}

/* A finger from beyond an edge of the texture onto the paper. side: 0 bottom, 1 left, 2 right */
static void paint_finger(struct texture *texture, struct raster *raster, struct chance *chance,
                         const struct card *card, int side, uint32_t skin, float along)
{
    float half = side == 0 ? card->half_height : card->half_width;
    float margin = half - 0.5f * CARD_PICTOGRAM; /* of paper beside the pictogram */
    float width = chance_between(chance, 74, 104);
    float tip = half - chance_between(chance, 0.3f, 1.1f) * margin + 0.5f * width;
    struct outline_place place = {.xy = -1, .yx = 1, .x = CARD_CENTRE, .y = CARD_CENTRE};
    if (side == 1)
        place = (struct outline_place){.xx = -1, .yy = 1, .x = CARD_CENTRE, .y = CARD_CENTRE};
    if (side == 2)
        place = (struct outline_place){.xx = 1, .yy = 1, .x = CARD_CENTRE, .y = CARD_CENTRE};
    struct outline outline;
    const float shade[] = {0.55f, 0.8f, 1};
    for (int i = 0; i < 3; i++) { /* narrower and lighter from the outline to the middle */
        float inset = (float)i * 0.09f * width;
        outline_box(&outline, tip - 0.5f * width + inset, along - 0.5f * width + inset, 600,
                    along + 0.5f * width - inset * 1.4f, 0.48f * width - inset);
        outline_fill(&outline, &place, raster);
        raster_paint(raster, texture, darker(skin, shade[i]), i == 0 ? 0.7f : 1);
    }
    outline_box(&outline, tip - 0.36f * width, along - 0.26f * width, tip + 0.1f * width,
                along + 0.22f * width, 0.2f * width);
    outline_fill(&outline, &place, raster);
    raster_paint(raster, texture, 0xffe4dc, 0.45f); /* the nail */
}

static void paint_hand(struct texture *texture, struct raster *raster, struct chance *chance,
                       const struct card *card)
{
    uint32_t skin = SKINS[chance_below(chance, (int)(sizeof SKINS / sizeof SKINS[0]))];
    skin = darker(skin, chance_between(chance, 0.75f, 1));
    int side = chance_below(chance, 4);
    float along = chance_between(chance, -110, 110);
    if (side < 3) {
        paint_finger(texture, raster, chance, card, side, skin, along);
    } else { /* in both hands */
        paint_finger(texture, raster, chance, card, 1, skin, along);
        paint_finger(texture, raster, chance, card, 2, skin, along * 0.7f);
    }
}

struct card card_draw(struct texture *texture, struct raster *raster, struct chance *chance,
                      int index, float variety)
{
    struct print print = random_print(chance, variety);
    struct card card = random_size(chance, variety);
    struct outline outline;
    texture_fill(texture, 0);
    outline_box(&outline, CARD_CENTRE - card.half_width, CARD_CENTRE - card.half_height,
                CARD_CENTRE + card.half_width, CARD_CENTRE + card.half_height,
                chance_between(chance, 24 - 22 * variety, 28));
    outline_fill(&outline, &FLAT, raster);
    raster_paint(raster, texture, print.paper, 1);
    paint_pictogram(texture, raster, &print, index);
    if (chance_of(chance, 0.8f * variety - 0.25f))
        paint_caption(texture, raster, chance, &print, &card);
    shade_paper(texture, chance, variety);
    card.held = chance_of(chance, 0.45f);
    if (card.held)
        paint_hand(texture, raster, chance, &card);
    texture_halve(texture);
    return card;
}
