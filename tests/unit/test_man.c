/* The man page and --help name the same commands and the same flags. */
#include "../../app/commands/commands.h"
#include "../man_page.h"
#include "../support.h"

static void every_flag_is_in_the_page_and_back(void **state)
{
    (void)state;
    static const struct command *const commands[] = {&command_live,    &command_classify,
                                                     &command_devices, &command_info,
                                                     &command_import,  &command_bench};
    man_page_check("packaging/man/camlabel.1", commands, sizeof commands / sizeof commands[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flag_is_in_the_page_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
