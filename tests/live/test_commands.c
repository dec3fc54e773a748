/* The program as its users run it, whatever the command: what is refused and how, output that
 * cannot be written, help, an installation. */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "../support.h"
#include "process.h"
#include "workspace.h"

static const char missing_isa[] =
#if defined __aarch64__ || defined __arm__
    "avx2";
#else
    "neon";
#endif

static void bad_input_is_refused_in_one_line(void **state)
{
    (void)state;
    char model[128], picture[128], again[128], empty[128], cut[128], text[128], bare[128];
    snprintf(model, sizeof model, "%s", workspace_path("tiny.safetensors"));
    snprintf(picture, sizeof picture, "%s", workspace_path("a.png"));
    snprintf(empty, sizeof empty, "%s", workspace_path("empty"));
    snprintf(cut, sizeof cut, "%s", workspace_path("cut.png"));
    snprintf(text, sizeof text, "%s", workspace_path("text"));
    snprintf(again, sizeof again, "%s", workspace_path("./a.png"));
    snprintf(bare, sizeof bare, "%s", workspace_path("bare/net.safetensors"));
    const char *const cases[][10] = {
        {"fly", NULL},
        {"--fly", NULL},
        {"demo", NULL},
        {picture, NULL},
        {"classify", NULL},
        {"classify", "-m", model, "/nowhere.png", NULL},
        {"classify", "-m", model, empty, NULL},
        {"classify", "-m", model, cut, NULL},
        {"classify", "-m", model, text, NULL},
        {"classify", "-m", empty, picture, NULL},
        {"classify", "-m", text, picture, NULL},
        {"classify", "-m", "/nowhere.tflite", picture, NULL},
        {"classify", "-m", workspace_folder(), picture, NULL},
        {"classify", "-m", model, "--labels", text, picture, NULL},
        {"classify", "-m", model, "--labels", empty, picture, NULL},
        {"classify", "-m", model, "--isa", "sse9", picture, NULL},
        {"classify", "-m", model, "--resolution", "100", picture, NULL},
        {"classify", "-m", model, "--top", "0", picture, NULL},
        {"import", model, NULL},
        {"import", model, "-o", model, NULL},
        {"live", "-m", model, "-i", "demo", "--screenshot", workspace_folder(), NULL},
        {"live", "-m", model, "-i", picture, "--screenshot", picture, NULL},
        {"live", "-m", model, "-i", picture, "--screenshot", again, NULL},
        {"import", text, "-o", "/tmp/never", NULL},
        {"info", "--width", "-1", NULL},
        {"info", "more", NULL},
        {"live", "-m", model, "-i", empty, "--headless", NULL},
        {"live", "-m", model, "-i", text, "--headless", NULL},
        {"live", "-m", model, "-i", "/nowhere.y4m", "--headless", NULL},
        {"live", "-m", model, "-i", "demo", "-d", "0", NULL},
        {"live", "-m", model, "-i", "demo", "--headless", "--screenshot", "/tmp/never.png", NULL},
        {"live", "-m", model, "--once", NULL},
        {"live", "-m", model, "-i", picture, "--width", "320", NULL},
        {"live", "-m", model, "-i", picture, "--format", "MJPG", NULL},
        {"live", "-m", model, "-i", "demo", "--headless", "--fullscreen", NULL},
        {"live", "-m", model, "-d", workspace_folder(), NULL},
        {"live", "--help=all", NULL},
        {"info", "--labels", text, NULL},
        {"--format", "TOOLONG", "-m", model, "--headless", "--frames", "1", NULL},
        {"live", "-m", model, "-i", "demo", "--headless", "--isa", missing_isa, NULL},
        {"live", "-m", bare, "-i", "demo", "--headless", NULL},
        {"classify", "-m", model, "--isa", missing_isa, picture, NULL},
        {"classify", "-m", bare, picture, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct process p;
        process_expect(&p, cases[i], 2, 0);
        if (process_count_lines(p.err) != 1 || strncmp(p.err, "camlabel: ", 10) != 0)
            fail_msg("case %zu, %s: not one line of explanation:\n%s", i, cases[i][0], p.err);
        process_free(&p);
    }
}

static void a_wrong_word_leads_on(void **state)
{
    (void)state;
    const struct {
        const char *arguments[5], *message;
    } cases[] = {
        {{"clasify", "x.jpg"}, "there is no command clasify; did you mean classify? see camlabel "},
        {{"trian"}, "no command trian; did you mean train? see"},
        {{"info", "everyday"}, "everyday: not expected here; did you mean --model everyday? see "},
        {{"info", "-m", "cards", "x"}, "x: not expected here; see camlabel info --help"},
        {{"live", "x.y4m"}, "did you mean --device or --input x.y4m?"},
        {{"devices", "0"}, "did you mean --device 0?"},
        {{"bench", "0"}, "0: not expected here; see"},
        {{"fly"}, "there is no command fly; see camlabel --help"},
        {{"cards"}, "cards is no command; did you mean: camlabel live --model cards"},
        {{"my net.tflite"}, "did you mean: camlabel live --model 'my net.tflite'"},
        {{"live", "--mirror"}, "no flag --mirror; it is called --hflip here; see"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct process p;
        process_expect(&p, cases[i].arguments, 2, 0);
        if (process_count_lines(p.err) != 1 || !strstr(p.err, cases[i].message))
            fail_msg("\"%s\" is not in: %s", cases[i].message, p.err);
        process_free(&p);
    }
}

/* Nothing that was to be printed can be, for this reason. */
static void assert_unprintable(const char *why)
{
    const char *const cases[][8] = {
        {"classify", "-m", workspace_path("tiny.safetensors"), workspace_path("a.png"), NULL},
        {"live", "-m", workspace_path("tiny.safetensors"), "-i", "demo", "--headless", NULL},
        {"live", "--help", NULL},
        {"--help", NULL},
        {"--version", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct process p;
        process_expect(&p, cases[i], 1, 0);
        if (process_count_lines(p.err) != 1 || !strstr(p.err, why))
            fail_msg("camlabel %s: not one line about \"%s\":\n%s", cases[i][0], why, p.err);
        process_free(&p);
    }
}

static void a_full_disk_is_no_success(void **state)
{
    (void)state;
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full >= 0);
    process_set_output(full);
    assert_unprintable("standard output: No space left on device");
    process_set_output(-1);
    close(full);
}

static void a_closed_output_is_no_success(void **state)
{
    (void)state;
    process_set_output(PROCESS_CLOSED);
    assert_unprintable("standard output: Bad file descriptor");
    process_set_output(-1);
}

static void an_installation_can_be_moved(void **state)
{
    (void)state;
    char build[4096], program[256], install[8192];
    struct process p;
    process_build_path(build, sizeof build, "");
    snprintf(install, sizeof install,
             "make -s install BUILD='%s' DESTDIR='%s/root' PREFIX=/opt/x >/dev/null", build,
             workspace_folder());
    assert_int_equal(system(install), 0);
    assert_int_equal(
        workspace_shell("mv root/opt/x moved && mkdir -p moved/share/camlabel/models && "
                        "cp tiny.safetensors moved/share/camlabel/models/cards.safetensors"),
        0);
    snprintf(program, sizeof program, "%s/moved/bin/camlabel", workspace_folder());
    process_set_program(program);
    process_expect(&p,
                   (const char *[]){"live", "-i", "demo", "-n", "2", "--screenshot",
                                    workspace_path("moved.png"), NULL},
                   0, 0);
    process_free(&p);
    assert_int_equal(access(workspace_path("moved.png"), R_OK), 0);
    process_expect(&p, (const char *[]){"classify", workspace_path("moved.png"), NULL}, 0, -1);
    process_free(&p);
    assert_int_equal(workspace_shell("rm moved/share/camlabel/models/everyday.safetensors"), 0);
    process_expect(&p, (const char *[]){"classify", workspace_path("moved.png"), NULL}, 2, 0);
    assert_non_null(strstr(p.err, "everyday"));
    process_free(&p);
    process_expect(
        &p,
        (const char *[]){"live", "-i", workspace_path("moved.png"), "--headless", "-n", "1", NULL},
        2, 0);
    assert_non_null(strstr(p.err, "everyday")); /* the demo alone has a model of its own */
    process_free(&p);
    assert_int_equal(workspace_shell("rm -r moved/share"), 0);
    process_expect(&p, (const char *[]){"live", "-i", "demo", "--headless", NULL}, 2, 0);
    assert_int_equal(process_count_lines(p.err), 1);
    process_free(&p);
    process_set_program(NULL);
}

static void a_model_that_ships_goes_by_its_name(void **state)
{
    (void)state;
    char folder[128];
    struct process p;
    process_expect(&p, (const char *[]){"info", "--verify", "--model", "cards", NULL}, 0, -1);
    assert_non_null(strstr(p.out, "cards"));
    process_free(&p);
    process_expect(&p, (const char *[]){"info", "--model", "chessmen", NULL}, 2, 0);
    assert_int_equal(process_count_lines(p.err), 1);
    assert_non_null(strstr(p.err, "chessmen"));
    assert_non_null(strstr(p.err, "these do: cards, cifar10, everyday"));
    process_free(&p);
    process_expect(&p, (const char *[]){"classify", "-m", "evryday", "x.jpg", NULL}, 2, 0);
    assert_int_equal(process_count_lines(p.err), 1);
    assert_non_null(strstr(p.err, "did you mean everyday? these do"));
    process_free(&p);
    snprintf(folder, sizeof folder, "%s/cards", workspace_folder()); /* of this name, in a path */
    process_expect(&p, (const char *[]){"info", "--model", folder, NULL}, 2, 0);
    process_free(&p);
}

static void every_command_explains_itself(void **state)
{
    (void)state;
    static const char *const commands[] = {"live", "classify", "devices",
                                           "info", "import",   "bench"};
    struct process overview, p;
    process_expect(&overview, (const char *[]){"--help", NULL}, 0, -1);
    for (int i = 0; i < 6; i++) {
        process_expect(&p, (const char *[]){commands[i], "--help", NULL}, 0, -1);
        assert_non_null(strstr(p.out, "usage: camlabel"));
        assert_non_null(strstr(overview.out, commands[i]));
        process_free(&p);
    }
    process_free(&overview);
    process_expect(&p, (const char *[]){"--version", NULL}, 0, 1);
    process_free(&p);
    process_expect(&p, (const char *[]){"devices", "--json", NULL}, 0, -1);
    process_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_input_is_refused_in_one_line),
        cmocka_unit_test(a_wrong_word_leads_on),
        cmocka_unit_test(a_full_disk_is_no_success),
        cmocka_unit_test(a_closed_output_is_no_success),
        cmocka_unit_test(an_installation_can_be_moved),
        cmocka_unit_test(a_model_that_ships_goes_by_its_name),
        cmocka_unit_test(every_command_explains_itself),
    };
    return cmocka_run_group_tests(tests, workspace_set_up, workspace_tear_down);
}
