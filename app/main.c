/* camlabel: point a camera at the world, and it says what it sees.
 *
 * The subcommands, and nothing else. `camlabel` alone, or with flags only, is `camlabel live`. */
#include <string.h>
#include <sys/stat.h>

#include "../engine/image/picture_file.h"
#include "commands/commands.h"
#include "model_name.h"
#include "program.h"
#include "trainer.h"

/* Returns only if it fails. */
static int run_trainer(char **argv)
{
    struct mn_error error;
    trainer_exec(argv, &error);
    return command_failed(&error);
}

static bool ends_like_a_model(const char *word)
{
    static const char *const endings[] = {".safetensors", ".tflite", ".h5"};
    size_t length = strlen(word);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t end = strlen(endings[i]);
        if (length > end && strcmp(word + length - end, endings[i]) == 0)
            return true;
    }
    return false;
}

/* The command line that would have begun with what the user began with. */
static const char *hint(const char *word)
{
    char path[4096];
    struct stat status;
    if (ends_like_a_model(word) || model_name_path(word, path, sizeof path) != word)
        return "live --model";
    if (strcmp(word, "demo") == 0)
        return "live --input";
    if (strncmp(word, "/dev/", 5) == 0)
        return "live --device";
    if (stat(word, &status) != 0)
        return NULL;
    bool is_for_classify = S_ISDIR(status.st_mode) || mn_picture_has_known_ending(word);
    return is_for_classify ? "classify" : "live --input";
}

int main(int argc, char **argv)
{
    static const struct command *const commands[] = {
        &command_live, &command_classify, &command_devices,
        &command_info, &command_import,   &command_bench,
        NULL,
    };
    const struct program program = {
        .name = "camlabel",
        .purpose = "A camera, a picture or a clip goes in, and what it shows comes out.",
        .commands = commands,
        .others = trainer_commands,
        .more = "Training (by camlabel-train): train, eval, compare, average, generate.",
        .unnamed = &command_live,
        .exit_codes = "0 done, 1 failed, 2 bad input or usage",
        .hint = hint,
    };
    if (argc > 1 && trainer_has(argv[1]))
        return run_trainer(argv);
    return program_run(&program, argc, argv);
}
