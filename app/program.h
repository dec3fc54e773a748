/* A program of subcommands: what is the same in camlabel and camlabel-train. */
#ifndef CAMLABEL_PROGRAM_H
#define CAMLABEL_PROGRAM_H

#include "options.h"

struct program {
    const char *name;                      /* "camlabel" */
    const char *purpose;                   /* one line */
    const struct command *const *commands; /* NULL-terminated */
    const char *const *others;             /* names of commands that another program does,
                                              NULL-terminated; NULL: none */
    const char *more;                      /* a line below the commands; NULL: none */
    const struct command *unnamed;         /* what flags alone mean; NULL: the overview */
    const char *exit_codes;                /* "0 done, 1 failed, …" */
    /* What might have been meant by a word that is no command: "classify" for a picture's name.
     * NULL: nobody knows; the function, too, may be NULL. */
    const char *(*hint)(const char *word);
};

/* main() of the program: finds the command, parses its flags, runs it. Returns the exit code; that
 * of a command whose answer could not be written is 1. */
int program_run(const struct program *program, int argc, char **argv);

/* Prints "name: message" on stderr; returns the exit code. */
int program_failed(const char *name, const struct mn_error *error);

#endif
