/* Builds tap tables in double precision and stores them as float32.
 *
 * All outputs have the same number of taps, so that the kernels need no second array; near an end
 * of the line the window is moved inwards and the weights that this brings in are 0. */
#include "taps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

struct line {
    double begin, scale; /* of the crop */
    double half_width;   /* of the filter */
    int samples;
};

struct window {
    double centre;
    int first, end;
};

static struct line make_line(double begin, double end, int samples, int outputs)
{
    struct line line;
    line.begin = begin;
    line.scale = (end - begin) / outputs;
    line.half_width = fmax(1, line.scale);
    line.samples = samples;
    return line;
}

/* The samples whose centres lie under the triangle. */
static struct window make_window(const struct line *line, int output)
{
    struct window window;
    window.centre = line->begin + (output + 0.5) * line->scale;
    window.first = (int)fmax(0, floor(window.centre - line->half_width + 0.5));
    window.end = (int)fmin(line->samples, ceil(window.centre + line->half_width - 0.5));
    return window;
}

static double triangle(const struct line *line, const struct window *window, int sample)
{
    return fmax(0, 1 - fabs(sample + 0.5 - window->centre) / line->half_width);
}

static void fill(float *weight, const struct line *line, const struct window *window)
{
    double sum = 0;
    for (int s = window->first; s < window->end; s++)
        sum += triangle(line, window, s);
    for (int s = window->first; s < window->end; s++)
        weight[s - window->first] = (float)(triangle(line, window, s) / sum);
}

bool mn_taps_build(struct mn_taps *taps, double begin, double end, int samples, int outputs)
{
    mn_taps_free(taps);
    if (outputs < 1 || samples < 1 || outputs > MN_MAX_IMAGE_SIDE || samples > MN_MAX_IMAGE_SIDE)
        return false;
    struct line line = make_line(begin, end, samples, outputs);
    int tap_count = 1;
    for (int i = 0; i < outputs; i++) {
        struct window window = make_window(&line, i);
        if (window.end - window.first > tap_count)
            tap_count = window.end - window.first;
    }
    taps->outputs = outputs;
    taps->tap_count = tap_count;
    taps->first = calloc((size_t)outputs, sizeof *taps->first);
    taps->weight = calloc((size_t)outputs * (size_t)tap_count, sizeof *taps->weight);
    if (!taps->first || !taps->weight) {
        mn_taps_free(taps);
        return false;
    }
    for (int i = 0; i < outputs; i++) {
        struct window window = make_window(&line, i);
        int last_first = samples - tap_count;
        int first = window.first < last_first ? window.first : last_first;
        taps->first[i] = first;
        fill(taps->weight + (size_t)i * (size_t)tap_count + (window.first - first), &line, &window);
    }
    return true;
}

void mn_taps_free(struct mn_taps *taps)
{
    free(taps->first);
    free(taps->weight);
    memset(taps, 0, sizeof *taps);
}
