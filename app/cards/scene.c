/* The picture is composed row by row: backdrop, shadow, card; then blurred and exposed as a whole.
 * Positions are computed in float in one loop without branches, texels are fetched in integers in
 * another. */
#include "scene.h"

#include <math.h>
#include <stdlib.h>

#include "backdrop.h"
#include "pose.h"

enum { BACKDROP_REACH = 240 /* texels from the centre that every level can still serve */ };

struct scene *scene_new(int width, int height)
{
    struct scene *scene = malloc(sizeof *scene + 3 * (size_t)width * (size_t)height);
    if (!scene)
        return NULL;
    scene->width = width;
    scene->height = height;
    raster_clear(&scene->raster);
    struct chance chance = chance_seed(0, 0); /* any noise will do */
    lens_init(&scene->lens, &chance);
    return scene;
}

void scene_set(struct scene *scene, uint64_t seed, int index, float variety,
               const struct shot_range range[LOOK_COUNT])
{
    struct chance card = chance_seed(seed, 1), backdrop = chance_seed(seed, 2);
    struct chance shot = chance_seed(seed, 3);
    scene->card = card_draw(&scene->card_texture, &scene->raster, &card, index, variety);
    backdrop_draw(&scene->backdrop_texture, &scene->raster, &backdrop);
    scene->shot = shot_random(&shot, range);
}

/* The view of the backdrop: x' = start_x + x * step_x - y * step_y, y' = start_y + x * step_y + y *
 * step_x, in texels of `level`. */
struct view {
    const uint32_t *texel;
    int side;
    bool magnified; /* twice or more */
    float start_x, start_y, step_x, step_y;
};

static float limit(float value, float low, float high)
{
    return value < low ? low : value > high ? high : value;
}

static float shorter_side(const struct scene *scene)
{
    return (float)(scene->width < scene->height ? scene->width : scene->height);
}

static struct view plan_view(const struct scene *scene, const float look[LOOK_COUNT])
{
    float width = (float)scene->width, height = (float)scene->height;
    float half_diagonal = 0.5f * (width + height); /* at least; exact at a turn of 45 degrees */
    float radius = limit(look[LOOK_VIEW_RADIUS], 16, BACKDROP_REACH - 2);
    float room = BACKDROP_REACH - radius; /* so the view stays on the texture */
    float x = limit(look[LOOK_VIEW_X], -0.7f * room, 0.7f * room);
    float y = limit(look[LOOK_VIEW_Y], -0.7f * room, 0.7f * room);
    float step = radius / half_diagonal;
    int level = 0;
    for (; step > 1.4f && level < 3; level++)
        step *= 0.5f;
    float scale = 1.0f / (float)(1 << level);
    struct view view = {
        .texel = texture_level(&scene->backdrop_texture, level),
        .side = TEXTURE_SIDE >> level,
        .magnified = step <= 0.5f,
        .step_x = radius / half_diagonal * scale * chance_cosine(look[LOOK_VIEW_TURN]),
        .step_y = radius / half_diagonal * scale * chance_sine(look[LOOK_VIEW_TURN]),
    };
    float left = 0.5f - 0.5f * width, top = 0.5f - 0.5f * height; /* the first pixel's centre */
    view.start_x =
        (x + 0.5f * TEXTURE_SIDE) * scale - 0.5f + left * view.step_x - top * view.step_y;
    view.start_y =
        (y + 0.5f * TEXTURE_SIDE) * scale - 0.5f + left * view.step_y + top * view.step_x;
    return view;
}

/* Row y of the backdrop, at every `spacing`-th column. */
static void sample_view(const struct view *view, uint32_t *row, int count, int spacing, int y)
{
    int32_t at_x = (int32_t)((view->start_x - (float)y * view->step_y) * 65536);
    int32_t at_y = (int32_t)((view->start_y + (float)y * view->step_x) * 65536);
    int32_t step_x = (int32_t)(view->step_x * 65536) * spacing;
    int32_t step_y = (int32_t)(view->step_y * 65536) * spacing;
    for (int x = 0; x < count; x++) {
        row[x] = texture_sample(view->texel, view->side, at_x, at_y);
        at_x += step_x;
        at_y += step_y;
    }
}

static uint32_t mean_of_two(uint32_t a, uint32_t b)
{
    return (a & b) + ((a ^ b) >> 1 & 0x7f7f7f7f);
}

/* A backdrop that is magnified twice or more is sampled at every second column of every second row
 * only; what lies between is the mean of its neighbours. */
