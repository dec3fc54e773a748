/* Writing files: whole or not at all, whoever was killed or is writing beside it. */
#include "../../engine/base/file_writer.h"
#include "../../engine/model/file.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../support.h"

static char folder[32], path[64], temporary[64];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/camlabel-test-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(temporary, sizeof temporary, "%s/file.0.tmp", folder);
    return 0;
}

static int files(void)
{
    DIR *entries = opendir(folder);
    int count = -2; /* itself and its parent */
    assert_non_null(entries);
    while (readdir(entries))
        count++;
    closedir(entries);
    return count;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(temporary);
    unlink(path);
    return rmdir(folder);
}

static void begin(struct mn_file_writer *writer)
{
    struct mn_error error;
    if (mn_file_begin(writer, path, &error))
        fail_msg("%s", error.message);
}

static void write_text(const char *text)
{
    struct mn_file_writer writer;
    struct mn_error error;
    begin(&writer);
    fputs(text, writer.stream);
    assert_int_equal(mn_file_commit(&writer, &error), MN_OK);
}

static void assert_has(const char *text)
{
    uint8_t *data;
    size_t size;
    struct mn_error error;
    if (mn_file_read(path, 1 << 20, &data, &size, &error))
        fail_msg("%s", error.message);
    assert_int_equal(size, strlen(text));
    assert_memory_equal(data, text, size);
    free(data);
}

/* A writer killed half-way leaves its part once, however often that happens. */
static void killed_writers_leave_one_file(void **state)
{
    (void)state;
    write_text("old");
    for (int i = 0; i < 3; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            struct mn_file_writer writer;
            begin(&writer);
            fputs("a part that is longer than the next one", writer.stream);
            fflush(writer.stream);
            raise(SIGKILL);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        assert_int_equal(files(), 2);
        assert_has("old");
    }
    write_text("new");
    assert_has("new");
    assert_int_equal(files(), 1);
}

static void two_writers_do_not_meet(void **state)
{
    (void)state;
    struct mn_file_writer first, second;
    struct mn_error error;
    begin(&first);
    begin(&second);
    assert_int_equal(files(), 2);
    fputs("first", first.stream);
    fputs("second", second.stream);
    assert_int_equal(mn_file_commit(&second, &error), MN_OK);
    assert_has("second");
    assert_int_equal(mn_file_commit(&first, &error), MN_OK);
    assert_has("first");
    assert_int_equal(files(), 1);
}

/* What has the temporary file's name and is none of ours keeps what it says. */
static void strange_files_are_left_alone(void **state)
{
    (void)state;
    char other[64];
    struct stat info;
    snprintf(other, sizeof other, "%s/other", folder);
    FILE *file = fopen(other, "w");
    fputs("precious", file);
    assert_int_equal(fclose(file), 0);
    for (int kind = 0; kind < 4; kind++) {
        int made = kind == 0   ? symlink(other, temporary)
                   : kind == 1 ? link(other, temporary)
                   : kind == 2 ? mkfifo(temporary, 0600)
                               : mkdir(temporary, 0700);
        assert_int_equal(made, 0);
        write_text("text");
        assert_has("text");
        assert_int_equal(stat(other, &info), 0);
        assert_int_equal(info.st_size, 8);
        assert_int_equal(remove(temporary), 0);
    }
    assert_int_equal(unlink(other), 0);
}

static void abandoning_leaves_nothing(void **state)
{
    (void)state;
    struct mn_file_writer writer;
    begin(&writer);
    fputs("text", writer.stream);
    mn_file_abandon(&writer);
    mn_file_abandon(&writer);
    assert_int_equal(files(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_writers_leave_one_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(two_writers_do_not_meet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strange_files_are_left_alone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(abandoning_leaves_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
