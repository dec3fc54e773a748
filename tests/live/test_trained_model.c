/* What a trained model brings beyond its weights, as users of the program see it: the threshold of
 * "unknown", the accuracy, the recipe, half precision. */
#include <jansson.h>
#include <string.h>

#include "../../engine/image/picture_file.h"
#include "../../engine/model/model_file.h"
#include "../support.h"
#include "../tiny_model.h"
#include "process.h"

static char folder[] = "/tmp/camlabel-test-XXXXXX", model_path[64], half_path[64], picture_path[64];

/* The tiny network's answer to a black picture is less sure than this. */
static const double threshold = 0.9999;
static const char recipe[] = "epochs = 5\nlr = 0.1\n";

static int write_model(void)
{
    struct mn_model *model;
    struct mn_error error;
    if (tiny_model_write(model_path) || mn_model_load(&model, model_path, NULL, &error))
        return -1;
    free(model->recipe);
    free(model->measured);
    model->recipe = strdup(recipe);
    model->measured = strdup("0.75 top-1 of 4 test images at 32 px");
    model->accuracy = 0.75;
    model->unknown_below = threshold;
    enum mn_status status = mn_model_save(model, model_path, &error);
    mn_model_free(model);
    return (int)status;
}

static int set_up(void **state)
{
    (void)state;
    static uint8_t pixels[32 * 32 * 3];
    struct mn_image image;
    struct mn_error error;
    if (!mkdtemp(folder))
        return -1;
    snprintf(model_path, sizeof model_path, "%s/trained.safetensors", folder);
    snprintf(half_path, sizeof half_path, "%s/half.safetensors", folder);
    snprintf(picture_path, sizeof picture_path, "%s/a.png", folder);
    mn_image_wrap(&image, MN_PIXEL_RGB24, 32, 32, pixels, 0);
    return write_model() || mn_png_write(picture_path, &image, &error) ? -1 : 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(model_path);
    unlink(half_path);
    unlink(picture_path);
    return rmdir(folder);
}

/* Runs it and gives the first line that it prints, as JSON; the caller decrefs. */
static json_t *run(const char *const *arguments)
{
    struct process process;
    process_expect(&process, arguments, 0, -1);
    json_t *line = process_json_line(process.out, 0);
    process_free(&process);
    return line;
}

static const char *text_of(const json_t *line, const char *key)
{
    return json_string_value(json_object_get(line, key));
}

static void info_tells_the_training(void **state)
{
    (void)state;
    json_t *line = run((const char *[]){"info", "--json", "-m", model_path, NULL});
    assert_true(json_number_value(json_object_get(line, "unknown_below")) == threshold);
    assert_true(json_number_value(json_object_get(line, "accuracy")) == 0.75);
    assert_string_equal(text_of(line, "measured"), "0.75 top-1 of 4 test images at 32 px");
    assert_string_equal(text_of(line, "recipe"), recipe);
    assert_string_equal(text_of(line, "weights"), "float32");
    json_decref(line);

    struct process process;
    process_run(&process, (const char *[]){"info", "-m", model_path, NULL});
    assert_non_null(strstr(process.out, "measured    0.75 top-1 of 4"));
    assert_non_null(strstr(process.out, "unknown     below 0.9999\n"));
    assert_non_null(strstr(process.out, "recipe      epochs = 5\n            lr = 0.1\nwidth "));
    process_free(&process);
}

/* A half of everything comes out, and the answer is that of the halves. */
static void import_makes_halves(void **state)
{
    (void)state;
    struct process process;
    process_run(&process, (const char *[]){"import", "--half", model_path, "-o", half_path, NULL});
    assert_int_equal(process.code, 0);
    process_free(&process);
    json_t *line = run((const char *[]){"info", "--json", "--verify", "-m", half_path, NULL});
    assert_string_equal(text_of(line, "weights"), "float16");
    assert_string_equal(text_of(line, "recipe"), recipe); /* all else comes along */
    assert_true(json_number_value(json_object_get(line, "unknown_below")) == threshold);
    json_decref(line);
}

/* The command says "unknown" with these flags, or a class; the list of classes is there anyway. */
static void assert_label(const char *const *arguments, bool unknown)
{
    json_t *line = run(arguments);
    const json_t *first = json_array_get(json_object_get(line, "top"), 0);
    const char *label = text_of(line, "label");
    assert_int_equal(json_array_size(json_object_get(line, "top")), 5);
    assert_non_null(label);
    assert_string_equal(label, unknown ? "unknown" : text_of(first, "label"));
    if (json_object_get(line, "p"))
        assert_true(json_number_value(json_object_get(line, "p")) ==
                    json_number_value(json_object_get(first, "p")));
    json_decref(line);
}

static void classify_says_unknown(void **state)
{
    (void)state;
    const char *const own[] = {"classify", "--json", "-m", model_path, picture_path, NULL};
    const char *const never[] = {"classify",        "--json", "-m",         model_path,
                                 "--unknown-below", "0",      picture_path, NULL};
    assert_label(own, true);
    assert_label(never, false);
    struct process process;
    process_run(&process, (const char *[]){"classify", "-m", model_path, picture_path, NULL});
    assert_non_null(strstr(process.out, "/a.png: unknown\n  "));
    assert_int_equal(process_count_lines(process.out), 6);
    process_free(&process);
}

static void live_says_unknown(void **state)
{
    (void)state;
    const char *const own[] = {"live",       "-m", model_path, "-i", picture_path,
                               "--headless", "-n", "1",        NULL};
    const char *const low[] = {"live", "-m", model_path,        "-i",   picture_path, "--headless",
                               "-n",   "1",  "--unknown-below", "0.01", NULL};
    assert_label(own, true);
    assert_label(low, false);
}

static void a_threshold_is_a_probability(void **state)
{
    (void)state;
    struct process process;
    process_run(&process, (const char *[]){"classify", "-m", model_path, "--unknown-below", "1.5",
                                           picture_path, NULL});
    assert_int_equal(process.code, 2);
    assert_non_null(strstr(process.err, "--unknown-below 1.5: must be a number from 0 to 1"));
    process_free(&process);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(info_tells_the_training),      cmocka_unit_test(import_makes_halves),
        cmocka_unit_test(classify_says_unknown),        cmocka_unit_test(live_says_unknown),
        cmocka_unit_test(a_threshold_is_a_probability),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
