#include "option_value.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static enum mn_status set_choice(const struct option_spec *spec, const char *text, int *place,
                                 struct mn_error *error)
{
    char list[256] = "";
    for (int i = 0; spec->choices[i]; i++) {
        if (strcmp(text, spec->choices[i]) == 0) {
            *place = i;
            return MN_OK;
        }
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", spec->choices[i]);
    }
    return mn_fail(error, MN_BAD_INPUT, "must be one of %s", list);
}

static enum mn_status set_number(const struct option_spec *spec, const char *text, void *place,
                                 struct mn_error *error)
{
    char *end;
    errno = 0;
    double number =
        spec->type == OPTION_INTEGER ? (double)strtol(text, &end, 10) : strtod(text, &end);
    bool too_large = errno == ERANGE && !(number > -1 && number < 1);
    if (end == text || *end || too_large || !(number >= spec->low && number <= spec->high))
        return mn_fail(error, MN_BAD_INPUT, "must be a %s from %g to %g",
                       spec->type == OPTION_INTEGER ? "whole number" : "number", spec->low,
                       spec->high);
    if (spec->type == OPTION_INTEGER)
        *(int *)place = (int)number;
    else
        *(double *)place = number;
    return MN_OK;
}

/* A flag on the command line has no text. */
static enum mn_status set_flag(const char *text, bool *place, struct mn_error *error)
{
    if (text && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
        return mn_fail(error, MN_BAD_INPUT, "must be true or false");
    *place = !text || *text == 't';
    return MN_OK;
}

enum mn_status option_set(const struct option_spec *spec, const char *text, void *place,
                          struct mn_error *error)
{
    switch (spec->type) {
    case OPTION_FLAG:
        return set_flag(text, place, error);
    case OPTION_TEXT:
        if (!*text)
            return mn_fail(error, MN_BAD_INPUT, "the value is empty");
        *(const char **)place = text;
        return MN_OK;
    case OPTION_CHOICE:
        return set_choice(spec, text, place, error);
    case OPTION_INTEGER:
    case OPTION_REAL:
        return set_number(spec, text, place, error);
    case OPTION_OWN:
    case OPTION_SOURCE:
        return spec->set(spec, text, place, error);
    case OPTION_GROUP:
        break;
    }
    return MN_OK;
}

void option_print_real(double number, char *text, size_t size)
{
    for (int digits = 6; digits <= 17; digits++) { /* with fewer, 20 would be 2e+01 */
        snprintf(text, size, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            return;
    }
}

void option_print(const struct option_spec *spec, const void *place, char text[OPTION_TEXT_SIZE])
{
    *text = 0;
    switch (spec->type) {
    case OPTION_FLAG:
        snprintf(text, OPTION_TEXT_SIZE, "%s", *(const bool *)place ? "true" : "false");
        break;
    case OPTION_TEXT:
        snprintf(text, OPTION_TEXT_SIZE, "%s", *(const char *const *)place);
        break;
    case OPTION_CHOICE:
        snprintf(text, OPTION_TEXT_SIZE, "%s", spec->choices[*(const int *)place]);
        break;
    case OPTION_INTEGER:
        snprintf(text, OPTION_TEXT_SIZE, "%d", *(const int *)place);
        break;
    case OPTION_REAL:
        option_print_real(*(const double *)place, text, OPTION_TEXT_SIZE);
        break;
    case OPTION_OWN:
        spec->print(spec, place, text, OPTION_TEXT_SIZE);
        break;
    case OPTION_SOURCE:
    case OPTION_GROUP:
        break;
    }
}
