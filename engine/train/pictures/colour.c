#include "colour.h"

#include <math.h>

static uint8_t level_of(double value)
{
    return value <= 0 ? 0 : value >= 255 ? 255 : (uint8_t)lround(value);
}

/* ITU-R 601 luma in 16 bits, as Pillow converts to grey. */
static int luma(const uint8_t *rgb)
{
    return (rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16;
}

void mn_levels_apply(const struct mn_levels *levels, uint8_t *rgb, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++, rgb += 3) {
        rgb[0] = levels->level[0][rgb[0]];
        rgb[1] = levels->level[1][rgb[1]];
        rgb[2] = levels->level[2][rgb[2]];
    }
}

/* The same for all channels: value * factor + offset. */
static struct mn_levels linear(double factor, double offset)
{
    struct mn_levels levels;
    for (int v = 0; v < 256; v++)
        levels.level[0][v] = levels.level[1][v] = levels.level[2][v] =
            level_of(v * factor + offset);
    return levels;
}

struct mn_levels mn_levels_brightness(double factor)
{
    return linear(factor, 0);
}

struct mn_levels mn_levels_contrast(double factor, const uint8_t *rgb, size_t pixels)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < pixels; i++)
        sum += (uint64_t)luma(rgb + 3 * i);
    double mean = floor((double)sum / (double)pixels + 0.5);
    return linear(factor, mean * (1 - factor));
}

struct mn_levels mn_levels_posterize(int bits)
{
    struct mn_levels levels;
    for (int v = 0; v < 256; v++)
        levels.level[0][v] = levels.level[1][v] = levels.level[2][v] =
            (uint8_t)(v & ~(0xff >> bits));
    return levels;
}

struct mn_levels mn_levels_solarize(double threshold)
{
    struct mn_levels levels;
    for (int v = 0; v < 256; v++)
        levels.level[0][v] = levels.level[1][v] = levels.level[2][v] =
            (uint8_t)(v < threshold ? v : 255 - v);
    return levels;
}

struct histogram {
    size_t count[3][256];
};

static struct histogram count_levels(const uint8_t *rgb, size_t pixels)
{
    struct histogram histogram = {0};
    for (size_t i = 0; i < pixels; i++)
        for (int c = 0; c < 3; c++)
            histogram.count[c][rgb[3 * i + (size_t)c]]++;
    return histogram;
}

struct mn_levels mn_levels_autocontrast(const uint8_t *rgb, size_t pixels)
{
    struct histogram histogram = count_levels(rgb, pixels);
    struct mn_levels levels;
    for (int c = 0; c < 3; c++) {
        int low = 0, high = 255;
        while (low < 255 && !histogram.count[c][low])
            low++;
        while (high > 0 && !histogram.count[c][high])
            high--;
        double scale = high > low ? 255.0 / (high - low) : 1;
        for (int v = 0; v < 256; v++)
            levels.level[c][v] = high > low ? level_of((v - low) * scale) : (uint8_t)v;
    }
    return levels;
}

struct mn_levels mn_levels_equalize(const uint8_t *rgb, size_t pixels)
{
    struct histogram histogram = count_levels(rgb, pixels);
    struct mn_levels levels;
    for (int c = 0; c < 3; c++) {
        int last = 255;
        while (last > 0 && !histogram.count[c][last])
            last--;
        size_t step = (pixels - histogram.count[c][last]) / 255, sum = step / 2;
        for (int v = 0; v < 256; v++) {
            size_t level = step ? sum / step : (size_t)v;
            levels.level[c][v] = (uint8_t)(level < 255 ? level : 255);
            sum += histogram.count[c][v];
        }
    }
    return levels;
}

struct mn_levels mn_levels_exposure(const double gain[3], double gamma)
{
    struct mn_levels levels;
    for (int c = 0; c < 3; c++)
        for (int v = 0; v < 256; v++) {
            double light = fmin(gain[c] * v / 255, 1);
            levels.level[c][v] = level_of(255 * (gamma != 1 ? pow(light, gamma) : light));
        }
    return levels;
}

void mn_colour_saturate(uint8_t *rgb, size_t pixels, double factor)
{
    int part = (int)(factor * 256 + 0.5); /* in 256ths: whole numbers are quicker */
    for (size_t i = 0; i < pixels; i++, rgb += 3) {
        int grey = luma(rgb);
        for (int c = 0; c < 3; c++) {
            int value = grey + (((rgb[c] - grey) * part + 128) >> 8);
            rgb[c] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
    }
}
