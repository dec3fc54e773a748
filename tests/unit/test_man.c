/* The man page and --help name the same commands and the same flags. */
#include <string.h>

#include "../../app/commands/commands.h"
#include "../support.h"

static char page[65536];

static int read_page(void **state)
{
    (void)state;
    FILE *file = fopen("packaging/man/camlabel.1", "r");
    if (!file)
        return -1;
    size_t length = fread(page, 1, sizeof page - 1, file), kept = 0;
    fclose(file);
    for (size_t i = 0; i < length; i++) /* roff writes - as \- */
        if (page[i] != '\\' || page[i + 1] != '-')
            page[kept++] = page[i];
    page[kept] = 0;
    return 0;
}

/* The command's section: from its ".SS name" to the next heading. */
static void section_of(const char *command, char *section, size_t size)
{
    char heading[64];
    snprintf(heading, sizeof heading, "\n.SS %s", command);
    const char *begin = strstr(page, heading);
    const char *end = begin ? strstr(begin + 4, "\n.S") : NULL;
    if (!end)
        fail_msg("the man page has no section for %s", command);
    else
        snprintf(section, size, "%.*s", (int)(end - begin), begin);
}

static bool has_flag(const char *section, const char *name)
{
    char flag[64];
    size_t length = (size_t)snprintf(flag, sizeof flag, "--%s", name);
    for (const char *at = strstr(section, flag); at; at = strstr(at + 1, flag))
        if (strchr(" \n\"", at[length]))
            return true;
    return false;
}

/* Checks the flags of a table against the section; returns how many there are. */
static int check_table(const struct option_spec *table, const char *command, const char *section)
{
    int count = 0;
    for (const struct option_spec *spec = table; spec->name; spec++) {
        if (spec->type == OPTION_GROUP) {
            count += check_table(spec->group, command, section);
            continue;
        }
        if (!has_flag(section, spec->name))
            fail_msg("camlabel %s --%s is not in the man page", command, spec->name);
        count++;
    }
    return count;
}

static int flags_in(const char *section)
{
    int count = 0;
    for (const char *at = strstr(section, "--"); at; at = strstr(at + 2, "--"))
        count++;
    return count;
}

static void every_flag_is_in_the_page_and_back(void **state)
{
    (void)state;
    static const struct command *const commands[] = {&command_live,    &command_classify,
                                                     &command_devices, &command_info,
                                                     &command_import,  &command_bench};
    static char section[16384];
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        section_of(commands[i]->name, section, sizeof section);
        int count = check_table(commands[i]->options, commands[i]->name, section);
        if (flags_in(section) != count)
            fail_msg("camlabel %s has %d flags, the man page %d", commands[i]->name, count,
                     flags_in(section));
    }
}

static void the_version_is_that_of_the_build(void **state)
{
    (void)state;
    assert_non_null(strstr(page, "\"camlabel " CAMLABEL_VERSION "\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flag_is_in_the_page_and_back),
        cmocka_unit_test(the_version_is_that_of_the_build),
    };
    return cmocka_run_group_tests(tests, read_page, NULL);
}
