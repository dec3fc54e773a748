/* The option parser: every type, every way to write a flag, every way to get it wrong. */
#include <string.h>

#include "../../app/option_value.h"
#include "../../app/options.h"
#include "../support.h"

struct shared {
    double ratio;
};

struct settings {
    bool json;
    int count, how;
    const char *file;
    struct shared shared;
};

static const char *const hows[] = {"crop", "stretch", NULL};

static const struct option_spec shared_options[] = {
    {OPTION_REAL, 0, "ratio", "F", offsetof(struct shared, ratio), "a ratio", .low = 0, .high = 1},
    {.name = NULL},
};

static const struct option_spec options[] = {
    {OPTION_FLAG, 0, "json", NULL, offsetof(struct settings, json), "print JSON"},
    {OPTION_INTEGER, 'n', "count", "N", offsetof(struct settings, count), "how many", .low = 1,
     .high = 9},
    {OPTION_GROUP, 0, "", NULL, offsetof(struct settings, shared), NULL, .group = shared_options},
    {OPTION_CHOICE, 0, "how", "HOW", offsetof(struct settings, how), "which way", .choices = hows},
    {OPTION_TEXT, 'f', "file", "FILE", offsetof(struct settings, file), "a file"},
    {.name = NULL},
};

static const struct settings defaults = {.count = 5, .shared = {0.25}};

static const struct command command = {.name = "try",
                                       .summary = "tries",
                                       .operands = "FILE...",
                                       .details = "Details.",
                                       .examples = "camlabel try a\n",
                                       .options = options,
                                       .defaults = &defaults,
                                       .settings_size = sizeof(struct settings)};

enum { MAX_WORDS = 16 };

/* Parses a command line of words separated by single spaces. */
static enum mn_status parse(const char *line, struct settings *settings, int *operands, bool *help,
                            struct mn_error *error)
{
    static char copy[256];
    static char *argv[MAX_WORDS + 1];
    int argc = 0, first;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word && argc < MAX_WORDS; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    enum mn_status status =
        options_parse("camlabel", &command, argc, argv, settings, &first, help, error);
    *operands = status || *help ? 0 : argc - first;
    return status;
}

static void reads_every_type(void **state)
{
    (void)state;
    struct settings s;
    struct mn_error error;
    int operands;
    bool help;
    assert_int_equal(parse("try", &s, &operands, &help, &error), MN_OK);
    assert_true(s.count == 5 && s.shared.ratio == 0.25 && !s.json && !s.file && operands == 0);
    assert_int_equal(parse("try a --json -n 7 b --ratio=0.5 --how stretch -f x -- --c", &s,
                           &operands, &help, &error),
                     MN_OK);
    assert_true(s.count == 7 && s.shared.ratio == 0.5 && s.json && s.how == 1 &&
                strcmp(s.file, "x") == 0);
    assert_int_equal(operands, 3);
    assert_int_equal(parse("try --cou 3 -n4", &s, &operands, &help, &error), MN_OK);
    assert_int_equal(s.count, 4);
    assert_int_equal(parse("try --bad --help", &s, &operands, &help, &error), MN_BAD_INPUT);
    assert_int_equal(parse("try --help --bad", &s, &operands, &help, &error), MN_OK);
    assert_true(help);
}

static void refuses_in_one_sentence(void **state)
{
    (void)state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"try --bad", "--bad"},
        {"try -x", "-x"},
        {"try --count", "needs a value"},
        {"try -n", "needs a value"},
        {"try -n 0", "from 1 to 9"},
        {"try -n 10", "from 1 to 9"},
        {"try -n 2x", "-"},
        {"try -n 1e1", "whole"},
        {"try --ratio nan", "from 0 to 1"},
        {"try --ratio 1.1", "0 to 1"},
        {"try --how up", "crop, stretch"},
        {"try --json=1", "--json=1"},
        {"try --count=99999999999999999999", "from 1"},
        {"try --file=", "empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings s;
        struct mn_error error;
        int operands;
        bool help;
        assert_int_equal(parse(cases[i].line, &s, &operands, &help, &error), MN_BAD_INPUT);
        if (!strstr(error.message, cases[i].message))
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].line, error.message,
                     cases[i].message);
    }
}

static void help_names_every_option(void **state)
{
    (void)state;
    char text[4096];
    FILE *file = fmemopen(text, sizeof text, "w");
    assert_non_null(file);
    options_print_help("camlabel", &command, "0 done, 1 failed, 2 bad input or usage", file);
    fclose(file);
    const char *const wanted[] = {"usage: camlabel try [options] FILE...",
                                  "  -n, --count N",
                                  "      --json",
                                  "      --ratio F",
                                  "  -h, --help",
                                  "Details.",
                                  "  camlabel try a\n"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (!strstr(text, wanted[i]))
            fail_msg("\"%s\" is not in:\n%s", wanted[i], text);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(strlen(line) < 80);
}

static void numbers_are_printed_as_people_write_them(void **state)
{
    (void)state;
    static const double numbers[] = {0, 0.1, 20, 1e-05, 0.998, 1.0 / 3, 100000, -2.5};
    static const char *const texts[] = {
        "0", "0.1", "20", "1e-05", "0.998", "0.3333333333333333", "100000", "-2.5"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        char text[64];
        option_print_real(numbers[i], text, sizeof text);
        assert_string_equal(text, texts[i]);
        assert_true(strtod(text, NULL) == numbers[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_type),
        cmocka_unit_test(refuses_in_one_sentence),
        cmocka_unit_test(help_names_every_option),
        cmocka_unit_test(numbers_are_printed_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
