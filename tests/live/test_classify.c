/* `camlabel classify`: pictures in, lines out. */
#include <fcntl.h>
#include <jansson.h>
#include <string.h>

#include "../support.h"
#include "process.h"
#include "workspace.h"

static void classify_prints_a_line_a_picture(void **state)
{
    (void)state;
    struct process p;
    process_expect(&p,
                   (const char *[]){"classify", "--json", "-m", workspace_path("tiny.safetensors"),
                                    workspace_path("a.png"), workspace_folder(), NULL},
                   2, 3);
    assert_int_equal(process_count_lines(p.err),
                     1); /* cut.png in the folder is named, the others are classified */
    assert_non_null(strstr(p.err, "cut.png"));
    static const char *const files[] = {"/a.png", "/a.png", "/pictures/b.png"};
    for (int i = 0; i < 3; i++) {
        json_t *line = process_json_line(p.out, i);
        assert_non_null(strstr(json_string_value(json_object_get(line, "file")), files[i]));
        assert_string_equal(json_string_value(json_object_get(line, "model")), "tiny");
        workspace_assert_top(json_object_get(line, "top"), 5);
        assert_true(json_is_number(json_object_get(line, "preprocess_ms")) &&
                    json_is_number(json_object_get(line, "inference_ms")));
        json_decref(line);
    }
    process_free(&p);
    process_expect(&p,
                   (const char *[]){"classify", "--top", "2", "-m",
                                    workspace_path("tiny.safetensors"), workspace_path("a.png"),
                                    NULL},
                   0, 3);
    process_free(&p);
}

static void standard_input_is_a_picture_too(void **state)
{
    (void)state;
    struct process file, p;
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    char bytes[60000];
    FILE *picture = fopen(workspace_path("a.png"), "rb");
    assert_non_null(picture);
    size_t size = fread(bytes, 1, sizeof bytes, picture);
    fclose(picture);
    assert_true(size > 0 && size < sizeof bytes);
    assert_int_equal(write(ends[1], bytes, size), size);
    close(ends[1]); /* the only writer: the reader will see the end */
    process_expect(&file,
                   (const char *[]){"classify", "-m", workspace_path("tiny.safetensors"),
                                    workspace_path("a.png"), NULL},
                   0, 6);
    process_set_input(ends[0]);
    process_expect(
        &p, (const char *[]){"classify", "-m", workspace_path("tiny.safetensors"), "-", NULL}, 0,
        6);
    process_set_input(-1);
    close(ends[0]);
    assert_string_equal(strchr(file.out, '\n'), strchr(p.out, '\n'));
    assert_int_equal(strncmp(p.out, "-\n", 2), 0);
    process_free(&file);
    process_free(&p);
}

static void a_closed_input_is_no_picture(void **state)
{
    (void)state;
    struct process p;
    process_set_input(PROCESS_CLOSED);
    process_expect(
        &p, (const char *[]){"classify", "-m", workspace_path("tiny.safetensors"), "-", NULL}, 1,
        0);
    assert_int_equal(process_count_lines(p.err), 1);
    process_free(&p);
    process_expect(&p,
                   (const char *[]){"classify", "-m", workspace_path("tiny.safetensors"),
                                    workspace_path("a.png"), NULL},
                   0, 6);
    process_free(&p);
    process_set_input(-1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classify_prints_a_line_a_picture),
        cmocka_unit_test(standard_input_is_a_picture_too),
        cmocka_unit_test(a_closed_input_is_no_picture),
    };
    return cmocka_run_group_tests(tests, workspace_set_up, workspace_tear_down);
}
