/* The inner loops are written so that compilers turn them into 16-bit vector instructions without
 * being asked: each handles bytes one by one, with no branch and no dependence between them. */
#include "lens.h"

#include <math.h>
#include <stddef.h>

void lens_init(struct lens *lens, struct chance *chance)
{
    for (int i = 0; i + 3 <= LENS_NOISE_BYTES; i += 3) {
        uint64_t bits = chance_bits(chance);
        int common = 0, own[3] = {0, 0, 0};
        for (int j = 0; j < 4; j++) /* sums of four are near enough to a bell curve */
            common += (int)(bits >> (6 * j) & 63) - 32;
        for (int c = 0; c < 3; c++)
            for (int j = 0; j < 3; j++)
                own[c] += (int)(bits >> (24 + 9 * c + 3 * j) & 7) * 4 - 14;
        for (int c = 0; c < 3; c++) { /* mostly brightness, some colour */
            int both = common * 3 / 4 + own[c];
            lens->noise[i + c] = (int8_t)(both < -127 ? -127 : both > 127 ? 127 : both);
        }
    }
    lens->noise[LENS_NOISE_BYTES - 1] = 0;
}

static void add_pass(struct lens_blur *blur, int dx, int dy, float variance, float step_squared)
{
    int share = (int)(variance / (2 * step_squared) * 256 + 0.5f);
    if (share > 0 && blur->pass_count < LENS_MAX_PASSES)
        blur->pass[blur->pass_count++] = (struct lens_pass){dx, dy, share};
}

/* Variances of successive blurs add up, and one pass at distance d gives up to d^2 / 2. So the
 * distance doubles until the rest is small enough, and the blur grows smoothly with the variance.
 */
static void plan_defocus(struct lens_blur *blur, float variance)
{
    for (int step = 1; step <= 16 && variance > 0; step *= 2) {
        float step_squared = (float)(step * step);
        float here = variance < 0.5f * step_squared ? variance : 0.5f * step_squared;
        add_pass(blur, step, 0, here, step_squared);
        add_pass(blur, 0, step, here, step_squared);
        variance -= here;
    }
}

static int nearest(float value)
{
    return value < 0 ? -(int)(0.5f - value) : (int)(value + 0.5f);
}

static void plan_motion(struct lens_blur *blur, float dx, float dy)
{
    float length = sqrtf(dx * dx + dy * dy);
    if (length < 0.1f)
        return;
    float variance = length * length / 12; /* of the uniform distribution over the length */
    for (int step = 1; step <= 16 && variance > 0; step *= 2) {
        float step_squared = (float)(step * step);
        float here = variance < 0.5f * step_squared ? variance : 0.5f * step_squared;
        add_pass(blur, nearest(dx / length * (float)step), nearest(dy / length * (float)step), here,
                 step_squared);
        variance -= here;
    }
}

struct lens_blur lens_plan_blur(float defocus_px, float dx_px, float dy_px)
{
    struct lens_blur blur = {.pass_count = 0};
    plan_defocus(&blur, defocus_px > 0 ? defocus_px * defocus_px : 0);
    plan_motion(&blur, dx_px, dy_px);
    return blur;
}

static void mix_bytes(const uint8_t *restrict middle, const uint8_t *restrict before,
                      const uint8_t *restrict after, uint8_t *restrict to, int count, int share)
{
    uint16_t side = (uint16_t)share, keep = (uint16_t)(256 - 2 * share);
    for (int i = 0; i < count; i++) {
        uint16_t sum = (uint16_t)(middle[i] * keep + (before[i] + after[i]) * side + 128);
        to[i] = (uint8_t)(sum >> 8);
    }
}

static int clamp(int value, int high)
{
    return value < 0 ? 0 : value > high ? high : value;
}

