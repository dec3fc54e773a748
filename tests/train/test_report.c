/* The report: well-formed whatever names and texts say, complete or absent, small, and with
 * everything in it that it promises. */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "../../engine/model/file.h"
#include "../support.h"
#include "report_sample.h"

/* ---- is it well-formed? ---- */

/* Elements are closed in the reverse order; & < > " occur only as markup. Less than a parser of XML
 * knows, but always there. */
static void check_markup(const char *text)
{
    char open[32][16];
    int depth = 0;
    assert_true(strncmp(text, "<!DOCTYPE html>\n", 16) == 0);
    for (text += 15; *text; text++) {
        if (*text == '&' &&
            strspn(text + 1, "#abcdefghijklmnopqrstuvwxyz0123456789") == strcspn(text + 1, ";"))
            continue;
        if (*text == '&' || *text == '>')
            fail_msg("stray %.40s", text);
        if (*text != '<')
            continue;
        size_t length = strcspn(text, ">"), name = strcspn(text + 1, " />");
        const char *end = text + length;
        if (memchr(text + 1, '<', length - 1) || *end != '>')
            fail_msg("stray %.40s", text);
        if (text[1] == '/') {
            name = length - 2;
            if (depth == 0 || strlen(open[--depth]) != name ||
                strncmp(open[depth], text + 2, name) != 0)
                fail_msg("%.20s does not close %s", text, open[depth]);
        } else if (end[-1] != '/') {
            assert_true(depth < 32 && name < 16);
            memcpy(open[depth], text + 1, name);
            open[depth++][name] = '\0';
        }
        text = end;
    }
    assert_int_equal(depth, 0);
}

/* And a real parser's opinion, where there is one. */
static void check_file(const char *path)
{
    char command[128];
    if (system("command -v xmllint >/dev/null") != 0) {
        print_message("skipped: there is no xmllint here to read the report\n");
        return;
    }
    snprintf(command, sizeof command, "xmllint --noout %s", path);
    assert_int_equal(system(command), 0);
}

static void expect(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("the report lacks \"%s\"", part);
}

static int count_of(const char *text, const char *part)
{
    int count = 0;
    while ((text = strstr(text, part)) != NULL) {
        count++;
        text += strlen(part);
    }
    return count;
}

static void test_complete_and_small(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "id=\"use\"",
        "id=\"curves\"",
        "id=\"confusion\"",
        "id=\"classes\"",
        "id=\"mistakes\"",
        "id=\"calibration\"",
        "id=\"unknown\"",
        "id=\"making\"",
        "95&#160;% interval",
        "camlabel live --model runs/sample.safetensors",
        "fit --data-dir d --recipe &#39;my runs/recipe.txt&#39; --output again<",
        "epochs = 40\nlr = 0.1",
        "A CPU, 2 threads",
        "67,500 for training, 2,700 for validation; 3 could not",
        "epoch 38",
        "6.5&#160;MB",
        "class=\"matrix\"",
        "expected calibration error"};
    struct sample sample;
    size_t bytes;
    sample_open(&sample, 54, 50);
    char *text = sample_write(&sample, &bytes);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        expect(text, parts[i]);
    check_markup(text);
    check_file(sample.path);
    assert_true(bytes < 1000000);
    int pictures = count_of(text, "data:image/jpeg;base64,"),
        missing = count_of(text, "cannot be read");
    assert_int_equal(pictures + missing, 24);
    assert_true(pictures > 0);
    assert_int_equal(count_of(text, "http"), 1); /* the name space: nothing is fetched */
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "than chance"));
    assert_null(strstr(text, "It answers"));
    assert_null(strstr(text, "class=\"point")); /* forty epochs are lines */
    free(text);
    sample_close(&sample);
}

/* Words of marks stand above the highest line of their chart's grid, where nothing is drawn. */
static void test_words_of_marks(void **state)
{
    (void)state;
    struct sample sample;
    size_t bytes;
    sample_open(&sample, 12, 20);
    char *text = sample_write(&sample, &bytes);
    int words = 0;
    double top = 0;
    for (const char *at = text; (at = strchr(at, '<')); at++)
        if (strncmp(at, "<path class=\"grid\" d=\"M", 23) == 0) {
            top = strtod(strchr(at + 23, ' '), NULL); /* they are drawn upwards */
        } else if (strncmp(at, "<text class=\"marked", 19) == 0) {
            /* its letters hang a little lower than it stands */
            assert_true(strtod(strstr(at, " y=\"") + 4, NULL) < top - 4);
            words++;
        }
    assert_int_equal(words, 4); /* kept, twice; threshold; chosen */
    free(text);
    sample_close(&sample);
}

