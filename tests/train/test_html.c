/* The report's pieces: text that cannot break the page, numbers as people write them, pictures. */
#include "../../app/train/html.h"

#include <math.h>
#include <string.h>

#include "../../app/train/chart.h"
#include "../../app/train/machine.h"
#include "../../app/train/thumbnail.h"
#include "../../engine/image/picture_file.h"
#include "../support.h"

/* ---- what is written into memory ---- */

struct page {
    FILE *to;
    char *text;
    size_t bytes;
};

static void page_open(struct page *page)
{
    page->to = open_memstream(&page->text, &page->bytes);
    assert_non_null(page->to);
}

static void page_expect(struct page *page, const char *text)
{
    assert_int_equal(fclose(page->to), 0);
    assert_string_equal(page->text, text);
    free(page->text);
}

static void test_text(void **state)
{
    (void)state;
    struct page page;
    page_open(&page);
    html_text(page.to, "<b a=\"1\" b='2'>&amp;\tJürgen 犬 \xf0\x9f\x90\x95\n");
    page_expect(&page, "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;amp;\tJürgen 犬 "
                       "\xf0\x9f\x90\x95\n");
}

#define BAD "\xef\xbf\xbd"

/* Each byte of what is no character is one U+FFFD: control characters, a lone continuation byte,
 * two overlong forms, a surrogate, U+FFFF, above U+10FFFF, and an end in the middle. */
static void test_text_that_is_none(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"a\x01\x1b\x7f", "a" BAD BAD "\x7f"},
        {"\x80x", BAD "x"},
        {"\xc0\xaf", BAD BAD},
        {"\xe0\x80\xaf", BAD BAD BAD},
        {"\xed\xa0\x80", BAD BAD BAD},
        {"\xef\xbf\xbf", BAD BAD BAD},
        {"\xf4\x90\x80\x80", BAD BAD BAD BAD},
        {"\xff", BAD},
        {"ok\xe7\x8a", "ok" BAD BAD},
        {"\xe7<", BAD "&lt;"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct page page;
        page_open(&page);
        html_text(page.to, cases[i][0]);
        page_expect(&page, cases[i][1]);
    }
}

static void test_put(void **state)
{
    (void)state;
    struct page page;
    page_open(&page);
    html_put(page.to, "<i>%T</i> 95%% %N", "<", "a_b_&_");
    page_expect(&page, "<i>&lt;</i> 95% a_<wbr/>b_<wbr/>&amp;_");
}

/* RFC 4648, section 10 */
static void test_base64(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xff\xfe", "//4="},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct page page;
        page_open(&page);
        html_base64(page.to, (const uint8_t *)cases[i][0], strlen(cases[i][0]));
        page_expect(&page, cases[i][1]);
    }
}

static void test_numbers(void **state)
{
    (void)state;
    struct page page;
    page_open(&page);
    html_percent(page.to, 0.6644);
    html_percent(page.to, NAN);
    fputc('|', page.to);
    html_count(page.to, 3217226);
    html_count(page.to, 999);
    html_count(page.to, -100000);
    fputc('|', page.to);
    html_rounded(page.to, 3217226);
    html_rounded(page.to, 569e6);
    html_rounded(page.to, 12);
    fputc('|', page.to);
    html_duration(page.to, 5025);
    html_duration(page.to, 119.6);
    html_duration(page.to, 5);
    html_duration(page.to, INFINITY);
    page_expect(&page, "66.4\xc2\xa0%–|3,217,226999-100,000|3.2 million569 million12|"
                       "1\xc2\xa0h 23\xc2\xa0min2\xc2\xa0min 0\xc2\xa0s5\xc2\xa0s–");
}

static void test_shell_words(void **state)
{
    (void)state;
    struct page page;
    page_open(&page);
    html_shell_word(page.to, "runs/a-1.safetensors");
    fputc(' ', page.to);
    html_shell_word(page.to, "it's $HOME");
    fputc(' ', page.to);
    html_shell_word(page.to, "");
    page_expect(&page, "runs/a-1.safetensors &#39;it&#39;\\&#39;&#39;s $HOME&#39; &#39;&#39;");
}

static void test_round_numbers(void **state)
{
    (void)state;
    assert_true(fabs(chart_round_up(3.9) - 4) < 1e-9);
    assert_true(fabs(chart_round_up(337) - 350) < 1e-9);
    assert_true(fabs(chart_round_up(0.013) - 0.014) < 1e-9);
    assert_true(chart_round_up(0) == 1 && chart_round_up(NAN) == 1 &&
                chart_round_up(INFINITY) == 1);
}

static void test_machine(void **state)
{
    (void)state;
    char name[128] = "";
    machine_cpu_name(name, sizeof name);
    assert_true(strlen(name) > 0);
    machine_cpu_name(name, 4);
    assert_true(strlen(name) <= 3);
}

/* ---- thumbnails ---- */

static void test_thumbnail(void **state)
{
    (void)state;
    static uint8_t noise[300 * 200 * 3];
    uint64_t seed = 1;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)test_random(&seed);
    static const struct {
        int width, height, side;
    } cases[] = {{300, 200, THUMBNAIL_SIDE}, {100, 20, 20}, {1, 1, 1}, {1, 300, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct mn_image image;
        struct thumbnail thumbnail;
        struct mn_bitmap back = {0};
        struct mn_error error;
        mn_image_wrap(&image, MN_PIXEL_RGB24, cases[i].width, cases[i].height, noise, 0);
        assert_int_equal(thumbnail_make(&thumbnail, &image, NULL, &error), MN_OK);
        assert_int_equal(mn_picture_decode(&back, thumbnail.data, thumbnail.bytes, "it", &error),
                         MN_OK);
        assert_int_equal(back.image.width, cases[i].side);
        assert_int_equal(back.image.height, cases[i].side);
        mn_bitmap_free(&back);
        free(thumbnail.data);
    }
}

/* The colour that a grey card has must come out, also where the network's crop is another. */
static void test_thumbnail_colour(void **state)
{
    (void)state;
    struct mn_preprocessing settings = {
        MN_FIT_LETTERBOX, 1, {0.5F, 0.5F, 0.5F}, {0.2F, 0.2F, 0.2F}};
    uint8_t grey[40 * 20];
    memset(grey, 200, sizeof grey);
    struct mn_image image;
    struct thumbnail thumbnail;
    struct mn_bitmap back = {0};
    struct mn_error error;
    mn_image_wrap(&image, MN_PIXEL_GREY, 40, 20, grey, 0);
    assert_int_equal(thumbnail_make(&thumbnail, &image, &settings, &error), MN_OK);
    assert_int_equal(mn_picture_decode(&back, thumbnail.data, thumbnail.bytes, "it", &error),
                     MN_OK);
    assert_int_equal(back.image.width, 40);
    const uint8_t *middle = back.pixels + 20 * back.image.stride[0] + (size_t)20 * 3;
    assert_true(abs(middle[0] - 200) <= 3 && abs(middle[1] - 200) <= 3 &&
                abs(middle[2] - 200) <= 3);
    assert_true(back.pixels[0] < 10);
    mn_bitmap_free(&back);
    free(thumbnail.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),          cmocka_unit_test(test_text_that_is_none),
        cmocka_unit_test(test_put),           cmocka_unit_test(test_base64),
        cmocka_unit_test(test_numbers),       cmocka_unit_test(test_shell_words),
        cmocka_unit_test(test_round_numbers), cmocka_unit_test(test_machine),
        cmocka_unit_test(test_thumbnail),     cmocka_unit_test(test_thumbnail_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
