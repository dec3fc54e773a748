/* `camlabel import`, and what `camlabel info --verify` says of a file afterwards. */
#include <string.h>

#include "../support.h"
#include "process.h"
#include "workspace.h"

static void import_keeps_the_answers(void **state)
{
    (void)state;
    struct process before, import, after;
    process_expect(&import,
                   (const char *[]){"import", workspace_path("tiny.safetensors"), "-o",
                                    workspace_path("again.safetensors"), NULL},
                   0, 1);
    process_expect(&before,
                   (const char *[]){"classify", "-m", workspace_path("tiny.safetensors"),
                                    workspace_path("a.png"), NULL},
                   0, 6);
    process_expect(&after,
                   (const char *[]){"classify", "-m", workspace_path("again.safetensors"),
                                    workspace_path("a.png"), NULL},
                   0, 6);
    assert_string_equal(before.out, after.out);
    process_free(&before);
    process_free(&import);
    process_free(&after);
}

/* As `classify` and `live` would show them. */
static void labels_beside_the_file_come_along(void **state)
{
    (void)state;
    struct process p;
    assert_int_equal(workspace_shell("mkdir beside && cp bare/net.safetensors beside && "
                                     "printf 'ant\nbee\ncat\ndog\nelk\nfox\n' >beside/labels.txt"),
                     0);
    process_expect(&p,
                   (const char *[]){"import", workspace_path("beside/net.safetensors"), "-o",
                                    workspace_path("named.safetensors"), NULL},
                   0, 1);
    assert_non_null(strstr(p.out, "with labels"));
    process_free(&p);
    process_expect(&p,
                   (const char *[]){"classify", "-m", workspace_path("named.safetensors"),
                                    workspace_path("a.png"), NULL},
                   0, 6);
    assert_null(strstr(p.out, "class ")); /* but names */
    process_free(&p);
}

static void a_damaged_model_does_not_verify(void **state)
{
    (void)state;
    struct process p;
    process_expect(&p,
                   (const char *[]){"import", workspace_path("tiny.safetensors"), "-o",
                                    workspace_path("again.safetensors"), NULL},
                   0, 1);
    process_free(&p);
    process_expect(
        &p,
        (const char *[]){"info", "--verify", "--model", workspace_path("again.safetensors"), NULL},
        0, -1);
    assert_non_null(strstr(p.err, "verified"));
    process_free(&p);
    FILE *file = fopen(workspace_path("again.safetensors"), "r+b");
    assert_non_null(file);
    const float wrong = 3; /* the last weight in the file */
    assert_int_equal(fseek(file, -(long)sizeof wrong, SEEK_END), 0);
    assert_int_equal(fwrite(&wrong, sizeof wrong, 1, file), 1);
    assert_int_equal(fclose(file), 0);
    process_expect(
        &p,
        (const char *[]){"info", "--verify", "--model", workspace_path("again.safetensors"), NULL},
        2, 0);
    assert_int_equal(process_count_lines(p.err), 1);
    process_free(&p);
    process_expect(&p,
                   (const char *[]){"import", workspace_path("again.safetensors"), "-o",
                                    workspace_path("never"), NULL},
                   2, 0);
    assert_int_not_equal(access(workspace_path("never"), F_OK), 0);
    process_free(&p);
    process_expect(
        &p,
        (const char *[]){"info", "--verify", "--model", workspace_path("tiny.safetensors"), NULL},
        2, 0); /* has no answer */
    process_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(import_keeps_the_answers),
        cmocka_unit_test(labels_beside_the_file_come_along),
        cmocka_unit_test(a_damaged_model_does_not_verify),
    };
    return cmocka_run_group_tests(tests, workspace_set_up, workspace_tear_down);
}