/* Every number of the confusion matrix is on the page, as a title of its cell. */
static void test_matrix(void **state)
{
    (void)state;
    struct sample sample;
    size_t bytes;
    sample_open(&sample, 5, 20);
    char *text = sample_write(&sample, &bytes);
    for (int truth = 0; truth < 5; truth++)
        for (int answer = 0; answer < 5; answer++) {
            char title[128];
            int pictures = sample.metrics.confusion[truth * 5 + answer];
            if (truth == answer)
                snprintf(title, sizeof title, "<title>class_number_%d: %d of 20</title>", truth,
                         pictures);
            else
                snprintf(title, sizeof title,
                         "<title>class_number_%d taken for class_number_%d: %d of 20</title>",
                         truth, answer, pictures);
            assert_int_equal(strstr(text, title) != NULL, pictures > 0);
        }
    free(text);
    sample_close(&sample);
}

/* More classes than a picture can show: the pairs must do. */
static void test_many_classes(void **state)
{
    (void)state;
    struct sample sample;
    size_t bytes;
    sample_open(&sample, 130, 3);
    char *text = sample_write(&sample, &bytes);
    check_markup(text);
    assert_null(strstr(text, "class=\"matrix\""));
    expect(text, "was taken for");
    expect(text, "class_<wbr/>number_<wbr/>129");
    free(text);
    sample_close(&sample);
}

static void test_hostile_texts(void **state)
{
    (void)state;
    static const char evil[] =
        "</title><script>alert('1')</script>]]>--><!-- &amp;\x01\xff\" onload=\"";
    static const char longest[] = "a_very_long_name_of_a_class_that_nobody_would_type_but_which_"
                                  "may_come_犬犬犬犬犬";
    static const char *const names[] = {evil, "", "%s%n%T", "犬 und Katze", longest};
    struct sample sample;
    size_t bytes;
    sample_open(&sample, 5, 20);
    char *own[5];
    for (int i = 0; i < 5; i++) {
        own[i] = sample.labels[i];
        sample.labels[i] = (char *)names[i];
    }
    struct report *report = &sample.report;
    report->name = report->recipe_path = report->recipe = report->cpu = report->date = evil;
    report->model_path = report->data_dir = evil;
    char *text = sample_write(&sample, &bytes);
    check_markup(text);
    check_file(sample.path);
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "<!--"));
    assert_null(strstr(text, "\x01"));
    assert_null(strstr(text, "\xff"));
    expect(text, "%s%n%T");
    expect(text, "犬 und Katze");
    free(text);
    memcpy(sample.labels, own, sizeof own);
    sample_close(&sample);
}

/* What eval knows: no epochs, no recipe, no pictures, not even a name. */
static void test_little(void **state)
{
    (void)state;
    struct sample sample;
    size_t bytes;
    sample_open(&sample, 2, 3);
    sample.report = (struct report){.evaluation = &sample.evaluation,
                                    .metrics = &sample.metrics,
                                    .labels = sample.labels,
                                    .split = "test"};
    char *text = sample_write(&sample, &bytes);
    check_markup(text);
    assert_null(strstr(text, "id=\"curves\""));
    assert_null(strstr(text, "#curves"));
    assert_null(strstr(text, "id=\"use\""));
    assert_null(strstr(text, "id=\"mistakes\""));
    assert_null(strstr(text, "(null)"));
    free(text);
    sample_close(&sample);
}

/* One epoch is a point, and all right leaves nothing to show of mistakes. */
static void test_perfect(void **state)
{
    (void)state;
    struct sample sample;
    size_t bytes;
    sample_open(&sample, 2, 3);
    for (int i = 0; i < 12; i++)
        sample.evaluation.probability[i] = i / 2 / 3 == i % 2 ? 1 : 0;
    struct mn_error error;
    mn_metrics_free(&sample.metrics);
    assert_int_equal(mn_metrics_new(&sample.metrics, &sample.evaluation, &error), MN_OK);
    sample.report.epoch_count = 1;
    char *text = sample_write(&sample, &bytes);
    check_markup(text);
    expect(text, "100.0&#160;%");
    expect(text, "No picture was taken for anything else.");
    assert_int_equal(count_of(text, "<path class=\"point blue\""), 2);
    assert_int_equal(count_of(text, "<path class=\"point orange\""), 2);
    assert_null(strstr(text, "mistakes\""));
    assert_int_equal(count_of(text, "inf"), count_of(text, "camlabel info"));
    free(text);
    sample_close(&sample);
}

