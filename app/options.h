/* Command lines: one table of options a command. The parser, --help and the test of the man pages
 * all read the table. */
#ifndef CAMLABEL_OPTIONS_H
#define CAMLABEL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../engine/error.h"

enum option_type {
    OPTION_FLAG,    /* bool, set to true */
    OPTION_INTEGER, /* int, from low to high */
    OPTION_REAL,    /* double, from low to high */
    OPTION_TEXT,    /* const char *, points into argv */
    OPTION_CHOICE,  /* int: index into choices */
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
};

struct command {
    const char *name;     /* "classify" */
    const char *summary;  /* one line */
    const char *operands; /* "FILE|DIR|-..." or "" */
    const char *details;  /* a paragraph below the options; may be "" */
    const char *examples; /* command lines, each ending in a newline; may be "" */
    const struct option_spec *options;
    const void *defaults; /* a settings struct */
    size_t settings_size;
    int (*run)(const void *settings, int operand_count,
               char **operands); /* returns the exit code */
};

/* Parses argv[1…] into settings (filled with the defaults first). Operands are moved to the end of
 * argv; *first_operand is the index of the first. On a wrong flag: MN_BAD_INPUT. *help is set by -h
 * or --help, and then nothing else matters. */
enum mn_status options_parse(const struct command *command, int argc, char **argv, void *settings,
                             int *first_operand, bool *help, struct mn_error *error);

void options_print_help(const struct command *command, FILE *file);

#endif
