#include "recipe_value.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../../engine/train/schedule.h"
#include "../option_value.h"

/* A number at *text, from low to high, that is followed by one of `ends` or the end of the text.
 * Moves *text behind it and the end's character, which is returned; -1 if it is none. */
static int take_number(const char **text, const char *ends, double low, double high, double *number)
{
    char *end;
    *number = strtod(*text, &end);
    if (end == *text || !(*number >= low && *number <= high) || (*end && !strchr(ends, *end)))
        return -1;
    *text = *end ? end + 1 : end;
    return *end;
}

enum mn_status recipe_set_range(const struct option_spec *spec, const char *text, void *place,
                                struct mn_error *error)
{
    double range[2];
    if (take_number(&text, ",", spec->low, spec->high, &range[0]) != ',' ||
        take_number(&text, "", spec->low, spec->high, &range[1]) != 0 || range[0] > range[1])
        return mn_fail(error, MN_BAD_INPUT, "must be two numbers LO,HI from %g to %g", spec->low,
                       spec->high);
    memcpy(place, range, sizeof range);
    return MN_OK;
}

void recipe_print_range(const struct option_spec *spec, const void *place, char *text, size_t size)
{
    (void)spec;
    const double *range = place;
    char low[32], high[32];
    option_print_real(range[0], low, sizeof low);
    option_print_real(range[1], high, sizeof high);
    snprintf(text, size, "%s,%s", low, high);
}

enum mn_status recipe_set_rgb(const struct option_spec *spec, const char *text, void *place,
                              struct mn_error *error)
{
    float rgb[3];
    int count = 0, end = ',';
    for (; end == ',' && count < 3; count++) {
        double number;
        end = take_number(&text, ",", spec->low, spec->high, &number);
        rgb[count] = (float)number;
    }
    if (end != 0 || count == 2)
        return mn_fail(error, MN_BAD_INPUT, "must be R,G,B or one number for all, from %g to %g",
                       spec->low, spec->high);
    if (count == 1)
        rgb[1] = rgb[2] = rgb[0];
    memcpy(place, rgb, sizeof rgb);
    return MN_OK;
}

/* The shortest text that reads back as the same float. */
static void print_float(float number, char *text, size_t size)
{
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, size, "%.*g", digits, (double)number);
        if ((float)strtod(text, NULL) == number)
            return;
    }
}

void recipe_print_rgb(const struct option_spec *spec, const void *place, char *text, size_t size)
{
    (void)spec;
    const float *rgb = place;
    char part[3][32];
    for (int i = 0; i < 3; i++)
        print_float(rgb[i], part[i], sizeof part[i]);
    snprintf(text, size, "%s,%s,%s", part[0], part[1], part[2]);
}

enum mn_status recipe_set_sizes(const struct option_spec *spec, const char *text, void *place,
                                struct mn_error *error)
{
    (void)spec;
    return mn_schedule_parse_sizes(strcmp(text, "same") == 0 ? "" : text, place, error);
}

void recipe_print_sizes(const struct option_spec *spec, const void *place, char *text, size_t size)
{
    (void)spec;
    mn_schedule_print_sizes(place, text, size);
    if (!*text)
        snprintf(text, size, "same");
}

enum mn_status recipe_set_policy(const struct option_spec *spec, const char *text, void *place,
                                 struct mn_error *error)
{
    (void)spec;
    bool trivial = strcmp(text, "trivial") == 0;
    if (!trivial && strcmp(text, "none") != 0)
        return mn_fail(error, MN_BAD_INPUT, "must be one of none, trivial");
    *(bool *)place = trivial;
    return MN_OK;
}

void recipe_print_policy(const struct option_spec *spec, const void *place, char *text, size_t size)
{
    (void)spec;
    snprintf(text, size, "%s", *(const bool *)place ? "trivial" : "none");
}

enum mn_status recipe_set_seed(const struct option_spec *spec, const char *text, void *place,
                               struct mn_error *error)
{
    (void)spec;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (end == text || *end || errno || *text == '-')
        return mn_fail(error, MN_BAD_INPUT, "must be a whole number from 0 to %" PRIu64,
                       UINT64_MAX);
    *(uint64_t *)place = number;
    return MN_OK;
}

void recipe_print_seed(const struct option_spec *spec, const void *place, char *text, size_t size)
{
    (void)spec;
    snprintf(text, size, "%" PRIu64, *(const uint64_t *)place);
}
