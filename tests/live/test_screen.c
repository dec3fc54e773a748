/* The overlay, as it stands on screenshots: bars, words, notice. */
#include "../support.h"

#include <math.h>
#include <string.h>

#include "find_text.h"
#include "screen.h"

/* One screenshot of a window of SCREEN_WIDTH x SCREEN_HEIGHT with this content over a picture of
 * one grey. */
static void shoot(const struct overlay_content *content, int level, struct mn_bitmap *shot)
{
    struct mn_bitmap picture = {0};
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
    screen_fill(&picture, SCREEN_WIDTH, SCREEN_HEIGHT, level);
    screen_show(window, &picture.image, content);
    screen_shoot(window, shot);
    mn_bitmap_free(&picture);
    window_close(window);
}

static void test_bars_are_as_long_as_probabilities(void **state)
{
    (void)state;
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    int lengths[SCREEN_MAX_BARS];
    for (int level = 0; level < 256; level += 255) {
        shoot(&content, level, &shot);
        assert_int_equal(screen_find_bars(&shot, lengths), 5);
        double whole = lengths[0] / 0.9;
        assert_true(whole > 80);
        for (int i = 0; i < 5; i++)
            assert_true(fabs(lengths[i] - whole * (double)content.result.top[i].p) < 1.6);
    }
    mn_bitmap_free(&shot);
}

static void test_impossible_probabilities_stay_in_the_bar(void **state)
{
    (void)state;
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    int lengths[SCREEN_MAX_BARS];
    content.result.top[0].p = 7;
    content.result.top[1].p = 1;
    content.result.top[2].p = (float)NAN;
    content.result.top[3].p = -1;
    content.result.label_p = (float)NAN;
    shoot(&content, 0, &shot);
    assert_int_equal(screen_find_bars(&shot, lengths), 3);
    assert_int_equal(lengths[0], lengths[1]);
    mn_bitmap_free(&shot);
}

static void test_words_are_in_the_picture(void **state)
{
    (void)state;
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    shoot(&content, 255, &shot); /* the video that is hardest to read on */
    assert_true(find_text(&shot.image, SCREEN_BOLD, "teapot")); /* the headline alone says so */
    assert_true(find_text(&shot.image, SCREEN_REGULAR, "87 %"));
    assert_true(find_text(&shot.image, SCREEN_BOLD, "military uniform"));
    assert_true(find_text(&shot.image, SCREEN_BOLD, "90.0 %"));
    assert_true(find_text(&shot.image, SCREEN_REGULAR, "bow tie")); /* which is called bow_tie */
    assert_true(find_text(&shot.image, SCREEN_REGULAR, "academic gown"));
    assert_true(find_text(&shot.image, SCREEN_REGULAR, "mobilenet_v1_0.25_128  ·  test picture"));
    assert_true(find_text(&shot.image, SCREEN_REGULAR,
                          "capture 30.0 fps   classify 28.4 fps   display 29.5 fps   age 42 ms"));

    assert_false(find_text(&shot.image, SCREEN_BOLD, "teapet"));
    assert_false(find_text(&shot.image, SCREEN_BOLD, "military unicorn"));
    assert_false(find_text(&shot.image, SCREEN_BOLD, "military"));
    assert_false(find_text(&shot.image, SCREEN_REGULAR, "bow tle"));
    assert_false(find_text(&shot.image, SCREEN_REGULAR, "never drawn"));
    mn_bitmap_free(&shot);
}

static void test_headline_is_dots_while_unsure(void **state)
{
    (void)state;
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    content.result.label = RESULT_UNSURE;
    shoot(&content, 0, &shot);
    assert_true(find_text(&shot.image, SCREEN_BOLD, "…"));
    assert_false(find_text(&shot.image, SCREEN_REGULAR, "87 %"));
    mn_bitmap_free(&shot);
}

static void test_headline_says_unknown(void **state)
{
    (void)state;
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    content.result.label = RESULT_UNKNOWN;
    shoot(&content, 0, &shot);
    assert_true(find_text(&shot.image, SCREEN_BOLD, "unknown"));
    assert_false(find_text(&shot.image, SCREEN_REGULAR, "87 %"));
    assert_true(find_text(&shot.image, SCREEN_BOLD, "military uniform")); /* the rows stay */
    mn_bitmap_free(&shot);
}

static void test_before_the_first_answer(void **state)
{
    (void)state;
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    int lengths[SCREEN_MAX_BARS];
    content.has_result = false;
    shoot(&content, 0, &shot);
    assert_true(find_text(&shot.image, SCREEN_REGULAR, "waiting for the first answer"));
    assert_true(find_text(&shot.image, SCREEN_REGULAR,
                          "capture 30.0 fps   classify 28.4 fps   display 29.5 fps   age –"));
    assert_int_equal(screen_find_bars(&shot, lengths), 0);
    mn_bitmap_free(&shot);
}

