/* The trainer's man page and --help name the same commands and the same flags. */
#include "../../app/train/commands.h"
#include "../man_page.h"
#include "../support.h"

static void every_flag_is_in_the_page_and_back(void **state)
{
    (void)state;
    static const struct command *const commands[] = {&command_fit, &command_eval, &command_compare,
                                                     &command_average, &command_generate};
    man_page_check("packaging/man/camlabel-train.1", commands,
                   sizeof commands / sizeof commands[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flag_is_in_the_page_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
