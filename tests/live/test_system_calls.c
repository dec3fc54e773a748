/* `camlabel bench` under strace: a thousand more runs of the network with one thread make no more
 * system calls. */
#include <stdbool.h>
#include <string.h>

#include "../sanitizer.h"
#include "../support.h"
#include "process.h"

#define STRACE "/usr/bin/strace"

/* For the whole program: a bigger table of times is a few more pages and is sorted otherwise. */
enum { MORE_RUNS = 1000, MORE_CALLS = 10 };

/* The last line of strace's table; -1 where it has none. */
static long total_calls(const char *table)
{
    FILE *file = fopen(table, "r");
    char line[256], *name;
    long total = -1;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        long calls = strtol(line, &name, 10);
        if (name > line && strcmp(name, " total\n") == 0)
            total = calls;
    }
    fclose(file);
    return total;
}

/* System calls of `rounds` runs, of all threads together. */
static long count_calls(int rounds)
{
    char program[4200], number[16], table[] = "/tmp/camlabel-strace.XXXXXX";
    int file = mkstemp(table);
    assert_true(file >= 0);
    close(file);
    process_build_path(program, sizeof program, "camlabel");
    snprintf(number, sizeof number, "%d", rounds);
    /* bench asks for the time, which is a system call where the clock is none of the processor's */
    const char *arguments[] = {
        "-f",        "-c",  "-U",           "calls,name", "-e",       "trace=!clock_gettime",
        "-o",        table, program,        "bench",      "--width",  "0.25",
        "--threads", "1",   "--resolution", "32",         "--rounds", number,
        NULL};
    struct process process;
    process_set_program(STRACE);
    process_run(&process, arguments);
    process_set_program(NULL);
    long calls = total_calls(table);
    remove(table);
    bool is_forbidden = process.code != 0 && strstr(process.err, "ptrace");
    if (process.code != 0)
        print_message("%s: %s\n", is_forbidden ? "skipped" : STRACE, process.err);
    int code = process.code;
    process_free(&process);
    if (is_forbidden)
        skip();
    assert_int_equal(code, 0);
    assert_true(calls > 0);
    return calls;
}

static void runs_make_no_system_calls(void **state)
{
    (void)state;
    if (TEST_SANITIZER || access(STRACE, X_OK) != 0) {
        print_message("skipped: %s\n", TEST_SANITIZER ? "a sanitizer makes system calls of its own"
                                                      : STRACE " is not there");
        skip();
    }
    long few = count_calls(10), many = count_calls(10 + MORE_RUNS);
    print_message("measured: %ld system calls for 10 runs, %ld for %d\n", few, many,
                  10 + MORE_RUNS);
    assert_true(many - few <= MORE_CALLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_make_no_system_calls),
    };
    return cmocka_run_group_tests_name("system calls", tests, NULL, NULL);
}
