/* The trainer's man page and --help name the same commands and the same flags. */
#include "../../app/train/commands.h"
#include "../man_page.h"
#include "../support.h"

static const char page[] = "packaging/man/camlabel-train.1";
static const struct command *const commands[] = {&command_fit, &command_eval, &command_compare,
                                                 &command_average, &command_generate};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void every_flag_is_in_the_page_and_back(void **state)
{
    (void)state;
    man_page_check(page, commands, COMMANDS);
}

static void the_page_says_of_flags_what_help_says(void **state)
{
    (void)state;
    man_page_check_texts(page, commands, COMMANDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flag_is_in_the_page_and_back),
        cmocka_unit_test(the_page_says_of_flags_what_help_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