static void compose_backdrop(struct scene *scene, const struct view *view, int y)
{
    if (!view->magnified) {
        sample_view(view, scene->row, scene->width, 1, y);
        return;
    }
    int count = scene->width / 2 + 1;
    uint32_t *even = scene->every_second[y / 2 % 2], *next = scene->every_second[1 - y / 2 % 2];
    if (y == 0)
        sample_view(view, even, count, 2, 0);
    if (y % 2)
        sample_view(view, next, count, 2, y + 1);
    else
        next = even;
    for (int i = 0; i < count; i++)
        scene->between[i] = mean_of_two(even[i], next[i]);
    for (int i = 0; i + 1 < count; i++) {
        scene->row[2 * i] = scene->between[i];
        scene->row[2 * i + 1] = mean_of_two(scene->between[i], scene->between[i + 1]);
    }
    if (scene->width % 2)
        scene->row[scene->width - 1] = scene->between[count - 1];
}

/* Where the card is, which level of its texture serves, and its shadow, in texels of level 0. */
struct stage {
    struct pose_map map;
    const uint32_t *texel;
    int side;
    float scale;  /* texels of this level in one of level 0 */
    float shadow; /* 0 … 1 */
    float shadow_x, shadow_y, softness;
    uint32_t light; /* on the card, 0 … 256 */
};

static struct stage plan_stage(const struct scene *scene, const float look[LOOK_COUNT], float size)
{
    float shorter = shorter_side(scene);
    float pictogram = limit(look[LOOK_SIZE] * size, 0.1f, 1.2f) * shorter;
    float room = shorter > pictogram ? 0.5f * (shorter - pictogram) : 0;
    struct pose pose = {
        .side_px = pictogram * TEXTURE_SIDE / CARD_PICTOGRAM,
        .x_px = 0.5f * (float)scene->width + look[LOOK_X] * room,
        .y_px = 0.5f * (float)scene->height + look[LOOK_Y] * room,
        .roll = look[LOOK_ROLL],
        .yaw = look[LOOK_YAW],
        .pitch = look[LOOK_PITCH],
    };
    struct stage stage = {.map = pose_project(&pose, scene->width, scene->height)};
    int level = 0;
    for (float step = TEXTURE_SIDE / pose.side_px; step > 1.4f && level < TEXTURE_LEVELS - 1;
         level++)
        step *= 0.5f;
    stage.texel = texture_level(&scene->card_texture, level);
    stage.side = TEXTURE_SIDE >> level;
    stage.scale = 1.0f / (float)(1 << level);
    stage.shadow = limit(look[LOOK_SHADOW], 0, 1);
    stage.shadow_x = 14;
    stage.shadow_y = 22;
    stage.softness = 30;
    stage.light = (uint32_t)(256 * limit(0.62f + 0.42f * stage.map.facing, 0, 1));
    return stage;
}

/* The larger of value and 0, without a comparison: those may trap, and so keep compilers from using
 * vector instructions. */
static inline float above_zero(float value)
{
    return 0.5f * (value + fabsf(value));
}

/* The positions on the card, and the depth of its shadow, of pixels left … right - 1 of row y. */
static void locate(struct scene *scene, const struct stage *stage, int left, int right, int y)
{
    const struct pose_map *map = &stage->map;
    const float tiny = 1e-6f, half = 0.5f * TEXTURE_SIDE, last = (float)(stage->side - 1) - 0.01f;
    float py = (float)y + 0.5f;
    float u0 = map->m[0][1] * py + map->m[0][2], v0 = map->m[1][1] * py + map->m[1][2];
    float w0 = map->m[2][1] * py + map->m[2][2];
    float inner_x = scene->card.half_width - 8, inner_y = scene->card.half_height - 8;
    float steepness = 1 / (stage->softness * stage->softness), depth = 256 * stage->shadow;
    for (int x = left; x < right; x++) {
        float px = (float)x + 0.5f;
        float w = map->m[2][0] * px + w0;
        float per_w = TEXTURE_SIDE / (above_zero(w - tiny) + tiny); /* behind us: far away */
        float u = (map->m[0][0] * px + u0) * per_w, v = (map->m[1][0] * px + v0) * per_w;
        float tx = above_zero((u + half) * stage->scale - 0.5f);
        float ty = above_zero((v + half) * stage->scale - 0.5f);
        scene->card_x[x] = (int32_t)((last - above_zero(last - tx)) * 65536);
        scene->card_y[x] = (int32_t)((last - above_zero(last - ty)) * 65536);
        float dx = above_zero(fabsf(u - stage->shadow_x) - inner_x);
        float dy = above_zero(fabsf(v - stage->shadow_y) - inner_y);
        float near = above_zero(1 - (dx * dx + dy * dy) * steepness);
        scene->shade[x] = (uint16_t)(int32_t)(depth * near * near);
    }
}