static void test_notice(void **state)
{
    (void)state;
    static const char words[] = "camera unplugged, waiting";
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    shoot(&content, 255, &shot);
    assert_false(find_text(&shot.image, SCREEN_BOLD, words));
    content.notice = words;
    shoot(&content, 255, &shot);
    assert_true(find_text(&shot.image, SCREEN_BOLD, words));
    mn_bitmap_free(&shot);
}

static void test_few_classes_without_names(void **state)
{
    (void)state;
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    int lengths[SCREEN_MAX_BARS];
    content.labels = NULL;
    content.result.top_count = 2;
    shoot(&content, 0, &shot);
    assert_int_equal(screen_find_bars(&shot, lengths), 2);
    assert_true(find_text(&shot.image, SCREEN_BOLD, "class 5"));
    assert_true(find_text(&shot.image, SCREEN_REGULAR, "class 1"));
    mn_bitmap_free(&shot);
}

static void test_awkward_labels(void **state)
{
    (void)state;
    char huge[2000];
    for (size_t i = 0; i + 2 < sizeof huge; i += 2)
        memcpy(huge + i, "ü", 2);
    huge[sizeof huge - 2] = 0;
    char *const odd[] = {
        huge, "Straßenbahn Žluťoučký κόσμος", "bad \xff\xc3 byte \xe2\x80", "", "a\nb\tc", huge};
    struct overlay_content content = screen_content();
    struct mn_bitmap shot = {0};
    content.labels = odd;
    shoot(&content, 0, &shot);
    assert_true(find_text(&shot.image, SCREEN_REGULAR,
                          "bad \xef\xbf\xbd\xef\xbf\xbd byte \xef\xbf\xbd"
                          "\xef\xbf\xbd") ||
                find_text(&shot.image, SCREEN_REGULAR, "bad \xef\xbf\xbd\xef\xbf\xbd byte …"));
    assert_true(find_text(&shot.image, SCREEN_REGULAR, "a b c"));
    int lengths[SCREEN_MAX_BARS];
    assert_int_equal(screen_find_bars(&shot, lengths), 5); /* nothing grew over them */
    mn_bitmap_free(&shot);
}

/* Ours write Greek and Cyrillic; whether the system can write Chinese is for it to say, and then it
 * must be drawn otherwise than boxes. */
static void test_other_scripts(void **state)
{
    (void)state;
    char *const ours[] = {"κόσμος", "bad \xff byte", "мир", ""};
    char *const wanted[] = {"dog", "犬", "猫"}, *const none[] = {"dog", "\U000F1234"};
    struct overlay_content content = screen_content();
    struct mn_bitmap picture = {0}, shot = {0}, other = {0};
    struct window *window = screen_open(SCREEN_WIDTH, SCREEN_HEIGHT);
    screen_fill(&picture, SCREEN_WIDTH, SCREEN_HEIGHT, 0);
    assert_null(window_unwritable(window, ours, 4));
    assert_ptr_equal(window_unwritable(window, none, 2), none[1]);
    const char *label = window_unwritable(window, wanted, 3);
    print_message("measured: Chinese is written %s\n", label ? "as boxes" : "by a system's font");
    if (label)
        assert_ptr_equal(label, wanted[1]);
    content.labels = wanted;
    content.result.top_count = 3;
    content.result.label = 1;
    screen_show(window, &picture.image, &content);
    screen_shoot(window, &shot);
    content.result.label = 2;
    screen_show(window, &picture.image, &content);
    screen_shoot(window, &other);
    size_t bytes = (size_t)3 * SCREEN_WIDTH * SCREEN_HEIGHT;
    assert_int_equal(memcmp(shot.pixels, other.pixels, bytes) == 0, label != NULL);
    window_close(window);
    mn_bitmap_free(&picture);
    mn_bitmap_free(&shot);
    mn_bitmap_free(&other);
}

int main(void)
{
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars_are_as_long_as_probabilities),
        cmocka_unit_test(test_impossible_probabilities_stay_in_the_bar),
        cmocka_unit_test(test_words_are_in_the_picture),
        cmocka_unit_test(test_headline_is_dots_while_unsure),
        cmocka_unit_test(test_headline_says_unknown),
        cmocka_unit_test(test_before_the_first_answer),
        cmocka_unit_test(test_notice),
        cmocka_unit_test(test_few_classes_without_names),
        cmocka_unit_test(test_awkward_labels),
        cmocka_unit_test(test_other_scripts),
    };
    return cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