/* The report of a model that gives the same answer to all pictures but the first few; freed by the
 * caller. */
static char *write_one_answer(int classes, int per_class, int others)
{
    struct sample sample;
    struct mn_error error;
    size_t bytes;
    sample_open(&sample, classes, per_class);
    for (int i = 0; i < classes * per_class; i++)
        for (int k = 0; k < classes; k++)
            sample.evaluation.probability[i * classes + k] = k == (i < others ? 1 : 3) ? 1 : 0;
    mn_metrics_free(&sample.metrics);
    assert_int_equal(mn_metrics_new(&sample.metrics, &sample.evaluation, &error), MN_OK);
    char *text = sample_write(&sample, &bytes);
    check_markup(text);
    sample_close(&sample);
    return text;
}

/* What has learned nothing is not told what it knows best. */
static void test_one_answer(void **state)
{
    (void)state;
    static const char name[] = "It answers <b>class_<wbr/>number_<wbr/>3</b> to ";
    static const struct {
        int others;
        const char *words;
    } cases[] = {{0, "everything: 60 of 60 pictures"}, {5, "nearly everything: 55 of 60 pictures"}};
    for (size_t i = 0; i < 2; i++) {
        char *text = write_one_answer(6, 10, cases[i].others);
        expect(text, name);
        expect(text, cases[i].words);
        expect(text, "no more than chance");
        assert_null(strstr(text, "It knows"));
        assert_null(strstr(text, "most frequent mistake"));
        free(text);
    }
    char *text = write_one_answer(6, 10, 6);
    expect(text, "It knows");
    assert_null(strstr(text, "It answers"));
    free(text);
}

/* The old report stays, nothing else does (sample_close checks). */
static void check_kept(struct sample *sample, const char *old, size_t old_bytes)
{
    struct mn_error error;
    uint8_t *text;
    size_t bytes;
    assert_int_equal(mn_file_read(sample->path, 64 << 20, &text, &bytes, &error), MN_OK);
    assert_int_equal(bytes, old_bytes);
    assert_memory_equal(text, old, bytes);
    free(text);
}

/* A limit of the file's size is to a program what a full disk is. */
static void test_full_disk(void **state)
{
    (void)state;
    struct sample sample;
    struct mn_error error = {.message = ""};
    struct rlimit limit, low;
    size_t bytes;
    sample_open(&sample, 6, 10);
    char *old = sample_write(&sample, &bytes);

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    low = (struct rlimit){8192, limit.rlim_max};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &low);
    enum mn_status status = report_write(sample.path, &sample.report, &error);
    setrlimit(RLIMIT_FSIZE, &limit);
    signal(SIGXFSZ, handler);

    assert_int_equal(status, MN_FAILED);
    expect(error.message, "report.html");
    check_kept(&sample, old, bytes);
    free(old);
    sample_close(&sample);
}

static void test_impossible_paths(void **state)
{
    (void)state;
    struct sample sample;
    struct mn_error error;
    size_t bytes;
    sample_open(&sample, 6, 10);
    char *old = sample_write(&sample, &bytes);

    char missing[96];
    snprintf(missing, sizeof missing, "%s.absent/report.html", sample.path);
    assert_int_equal(report_write(missing, &sample.report, &error), MN_FAILED);
    expect(error.message, "report.html");
    *strrchr(sample.path, '/') = '\0';
    assert_int_equal(report_write(sample.path, &sample.report, &error), MN_BAD_INPUT);
    sample.path[strlen(sample.path)] = '/';
    check_kept(&sample, old, bytes);
    free(old);
    sample_close(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_complete_and_small),
        cmocka_unit_test(test_words_of_marks),
        cmocka_unit_test(test_matrix),
        cmocka_unit_test(test_many_classes),
        cmocka_unit_test(test_hostile_texts),
        cmocka_unit_test(test_little),
        cmocka_unit_test(test_perfect),
        cmocka_unit_test(test_one_answer),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_impossible_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
