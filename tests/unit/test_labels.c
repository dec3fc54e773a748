/* Label lists in all their forms, and how they meet a network. */
#include "../../engine/model/labels.h"

#include <string.h>

#include "../../engine/model/model_file.h"
#include "../../engine/model/text.h"
#include "../support.h"

/* Decodes from memory that ends with the text. */
static enum mn_status decode(struct mn_labels *labels, const char *text, size_t size,
                             struct mn_error *error)
{
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, text, size);
    enum mn_status status = mn_labels_decode(labels, exact, size, error);
    free(exact);
    return status;
}

static void test_forms(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "cat\ndog, hound\nowl\n",
        "cat\r\ndog, hound\r\nowl",
        ("\xef\xbb\xbf"
         "cat\ndog, hound\nowl\n\n  \r\n\n"),
        "0 cat\n1 dog, hound\n2 owl\n",
        "1 cat\n2 dog, hound\n3 owl\n",
        "2:owl\n0:cat\n1:dog, hound\n",
        "0: cat\n1 : dog, hound\n2\towl\n",
        "n02121808 cat\nn02084071\tdog, hound\nn01622779 owl\n",
        "0 n02121808 cat\n1 n02084071 dog, hound\n2 n01622779 owl\n",
        "  cat \n\tdog, hound\nowl",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct mn_labels labels;
        struct mn_error error;
        if (decode(&labels, texts[i], strlen(texts[i]), &error))
            fail_msg("%s: %s", texts[i], error.message);
        assert_int_equal(labels.count, 3);
        assert_string_equal(labels.text[0], "cat");
        assert_string_equal(labels.text[1], "dog, hound");
        assert_string_equal(labels.text[2], "owl");
        mn_labels_free(&labels);
        mn_labels_free(&labels);
    }
}

/* A form counts only where every line has it. */
static void test_plain_lines_stay(void **state)
{
    (void)state;
    static const char text[] = "7 up\ncola\n3\nn02121808 cat\nn1234567890 x\n12:\n";
    static const char *const expected[] = {"7 up",          "cola",          "3",
                                           "n02121808 cat", "n1234567890 x", "12:"};
    struct mn_labels labels;
    struct mn_error error;
    assert_int_equal(decode(&labels, text, sizeof text - 1, &error), MN_OK);
    assert_int_equal(labels.count, 6);
    for (int i = 0; i < 6; i++)
        assert_string_equal(labels.text[i], expected[i]);
    mn_labels_free(&labels);

    static const char digits[] = "0\n1\n2\n";
    assert_int_equal(decode(&labels, digits, sizeof digits - 1, &error), MN_OK);
    assert_string_equal(labels.text[2], "2");
    mn_labels_free(&labels);

    static const char synsets[] = "background\nn02121808 cat\n";
    assert_int_equal(decode(&labels, synsets, sizeof synsets - 1, &error), MN_OK);
    assert_string_equal(labels.text[0], "background");
    assert_string_equal(labels.text[1], "cat");
    mn_labels_free(&labels);
}

