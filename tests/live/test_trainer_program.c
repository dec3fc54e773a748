/* camlabel train and its kin: camlabel-train gets the arguments, wherever it is. A script that
 * prints them stands for it. */
#include <string.h>
#include <sys/stat.h>

#include "../support.h"
#include "process.h"

static char folder[] = "/tmp/camlabel-test-XXXXXX";

static const char *path_of(const char *name)
{
    static char paths[3][128];
    static int next;
    char *path = paths[next++ % 3];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

/* Prints who it is and its arguments, and fails in its own way. */
static void write_script(const char *name, const char *who, mode_t mode)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    fprintf(file, "#!/bin/sh\nprintf '[%%s]' %s \"$@\"\nexit 42\n", who);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path_of(name), mode), 0);
}

/* A copy of the program in a folder of its own: what was built beside it is not there. */
static int set_up(void **state)
{
    (void)state;
    static char program[128];
    char built[4096], command[8192];
    if (!mkdtemp(folder))
        return -1;
    process_build_path(built, sizeof built, "camlabel");
    snprintf(program, sizeof program, "%s/bin/camlabel", folder);
    snprintf(command, sizeof command, "mkdir '%s/bin' '%s/path' && cp '%s' '%s'", folder, folder,
             built, program);
    process_set_program(program);
    return system(command) || setenv("PATH", path_of("path"), 1) ? -1 : 0;
}

static int forget_scripts(void **state)
{
    (void)state;
    unlink(path_of("bin/camlabel-train"));
    unlink(path_of("path/camlabel-train"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    process_set_program(NULL);
    unlink(path_of("bin/camlabel"));
    return rmdir(path_of("bin")) || rmdir(path_of("path")) || rmdir(folder) ? -1 : 0;
}

static void assert_runs(const char *const *arguments, const char *out)
{
    struct process p;
    process_run(&p, arguments);
    if (p.code != 42 || strcmp(p.out, out) != 0)
        fail_msg("exit code %d\n%s%s", p.code, p.out, p.err);
    process_free(&p);
}

static void assert_fails(const char *message)
{
    struct process p;
    process_run(&p, (const char *[]){"eval", "--model", "m", NULL});
    if (p.code != 1 || process_count_lines(p.err) != 1 || !strstr(p.err, message))
        fail_msg("exit code %d\n%s%s", p.code, p.out, p.err);
    assert_string_equal(p.out, "");
    process_free(&p);
}

static void the_one_beside_comes_first(void **state)
{
    (void)state;
    write_script("bin/camlabel-train", "beside", 0755);
    write_script("path/camlabel-train", "path", 0755);
    assert_runs((const char *[]){"train", "--data-dir", "my photos", "-o", "", NULL},
                "[beside][fit][--data-dir][my photos][-o][]");
    assert_runs((const char *[]){"train", NULL}, "[beside][fit]");
    assert_runs((const char *[]){"train", "--help", NULL}, "[beside][fit][--help]");
    static const char *const same[] = {"fit", "eval", "compare", "generate"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        char out[64];
        snprintf(out, sizeof out, "[beside][%s][train]", same[i]);
        assert_runs((const char *[]){same[i], "train", NULL}, out);
    }
}

static void then_the_one_in_path(void **state)
{
    (void)state;
    write_script("path/camlabel-train", "path", 0755);
    assert_runs((const char *[]){"compare", "a", "b", NULL}, "[path][compare][a][b]");
}

static void without_one_it_says_so(void **state)
{
    (void)state;
    assert_fails("camlabel eval is done by camlabel-train, which is neither");
    write_script("bin/camlabel-train", "beside", 0644);
    assert_fails("camlabel-train cannot be started: Permission denied");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(the_one_beside_comes_first, forget_scripts),
        cmocka_unit_test_teardown(then_the_one_in_path, forget_scripts),
        cmocka_unit_test_teardown(without_one_it_says_so, forget_scripts),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
