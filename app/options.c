/* The parser is getopt_long (glibc): it does abbreviations, "--name=value" and operands between
 * flags as people know them. Its table is made from ours; long options get the codes 256 and up, in
 * the order of the table. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 64, LONG_CODE = 256 };

/* A table with its groups laid flat: each option with the place its value goes to. */
struct flat {
    int count;
    struct {
        const struct option_spec *spec;
        size_t offset;
    } option[MAX_OPTIONS];
};

static void flatten(struct flat *flat, const struct option_spec *table, size_t offset)
{
    for (const struct option_spec *spec = table; spec->name; spec++)
        if (spec->type == OPTION_GROUP)
            flatten(flat, spec->group, offset + spec->offset);
        else if (flat->count < MAX_OPTIONS) {
            flat->option[flat->count].spec = spec;
            flat->option[flat->count++].offset = offset + spec->offset;
        }
}

static enum mn_status bad_value(const struct option_spec *spec, const char *text,
                                struct mn_error *error)
{
    if (spec->type == OPTION_CHOICE) {
        char list[256] = "";
        for (int i = 0; spec->choices[i]; i++)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "",
                     spec->choices[i]);
        return mn_fail(error, MN_BAD_INPUT, "--%s %s: must be one of %s", spec->name, text, list);
    }
    return mn_fail(error, MN_BAD_INPUT, "--%s %s: must be a %s from %g to %g", spec->name, text,
                   spec->type == OPTION_INTEGER ? "whole number" : "number", spec->low, spec->high);
}

static enum mn_status set_number(const struct option_spec *spec, const char *text, void *place,
                                 struct mn_error *error)
{
    char *end;
    errno = 0;
    double number =
        spec->type == OPTION_INTEGER ? (double)strtol(text, &end, 10) : strtod(text, &end);
    if (end == text || *end || errno || !(number >= spec->low && number <= spec->high))
        return bad_value(spec, text, error);
    if (spec->type == OPTION_INTEGER)
        *(int *)place = (int)number;
    else
        *(double *)place = number;
    return MN_OK;
}

static enum mn_status set_value(const struct option_spec *spec, const char *text, void *place,
                                struct mn_error *error)
{
    switch (spec->type) {
    case OPTION_FLAG:
        *(bool *)place = true;
        return MN_OK;
    case OPTION_TEXT:
        if (!*text)
            return mn_fail(error, MN_BAD_INPUT, "--%s: the value is empty", spec->name);
        *(const char **)place = text;
        return MN_OK;
    case OPTION_CHOICE:
        for (int i = 0; spec->choices[i]; i++)
            if (strcmp(text, spec->choices[i]) == 0) {
                *(int *)place = i;
                return MN_OK;
            }
        return bad_value(spec, text, error);
    case OPTION_INTEGER:
    case OPTION_REAL:
        return set_number(spec, text, place, error);
    case OPTION_GROUP:
        break;
    }
    return MN_OK;
}

enum mn_status options_parse(const struct command *command, int argc, char **argv, void *settings,
                             int *first_operand, bool *help, struct mn_error *error)
{
    struct flat flat = {0};
    flatten(&flat, command->options, 0);
    struct option longs[MAX_OPTIONS + 2] = {0};
    char letters[2 * MAX_OPTIONS + 4] = ":h";
    size_t used = strlen(letters);
    for (int i = 0; i < flat.count; i++) {
        const struct option_spec *spec = flat.option[i].spec;
        int has_argument = spec->type == OPTION_FLAG ? no_argument : required_argument;
        longs[i] =
            (struct option){.name = spec->name, .has_arg = has_argument, .val = LONG_CODE + i};
        if (spec->letter) {
            letters[used++] = spec->letter;
            if (has_argument)
                letters[used++] = ':';
        }
    }
    longs[flat.count] = (struct option){.name = "help", .val = 'h'};

    memcpy(settings, command->defaults, command->settings_size);
    *help = false;
    optind = 0; /* glibc: start anew */
    opterr = 0;
    int code;
    while ((code = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        if (code == 'h') {
            *help = true;
            return MN_OK;
        }
        const char *given = argv[optind - 1];
        if (code == ':')
            return mn_fail(error, MN_BAD_INPUT, "%s needs a value; see camlabel %s --help", given,
                           command->name);
        if (code == '?' && optopt && optopt < LONG_CODE)
            return mn_fail(error, MN_BAD_INPUT, "there is no flag -%c; see camlabel %s --help",
                           optopt, command->name);
        if (code == '?')
            return mn_fail(error, MN_BAD_INPUT,
                           "%s: no such flag, or not this way; see camlabel %s --help", given,
                           command->name);
        int i = code - LONG_CODE;
        if (code < LONG_CODE)
            for (i = 0; flat.option[i].spec->letter != code; i++)
                ;
        if (set_value(flat.option[i].spec, optarg, (char *)settings + flat.option[i].offset, error))
            return error->status;
    }
    *first_operand = optind;
    return MN_OK;
}

/* Prints text from column `indent`, broken before column 80. */
static void print_wrapped(FILE *file, const char *text, int indent)
{
    int column = indent;
    while (*text) {
        int word = (int)strcspn(text, " ");
        if (column > indent && column + 1 + word > 79) {
            fprintf(file, "\n%*s", indent, "");
            column = indent;
        }
        column += fprintf(file, "%s%.*s", column > indent ? " " : "", word, text);
        text += word;
        text += strspn(text, " ");
    }
    fputc('\n', file);
}

static void print_option(FILE *file, const struct option_spec *spec)
{
    enum { HELP_COLUMN = 27 };
    char flag[80];
    int length = snprintf(flag, sizeof flag, "  %c%c%c --%s%s%s", spec->letter ? '-' : ' ',
                          spec->letter ? spec->letter : ' ', spec->letter ? ',' : ' ', spec->name,
                          spec->argument ? " " : "", spec->argument ? spec->argument : "");
    if (length > HELP_COLUMN - 2)
        fprintf(file, "%s\n%*s", flag, HELP_COLUMN, "");
    else
        fprintf(file, "%-*s", HELP_COLUMN, flag);
    print_wrapped(file, spec->help, HELP_COLUMN);
}

void options_print_help(const struct command *command, FILE *file)
{
    struct flat flat = {0};
    flatten(&flat, command->options, 0);
    fprintf(file, "usage: camlabel %s [options]%s%s\n", command->name,
            *command->operands ? " " : "", command->operands);
    print_wrapped(file, command->summary, 0);
    fputs("\noptions:\n", file);
    for (int i = 0; i < flat.count; i++)
        print_option(file, flat.option[i].spec);
    print_option(file, &(struct option_spec){.letter = 'h', .name = "help", .help = "this text"});
    if (*command->details) {
        fputc('\n', file);
        print_wrapped(file, command->details, 0);
    }
    if (*command->examples)
        fputs("\nexamples:\n", file);
    for (const char *line = command->examples; *line; line = strchr(line, '\n') + 1)
        fprintf(file, "  %.*s\n", (int)strcspn(line, "\n"), line);
    fputs("\nexit codes: 0 done, 1 failed, 2 bad input or usage\n", file);
}
