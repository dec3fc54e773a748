/* camlabel: point a camera at the world, and it says what it sees.
 *
 * The subcommands, and nothing else. `camlabel` alone, or with flags only, is `camlabel live`. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands/commands.h"
#include "trainer.h"

static const struct command *const commands[] = {
    &command_live, &command_classify, &command_devices,
    &command_info, &command_import,   &command_bench,
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static int print_overview(void)
{
    puts("usage: camlabel [COMMAND] [options]\n"
         "A camera, a picture or a clip goes in, and what it shows comes out.\n\ncommands:");
    for (int i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    puts("\nTraining (by camlabel-train): train, eval, compare, generate.\n"
         "Without a command: live. `camlabel COMMAND --help` explains each; `camlabel --version` "
         "prints the version.\n"
         "Exit codes: 0 done, 1 failed, 2 bad input or usage.");
    return MN_OK;
}

static int print_version(void)
{
    puts("camlabel " CAMLABEL_VERSION);
    return MN_OK;
}

static const struct command *find_command(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, commands[i]->name) == 0)
            return commands[i];
    return NULL;
}

static int run_command(const struct command *command, int argc, char **argv)
{
    struct mn_error error;
    void *settings = malloc(command->settings_size);
    if (!settings) {
        mn_fail(&error, MN_FAILED, "not enough memory");
        return command_failed(&error);
    }
    bool help;
    int first_operand, code;
    if (options_parse(command, argc, argv, settings, &first_operand, &help, &error)) {
        code = command_failed(&error);
    } else if (help) {
        options_print_help(command, stdout);
        code = MN_OK;
    } else if (!*command->operands && first_operand < argc) {
        mn_fail(&error, MN_BAD_INPUT, "%s: not expected here; see camlabel %s --help",
                argv[first_operand], command->name);
        code = command_failed(&error);
    } else {
        code = command->run(settings, argc - first_operand, argv + first_operand);
    }
    free(settings);
    return code;
}

/* Returns only if it fails. */
static int run_trainer(char **argv)
{
    struct mn_error error;
    trainer_exec(argv, &error);
    return command_failed(&error);
}

static int run(int argc, char **argv)
{
    const char *first = argc < 2 ? "" : argv[1];
    if (strcmp(first, "-h") == 0 || strcmp(first, "--help") == 0 || strcmp(first, "help") == 0)
        return print_overview();
    if (strcmp(first, "--version") == 0)
        return print_version();
    if (!*first || *first == '-')
        return run_command(&command_live, argc, argv);
    if (trainer_has(first))
        return run_trainer(argv);
    const struct command *command = find_command(first);
    if (command)
        return run_command(command, argc - 1, argv + 1);
    struct mn_error error;
    mn_fail(&error, MN_BAD_INPUT, "there is no command %s; see camlabel --help", first);
    return command_failed(&error);
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

int main(int argc, char **argv)
{
    occupy_standard_descriptors();
    int code = run(argc, argv);
    /* a command that did its work has not done it where nobody got the answer */
    errno = 0;
    if ((fflush(stdout) || ferror(stdout)) && code == MN_OK) {
        struct mn_error error;
        mn_fail(&error, MN_FAILED, "standard output: %s",
                errno ? strerror(errno) : "not all of the answers could be written");
        code = command_failed(&error);
    }
    return code;
}