static void test_refuses(void **state)
{
    (void)state;
    static char long_line[1200];
    memset(long_line, 'x', sizeof long_line - 1);
    const struct {
        const char *text;
        size_t size;
        const char *message;
    } cases[] = {
        {"", 0, "no labels"},
        {"\n\n\r\n", 4, "no labels"},
        {"\xef\xbb\xbf", 3, "no labels"},
        {"a\n\nb\n", 5, "line 2 is empty"},
        {"a\nb\0c\n", 6, "zero bytes"},
        {"a\n\xc3\n", 4, "line 2 is not printable UTF-8"},
        {"a\n\xff\n", 4, "line 2 is not printable UTF-8"},
        {"\xed\xa0\x80", 3, "line 1 is not printable UTF-8"}, /* a surrogate */
        {"\xc0\xaf", 2, "line 1 is not printable UTF-8"},     /* an overlong slash */
        {"\x1b[2J", 4, "line 1 is not printable UTF-8"},
        {"0 a\n1 b\n1 c\n", 12, "line 3 has the number 1 a second time"},
        {"0 a\n1 b\n3 c\n", 12, "line 3 has the number 3, which leaves a gap"},
        {"2 a\n3 b\n", 8, "numbered from 2"},
        {"0 a\n999999 b\n", 13, "gap"},
        {long_line, sizeof long_line - 1, "no list of labels"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mn_labels labels;
        struct mn_error error;
        if (decode(&labels, cases[i].text, cases[i].size, &error) != MN_BAD_INPUT ||
            !strstr(error.message, cases[i].message))
            fail_msg("case %zu: \"%s\"", i, error.message);
        assert_null(labels.text);
    }
}

static void test_text(void **state)
{
    (void)state;
    static const char good[] = "a\t\u00e9\u20ac\U0001f34c";
    assert_true(mn_text_is_clean(good, sizeof good - 1));
    assert_false(mn_text_is_clean(good, sizeof good - 2)); /* the banana is cut */
    assert_false(mn_text_is_clean("\xc2\x85", 2));         /* a C1 control */
    assert_false(mn_text_is_clean("\xf4\x90\x80\x80", 4)); /* above U+10FFFF */
    char *cleaned = mn_text_cleaned("a\xff\u00e9\n", 5);
    assert_string_equal(cleaned, "a?\u00e9?");
    free(cleaned);
    cleaned = mn_text_lines_cleaned("a\xff\u00e9\n\r", 6);
    assert_string_equal(cleaned, "a?\u00e9\n?");
    free(cleaned);
}

static struct mn_model *small_model(int classes, bool background)
{
    const struct mn_network_spec spec = {
        .width = 0.01, .resolution = 32, .classes = classes, .channel_divisor = 1};
    struct mn_network network;
    struct mn_error error;
    assert_int_equal(mn_network_build(&network, &spec, &error), MN_OK);
    struct mn_model *model = mn_model_new(&network, true);
    assert_non_null(model);
    model->background = background;
    return model;
}

static void test_meets_network(void **state)
{
    (void)state;
    static const struct {
        int classes;
        bool background;
        const char *text, *first; /* first label of the model; NULL: refused */
        const char *message;
    } cases[] = {
        {3, false, "cat\ndog\nowl\n", "cat", NULL},
        {3, true, "background\ncat\ndog\n", "background", NULL},
        {3, true, "cat\ndog\n", "background", NULL},
        {3, true, "background\ncat\n", NULL, "2 labels for a network of 3 classes"},
        {2, false, "Background\ncat\ndog\n", "cat", NULL},
        {2, false, "cat\ndog\nowl\n", NULL, "3 labels for a network of 2 classes"},
        {3, false, "cat\ndog\n", NULL, "2 labels for a network of 3 classes"},
        {5, true, "cat\ndog\n", NULL, "2 labels for a network of 5 classes"},
        {5, false, "background\ncat\n", NULL, "2 labels for a network of 5 classes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mn_model *model = small_model(cases[i].classes, cases[i].background);
        struct mn_labels labels;
        struct mn_error error;
        assert_int_equal(decode(&labels, cases[i].text, strlen(cases[i].text), &error), MN_OK);
        enum mn_status status = mn_labels_apply(&labels, model, &error);
        mn_labels_free(&labels);
        assert_int_equal(status, cases[i].first ? MN_OK : MN_BAD_INPUT);
        if (cases[i].first)
            assert_string_equal(model->labels[0], cases[i].first);
        else
            assert_string_equal(error.message, cases[i].message);
        mn_model_free(model);
    }
}

static void test_imagenet(void **state)
{
    (void)state;
    const char *path = test_data("weights/labels_1001.txt");
    struct mn_labels labels;
    struct mn_error error;
    assert_int_equal(mn_labels_read(&labels, path, &error), MN_OK);
    assert_int_equal(labels.count, 1001);
    assert_string_equal(labels.text[653], "military uniform");
    struct mn_model *model = small_model(1000, false);
    assert_int_equal(mn_labels_apply(&labels, model, &error), MN_OK);
    assert_string_equal(model->labels[0], "tench, Tinca tinca");
    mn_model_free(model);
    mn_labels_free(&labels);
}

/* Mutated and cut lists: taken or refused, and read nowhere else (ASan). */
static void test_mutations(void **state)
{
    (void)state;
    static const char seed[] = "0: n01440764 tench, Tinca tinca\r\n1: n01443537 goldfish\n"
                               "2 n01484850 \xc3\xa9\n\n";
    uint64_t random = 1;
    for (int i = 0; i < 5000; i++) {
        char text[sizeof seed];
        size_t size = test_random(&random) % sizeof seed;
        memcpy(text, seed, sizeof seed);
        for (int flips = 0; flips < i % 4; flips++)
            text[test_random(&random) % sizeof seed] ^= (char)(1 << test_random(&random) % 8);
        struct mn_labels labels;
        struct mn_error error;
        if (decode(&labels, text, size, &error) == MN_OK) {
            assert_in_range(labels.count, 1, sizeof seed);
            mn_labels_free(&labels);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),     cmocka_unit_test(test_plain_lines_stay),
        cmocka_unit_test(test_refuses),   cmocka_unit_test(test_text),
        cmocka_unit_test(test_imagenet),  cmocka_unit_test(test_meets_network),
        cmocka_unit_test(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
