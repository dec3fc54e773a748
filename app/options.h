/* Command lines: one table of options a command. The parser, --help and the test of the man pages
 * all read the table. */
#ifndef CAMLABEL_OPTIONS_H
#define CAMLABEL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../engine/base/error.h"

enum option_type {
    OPTION_FLAG,    /* bool, set to true */
    OPTION_INTEGER, /* int, from low to high */
    OPTION_REAL,    /* double, from low to high */
    OPTION_TEXT,    /* const char *, points into argv */
    OPTION_CHOICE,  /* int: index into choices */
    OPTION_OWN,     /* whatever its own set() and print() make of it */
    OPTION_SOURCE,  /* a file that sets other options, by set(): it is read before the flags that
                       are not of this kind, which therefore have the last word, wherever they
                       stand; sources are read in the order of the table */
    OPTION_GROUP,   /* another table, for settings that several commands share; offset is where its
                       struct begins */
};

struct option_spec {
    enum option_type type;
    char letter;          /* 0: only the long form */
    const char *name;     /* without "--"; NULL ends the table */
    const char *argument; /* what stands for the value in --help: "FILE"; NULL for a flag */
    size_t offset;        /* of the value in the settings struct */
    const char *help;
    double low, high;                /* of numbers */
    const char *const *choices;      /* NULL-terminated */
    const struct option_spec *group; /* of OPTION_GROUP */

    /* Of OPTION_OWN and OPTION_SOURCE; place is at the option's offset. Errors: MN_BAD_INPUT, said
     * without the option's name. */
    enum mn_status (*set)(const struct option_spec *spec, const char *text, void *place,
                          struct mn_error *error);
    void (*print)(const struct option_spec *spec, const void *place, char *text,
                  size_t size); /* of OPTION_OWN: text that set() takes */
};

struct command {
    const char *name;         /* "classify" */
    const char *summary;      /* one line */
    const char *operands;     /* "FILE|DIR|-..." or "" */
    const char *operand_flag; /* where there are no operands: the flag that one was probably meant
                                 for, such as "--model"; NULL: the first of the table, where that
                                 takes a text and was not given */
    const char *details;      /* a paragraph below the options; may be "" */
    const char *examples;     /* command lines, each ending in a newline; may be "" */
    const struct option_spec *options;
    const void *defaults; /* a settings struct */
    size_t settings_size;
    int (*run)(const void *settings, int operand_count,
               char **operands); /* returns the exit code */
};

/* A table with its groups laid flat: each option with the place its value goes to. */
enum { OPTIONS_MAX = 128 };

struct options_flat {
    int count;
    struct {
        const struct option_spec *spec;
        size_t offset;
    } option[OPTIONS_MAX];
};

void options_flatten(struct options_flat *flat, const struct option_spec *table);

/* Parses argv[1…] into settings (filled with the defaults first). Operands are moved to the end of
 * argv; *first_operand is the index of the first. On a wrong flag: MN_BAD_INPUT. *help is set by -h
 * or --help, and then nothing else matters. `program` is its name, for messages. */
enum mn_status options_parse(const char *program, const struct command *command, int argc,
                             char **argv, void *settings, int *first_operand, bool *help,
                             struct mn_error *error);

void options_print_help(const char *program, const struct command *command, const char *exit_codes,
                        FILE *file);

#endif
