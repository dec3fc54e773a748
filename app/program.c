#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell_word.h"
#include "spelling.h"

int program_failed(const char *name, const struct mn_error *error)
{
    fflush(stdout); /* so that the message comes after what was printed before */
    fprintf(stderr, "%s: %s\n", name, error->message);
    return (int)error->status;
}

static int print_overview(const struct program *program)
{
    printf("usage: %s %s [options]\n%s\n\ncommands:\n", program->name,
           program->unnamed ? "[COMMAND]" : "COMMAND", program->purpose);
    for (int i = 0; program->commands[i]; i++)
        printf("  %-10s %s\n", program->commands[i]->name, program->commands[i]->summary);
    putchar('\n');
    if (program->more)
        puts(program->more);
    if (program->unnamed)
        printf("Without a command: %s. ", program->unnamed->name);
    printf("`%s COMMAND --help` explains each; `%s --version` prints the version.\n"
           "Exit codes: %s.\n",
           program->name, program->name, program->exit_codes);
    return MN_OK;
}

static int print_version(const struct program *program)
{
    printf("%s %s\n", program->name, CAMLABEL_VERSION);
    return MN_OK;
}

static const struct command *find_command(const struct program *program, const char *name)
{
    for (int i = 0; program->commands[i]; i++)
        if (strcmp(name, program->commands[i]->name) == 0)
            return program->commands[i];
    return NULL;
}

/* The command whose name is near the word, or NULL. */
static const char *near_command(const struct program *program, const char *word)
{
    struct spelling spelling = spelling_of(word, strlen(word));
    for (int i = 0; program->commands[i]; i++)
        spelling_offer(&spelling, program->commands[i]->name);
    for (int i = 0; program->others && program->others[i]; i++)
        spelling_offer(&spelling, program->others[i]);
    return spelling.best;
}

/* The first word of the command line is no command, or missing. */
static enum mn_status wrong_command(const struct program *program, const char *word,
                                    struct mn_error *error)
{
    if (!*word)
        return mn_fail(error, MN_BAD_INPUT, "a command is needed; see %s --help", program->name);
    const char *hint = program->hint ? program->hint(word) : NULL;
    if (hint) {
        char *as_typed = shell_word(word);
        mn_fail(error, MN_BAD_INPUT, "%s is no command; did you mean: %s %s %s", word,
                program->name, hint, as_typed ? as_typed : word);
        free(as_typed);
        return error->status;
    }
    const char *near = near_command(program, word);
    return mn_fail(error, MN_BAD_INPUT, "there is no command %s; %s%s%ssee %s --help", word,
                   near ? "did you mean " : "", near ? near : "", near ? "? " : "", program->name);
}

/* The flag that an operand was probably meant for, or "". */
static void meant_flag(char *flag, size_t size, const struct command *command, const void *settings)
{
    struct options_flat flat;
    options_flatten(&flat, command->options);
    const struct option_spec *first = flat.option[0].spec; /* each command has a flag */
    const char *place = (const char *)settings + flat.option[0].offset;
    *flag = 0;
    if (command->operand_flag)
        snprintf(flag, size, "%s", command->operand_flag);
    else if (first->type == OPTION_TEXT && !*(const char *const *)place)
        snprintf(flag, size, "--%s", first->name);
}

static enum mn_status unexpected_operand(const struct program *program,
                                         const struct command *command, const void *settings,
                                         const char *operand, struct mn_error *error)
{
    char flag[80];
    meant_flag(flag, sizeof flag, command, settings);
    if (*flag)
        return mn_fail(error, MN_BAD_INPUT,
                       "%s: not expected here; did you mean %s %s? see %s %s --help", operand, flag,
                       operand, program->name, command->name);
    return mn_fail(error, MN_BAD_INPUT, "%s: not expected here; see %s %s --help", operand,
                   program->name, command->name);
}

static int run_command(const struct program *program, const struct command *command, int argc,
                       char **argv)
{
    struct mn_error error;
    void *settings = malloc(command->settings_size);
    if (!settings) {
        mn_fail(&error, MN_FAILED, "not enough memory");
        return program_failed(program->name, &error);
    }
    bool help;
    int first_operand, code;
    if (options_parse(program->name, command, argc, argv, settings, &first_operand, &help,
                      &error)) {
        code = program_failed(program->name, &error);
    } else if (help) {
        options_print_help(program->name, command, program->exit_codes, stdout);
        code = MN_OK;
    } else if (!*command->operands && first_operand < argc) {
        unexpected_operand(program, command, settings, argv[first_operand], &error);
        code = program_failed(program->name, &error);
    } else {
        code = command->run(settings, argc - first_operand, argv + first_operand);
    }
    free(settings);
    return code;
}

static int run(const struct program *program, int argc, char **argv)
{
    const char *first = argc < 2 ? "" : argv[1];
    if (strcmp(first, "help") == 0 && argc > 2 && find_command(program, argv[2]))
        return run_command(program, find_command(program, argv[2]), 2,
                           (char *[]){argv[2], (char *)"--help", NULL});
    if (strcmp(first, "-h") == 0 || strcmp(first, "--help") == 0 || strcmp(first, "help") == 0)
        return print_overview(program);
    if (strcmp(first, "--version") == 0)
        return print_version(program);
    if (program->unnamed && (!*first || *first == '-'))
        return run_command(program, program->unnamed, argc, argv);
    const struct command *command = find_command(program, first);
    if (command)
        return run_command(program, command, argc - 1, argv + 1);
    struct mn_error error;
    wrong_command(program, first, &error);
    return program_failed(program->name, &error);
}

/* A descriptor 0, 1 or 2 that was closed would be given to the next file or device opened, and what
 * is printed would go there. /dev/null takes its place, open the wrong way round, so that reading
 * and writing fail as if it were closed. */
static void occupy_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            return; /* no /dev/null: a bare chroot, which is left as it is */
}

int program_run(const struct program *program, int argc, char **argv)
{
    occupy_standard_descriptors();
    int code = run(program, argc, argv);
    /* a command that did its work has not done it where nobody got the answer */
    errno = 0;
    if ((fflush(stdout) || ferror(stdout)) && code == MN_OK) {
        struct mn_error error;
        mn_fail(&error, MN_FAILED, "standard output: %s",
                errno ? strerror(errno) : "not all of the answers could be written");
        code = program_failed(program->name, &error);
    }
    return code;
}
