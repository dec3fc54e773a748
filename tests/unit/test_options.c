/* The option parser: every type, every way to write a flag, every way to get it wrong. */
#include <string.h>

#include "../../app/option_value.h"
#include "../../app/options.h"
#include "../../app/spelling.h"
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
    assert_int_equal(parse("try --count 3 -n4", &s, &operands, &help, &error), MN_OK);
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
        {"try --bad", "there is no flag --bad; see camlabel try --help"},
        {"try -x", "no flag -x"},
        {"try --json -x", "no flag -x"},
        {"try -\xc3\xa4", "no flag -"},
        {"try --cou 3", "no flag --cou; did you mean --count? see camlabel try --help"},
        {"try --cou=3", "no flag --cou; did you mean --count?"},
        {"try --cou", "no flag --cou; did you mean --count?"},
        {"try --jso", "no flag --jso; did you mean --json?"},
        {"try --hel", "did you mean --help?"},
        {"try --help=all", "takes none"},
        {"try --co 3", "no flag --co; see"},
        {"try --cuont 3", "no flag --cuont; did you mean --count?"},
        {"try --counts=3", "no flag --counts; did you mean --count?"},
        {"try --model x", "no flag --model; see"},
        {"try --fps 3", "no flag --fps; see"}, /* it would be --framerate, which is not here */
        {"try --list-devices", "no flag --list-devices; it is called camlabel devices here; see"},
        {"try --count", "needs a value"},
        {"try -n", "needs a value"},
        {"try -n 0", "from 1 to 9"},
        {"try -n 10", "from 1 to 9"},
        {"try -n 2x", "-"},
        {"try -n 1e1", "whole"},
        {"try --ratio nan", "from 0 to 1"},
        {"try --ratio 1.1", "0 to 1"},
        {"try --how up", "crop, stretch"},
        {"try --json=1", "--json=1 has a value, but this flag takes none"},
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

static void assert_best(const char *word, const char *best)
{
    static const char *const names[] = {"device", "devices", "info", "cards", "classify"};
    struct spelling spelling = spelling_of(word, strlen(word));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        spelling_offer(&spelling, names[i]);
    if (best && spelling.best)
        assert_string_equal(spelling.best, best);
    else
        assert_true(!best && !spelling.best);
}

static void what_is_near_is_meant(void **state)
{
    (void)state;
    char longest[100];
    assert_best("devcie", "device");
    assert_best("devcies", "devices");
    assert_best("clasify", "classify");
    assert_best("lcassiyf", "classify");
    assert_best("ifno", "info");
    assert_best("nifo", "info");
    assert_best("off", NULL);   /* three of three letters */
    assert_best("nfo", "info"); /* one of three */
    assert_best("crad", NULL);  /* two of four are not fewer than half */
    assert_best("clsfy", NULL);
    assert_best("", NULL);
    memset(longest, 'c', sizeof longest - 1);
    longest[sizeof longest - 1] = 0;
    assert_best(longest, NULL);
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
        cmocka_unit_test(what_is_near_is_meant),
        cmocka_unit_test(help_names_every_option),
        cmocka_unit_test(numbers_are_printed_as_people_write_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
