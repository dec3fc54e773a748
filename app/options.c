/* The parser is getopt_long (glibc): it does "--name=value" and operands between flags as people
 * know them. Its abbreviations are refused: they would turn a wrong flag into another one, and
 * break when a flag is added. Its table is made from ours; long options get the codes 256 and up,
 * in the order of the table. */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "flag_hint.h"
#include "option_value.h"

enum { LONG_CODE = 256, HELP_CODE = LONG_CODE + OPTIONS_MAX };

static void flatten(struct options_flat *flat, const struct option_spec *table, size_t offset)
{
    for (const struct option_spec *spec = table; spec->name; spec++)
        if (spec->type == OPTION_GROUP)
            flatten(flat, spec->group, offset + spec->offset);
        else if (flat->count < OPTIONS_MAX) {
            flat->option[flat->count].spec = spec;
            flat->option[flat->count++].offset = offset + spec->offset;
        }
}

void options_flatten(struct options_flat *flat, const struct option_spec *table)
{
    flat->count = 0;
    flatten(flat, table, 0);
}

/* The same table as getopt_long wants it. */
struct getopt_table {
    struct option longs[OPTIONS_MAX + 2];
    char letters[2 * OPTIONS_MAX + 4];
};

static void fill_getopt_table(struct getopt_table *table, const struct options_flat *flat)
{
    *table = (struct getopt_table){.letters = ":h"};
    size_t used = strlen(table->letters);
    for (int i = 0; i < flat->count; i++) {
        const struct option_spec *spec = flat->option[i].spec;
        int has_argument = spec->type == OPTION_FLAG ? no_argument : required_argument;
        table->longs[i] =
            (struct option){.name = spec->name, .has_arg = has_argument, .val = LONG_CODE + i};
        if (spec->letter) {
            table->letters[used++] = spec->letter;
            if (has_argument)
                table->letters[used++] = ':';
        }
    }
    table->longs[flat->count] = (struct option){.name = "help", .val = HELP_CODE};
}

/* A flag of the command line: which, and its value. */
struct given {
    int option;
    const char *text;
};

static int option_of_code(const struct options_flat *flat, int code)
{
    if (code >= LONG_CODE)
        return code - LONG_CODE;
    int i = 0;
    while (flat->option[i].spec->letter != code)
        i++;
    return i;
}

/* Is a word "--name" or "--name=value", with the whole name? */
static bool is_whole(const char *word, const char *name)
{
    size_t length = strcspn(word, "=");
    return length == strlen(name) + 2 && memcmp(word + 2, name, length - 2) == 0;
}

/* The flag that getopt_long has just returned. */
static const char *newest_word(char **argv)
{
    return optarg && optarg == argv[optind - 1] ? argv[optind - 2] : argv[optind - 1];
}

/* NULL where the code is a letter's, or nobody's. */
static const char *name_of_code(const struct options_flat *flat, int code)
{
    if (code == HELP_CODE)
        return "help";
    return code >= LONG_CODE ? flat->option[code - LONG_CODE].spec->name : NULL;
}

/* What getopt_long has found wrong (code is ':' or '?'), or a flag that is abbreviated. */
static enum mn_status wrong_flag(int code, const char *word, const struct options_flat *flat,
                                 const char *program, const struct command *command,
                                 struct mn_error *error)
{
    if (code == '?' && optopt && optopt < LONG_CODE)
        return mn_fail(error, MN_BAD_INPUT, "there is no flag -%c; see %s %s --help", optopt,
                       program, command->name);
    bool is_long = strncmp(word, "--", 2) == 0;
    const char *name = name_of_code(flat, code == ':' || code == '?' ? optopt : code);
    if (is_long && (!name || !is_whole(word, name))) {
        char hint[256];
        int length = (int)strcspn(word, "=");
        flag_hint(hint, sizeof hint, flat, word + 2, (size_t)length - 2);
        return mn_fail(error, MN_BAD_INPUT, "there is no flag %.*s; %ssee %s %s --help", length,
                       word, hint, program, command->name);
    }
    return mn_fail(error, MN_BAD_INPUT, "%s %s; see %s %s --help", word,
                   code == ':' ? "needs a value" : "has a value, but this flag takes none", program,
                   command->name);
}

/* Sets what was given: the sources, or the other flags. */
static enum mn_status set_all(const struct options_flat *flat, const struct given *given, int count,
                              int option, void *settings, struct mn_error *error)
{
    struct mn_error why;
    const struct option_spec *spec = flat->option[option].spec;
    char *place = (char *)settings + flat->option[option].offset;
    for (int i = 0; i < count; i++)
        if (given[i].option == option && option_set(spec, given[i].text, place, &why))
            return mn_fail(error, why.status, "--%s %s: %s", spec->name, given[i].text,
                           why.message);
    return MN_OK;
}

static enum mn_status set_given(const struct options_flat *flat, const struct given *given,
                                int count, void *settings, struct mn_error *error)
{
    for (int sources = 1; sources >= 0; sources--)
        for (int i = 0; i < flat->count; i++)
            if ((flat->option[i].spec->type == OPTION_SOURCE) == sources &&
                set_all(flat, given, count, i, settings, error))
                return error->status;
    return MN_OK;
}

enum mn_status options_parse(const char *program, const struct command *command, int argc,
                             char **argv, void *settings, int *first_operand, bool *help,
                             struct mn_error *error)
{
    struct options_flat flat;
    struct getopt_table table;
    options_flatten(&flat, command->options);
    fill_getopt_table(&table, &flat);
    memcpy(settings, command->defaults, command->settings_size);
    *help = false;

    /* a word may hold several letters */
    size_t room = 1;
    for (int i = 1; i < argc; i++)
        room += strlen(argv[i]);
    struct given *given = calloc(room, sizeof *given);
    if (!given)
        return mn_fail(error, MN_FAILED, "not enough memory");
    int count = 0, code;
    optind = 0; /* glibc: start anew */
    opterr = 0;
    enum mn_status status = MN_OK;
    while (!status && !*help &&
           (code = getopt_long(argc, argv, table.letters, table.longs, NULL)) != -1) {
        const char *word = newest_word(argv), *name = name_of_code(&flat, code);
        if (code == ':' || code == '?' || (name && !is_whole(word, name)))
            status = wrong_flag(code, word, &flat, program, command, error);
        else if (code == 'h' || code == HELP_CODE)
            *help = true;
        else
            given[count++] = (struct given){option_of_code(&flat, code), optarg};
    }
    *first_operand = optind;
    if (!status && !*help)
        status = set_given(&flat, given, count, settings, error);
    free(given);
    return status;
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

void options_print_help(const char *program, const struct command *command, const char *exit_codes,
                        FILE *file)
{
    struct options_flat flat;
    options_flatten(&flat, command->options);
    fprintf(file, "usage: %s %s [options]%s%s\n", program, command->name,
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
    fprintf(file, "\nexit codes: %s\n", exit_codes);
}