static void compose_card(struct scene *scene, const struct stage *stage, int left, int right)
{
    for (int x = left; x < right; x++) {
        uint32_t texel =
            texture_sample(stage->texel, stage->side, scene->card_x[x], scene->card_y[x]);
        uint32_t under = scene->row[x];
        if (texel >> 24 < 255 && scene->shade[x])
            under = texture_scale(under, 256u - scene->shade[x]);
        if (texel >> 24) {
            uint32_t lit = texture_scale(texel & 0xffffff, stage->light);
            under = texture_over(under, lit | (texel & 0xff000000));
        }
        scene->row[x] = under;
    }
}

static void store_row(const uint32_t *row, int width, uint8_t *rgb)
{
    for (int x = 0; x < width; x++) {
        rgb[3 * x] = (uint8_t)row[x];
        rgb[3 * x + 1] = (uint8_t)(row[x] >> 8);
        rgb[3 * x + 2] = (uint8_t)(row[x] >> 16);
    }
}

static void compose(struct scene *scene, const float look[LOOK_COUNT], float size, uint8_t *rgb)
{
    struct view view = plan_view(scene, look);
    struct stage stage = plan_stage(scene, look, size);
    int left = scene->card.held ? 0 : stage.map.left;
    int right = scene->card.held ? scene->width : stage.map.right;
    int top = scene->card.held ? 0 : stage.map.top;
    int bottom = scene->card.held ? scene->height : stage.map.bottom;
    for (int y = 0; y < scene->height; y++) {
        compose_backdrop(scene, &view, y);
        if (y >= top && y < bottom) {
            locate(scene, &stage, left, right, y);
            compose_card(scene, &stage, left, right);
        }
        store_row(scene->row, scene->width, rgb + 3 * (size_t)y * (size_t)scene->width);
    }
}

/* How far the card moves in the picture while the shutter is open. */
static struct lens_blur plan_blur(const struct scene *scene, const float look[LOOK_COUNT],
                                  float time_s)
{
    const float tick_s = 1.0f / 64;
    float later[LOOK_COUNT];
    shot_look(&scene->shot, time_s + tick_s, later);
    float shorter = shorter_side(scene);
    float room = 0.5f * shorter * limit(1 - look[LOOK_SIZE], 0, 1);
    float open = look[LOOK_SHUTTER] / tick_s * room;
    float reach = 0.05f * shorter; /* more would leave nothing to recognise */
    return lens_plan_blur(look[LOOK_DEFOCUS] * shorter / 480,
                          limit((later[LOOK_X] - look[LOOK_X]) * open, -reach, reach),
                          limit((later[LOOK_Y] - look[LOOK_Y]) * open, -reach, reach));
}

static struct lens_exposure plan_exposure(const float look[LOOK_COUNT], uint64_t noise_seed)
{
    float gain = look[LOOK_GAIN];
    return (struct lens_exposure){
        .gain = {gain * (1 + look[LOOK_WARMTH]), gain * (1 + look[LOOK_TINT]),
                 gain * (1 - look[LOOK_WARMTH])},
        .light_x = look[LOOK_LIGHT_X],
        .light_y = look[LOOK_LIGHT_Y],
        .vignette = limit(look[LOOK_VIGNETTE], 0, 1),
        .haze = limit(look[LOOK_HAZE], 0, 255),
        .noise = limit(look[LOOK_NOISE], 0, 30),
        .noise_seed = noise_seed,
    };
}

void scene_take(struct scene *scene, float time_s, float size, uint64_t noise_seed, uint8_t *rgb)
{
    float look[LOOK_COUNT];
    shot_look(&scene->shot, time_s, look);
    struct lens_blur blur = plan_blur(scene, look, time_s);
    struct lens_exposure exposure = plan_exposure(look, noise_seed);
    /* every step goes from one buffer to the other, and the last one ends in rgb */
    uint8_t *from = blur.pass_count % 2 ? rgb : scene->draft;
    uint8_t *to = blur.pass_count % 2 ? scene->draft : rgb;
    compose(scene, look, size, from);
    for (int i = 0; i < blur.pass_count; i++) {
        lens_smear(&blur.pass[i], from, to, scene->width, scene->height);
        uint8_t *swap = from;
        from = to, to = swap;
    }
    lens_expose(&scene->lens, &exposure, from, to, scene->width, scene->height);
}