/* The columns near an edge, whose neighbours would be outside: the edge is repeated. */
static void mix_edge(const struct lens_pass *pass, const uint8_t *const rows[3], uint8_t *to,
                     int first, int end, int width)
{
    for (int x = first; x < end; x++) {
        int before = 3 * clamp(x - pass->dx, width - 1), after = 3 * clamp(x + pass->dx, width - 1);
        for (int c = 0; c < 3; c++)
            mix_bytes(rows[0] + 3 * x + c, rows[1] + before + c, rows[2] + after + c,
                      to + 3 * x + c, 1, pass->share);
    }
}

void lens_smear(const struct lens_pass *pass, const uint8_t *from, uint8_t *to, int width,
                int height)
{
    size_t stride = 3 * (size_t)width;
    int inset = pass->dx < 0 ? -pass->dx : pass->dx;
    int inner = width - 2 * inset;
    if (inner <= 0)
        inset = width, inner = 0;
    for (int y = 0; y < height; y++) {
        const uint8_t *rows[3] = {
            from + stride * (size_t)y,
            from + stride * (size_t)clamp(y - pass->dy, height - 1),
            from + stride * (size_t)clamp(y + pass->dy, height - 1),
        };
        uint8_t *row = to + stride * (size_t)y;
        mix_edge(pass, rows, row, 0, inset, width);
        if (inner == 0)
            continue;
        mix_edge(pass, rows, row, width - inset, width, width);
        mix_bytes(rows[0] + 3 * inset, rows[1] + 3 * (inset - pass->dx),
                  rows[2] + 3 * (inset + pass->dx), row + 3 * inset, 3 * inner, pass->share);
    }
}

/* value * light + haze + noise, in 0 … 255. Products are taken as the upper half of two 16-bit
 * factors, for which vector units have an instruction; a noise_scale of 256 is 1. */
static void expose_bytes(const uint8_t *restrict from, const uint16_t *restrict light,
                         const int8_t *restrict noise, uint8_t *restrict to, int count,
                         int row_light, int noise_scale, int haze)
{
    for (int i = 0; i < count; i++) {
        uint16_t lit = (uint16_t)(((uint32_t)light[i] * (uint32_t)row_light) >> 16);
        uint16_t bright = (uint16_t)(((uint32_t)(uint16_t)(from[i] << 8) * lit) >> 16);
        int16_t grain = (int16_t)((int16_t)(noise[i] * (int16_t)noise_scale + 128) >> 8);
        int16_t value = (int16_t)((int16_t)bright + (int16_t)haze + grain);
        value = value < 0 ? 0 : value;
        to[i] = (uint8_t)(value > 255 ? 255 : value);
    }
}

static float clamp_unit(float value, float low, float high)
{
    return value < low ? low : value > high ? high : value;
}

void lens_expose(struct lens *lens, const struct lens_exposure *exposure, const uint8_t *from,
                 uint8_t *to, int width, int height)
{
    /* light = gain * (1 + light_x * x - v x^2) * (1 + light_y * y - v y^2), x and y from -1 to 1;
     * columns
     * and rows in 1/4096: the upper half of their product is in 1/256 */
    float fall = 0.5f * exposure->vignette;
    for (int x = 0; x < width; x++) {
        float at = (2 * (float)x + 1) / (float)width - 1;
        float light = 1 + exposure->light_x * at - fall * at * at;
        for (int c = 0; c < 3; c++)
            lens->column[3 * x + c] =
                (uint16_t)clamp_unit(4096 * exposure->gain[c] * light, 0, 65535);
    }
    struct chance chance = {exposure->noise_seed};
    int noise_scale = (int)clamp_unit(exposure->noise * 8, 0, 255); /* noise has deviation 32 */
    size_t stride = 3 * (size_t)width;
    for (int y = 0; y < height; y++) {
        float at = (2 * (float)y + 1) / (float)height - 1;
        float light = 1 + exposure->light_y * at - fall * at * at;
        int offset = chance_below(&chance, (LENS_NOISE_BYTES - 3 * LENS_MAX_WIDTH) / 3) * 3;
        expose_bytes(from + stride * (size_t)y, lens->column, lens->noise + offset,
                     to + stride * (size_t)y, 3 * width, (int)clamp_unit(4096 * light, 0, 65535),
                     noise_scale, (int)exposure->haze);
    }
}
