/* The card scenes: the same everywhere, smooth, true to what they say, and the printed sheet. */
#include "../support.h"

#include <string.h>

#include "../../app/cards/cards.h"

enum { WIDTH = 160, HEIGHT = 120, BYTES = WIDTH * HEIGHT * 3 };

/* FNV-1a */
static uint64_t checksum(uint64_t sum, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sum = (sum ^ bytes[i]) * 0x100000001b3;
    return sum;
}

static const uint64_t SUM_START = 0xcbf29ce484222325;

static double mean_difference(const uint8_t *a, const uint8_t *b, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (uint64_t)abs(a[i] - b[i]);
    return (double)sum / (double)count;
}

static struct cards_scene *new_scene(uint64_t seed, int width, int height)
{
    struct cards_scene *scene = cards_scene_new(seed, width, height);
    assert_non_null(scene);
    return scene;
}

static void names_are_alphabetical(void **state)
{
    (void)state;
    assert_string_equal(cards_name(0), "banana");
    for (int i = 1; i < CARDS_COUNT; i++)
        assert_true(strcmp(cards_name(i - 1), cards_name(i)) < 0);
    assert_string_equal(cards_name(CARDS_COUNT - 1), "umbrella");
}

/* Whoever changes what is drawn changes these on purpose; a compiler or machine must not. */
static void same_bytes_on_every_machine(void **state)
{
    (void)state;
    uint8_t *rgb = malloc(BYTES);
    assert_non_null(rgb);
    struct cards_scene *scene = new_scene(7, WIDTH, HEIGHT);
    uint64_t live = SUM_START, pictures = SUM_START;
    for (int i = 0; i < 36; i++) {
        cards_scene_draw(scene, i * 4.0 / 3, rgb);
        live = checksum(live, rgb, BYTES);
    }
    for (int i = 0; i < 60; i++) {
        cards_picture((uint64_t)i, i % CARDS_COUNT, 96, 96, rgb);
        pictures = checksum(pictures, rgb, (size_t)96 * 96 * 3);
    }
    cards_scene_free(scene);
    free(rgb);
    assert_int_equal(live, 0xe4a3e69d2077ef3e);
    assert_int_equal(pictures, 0x1bd514f71e2e3316);
}

/* A frame follows from seed and time alone, not from what was drawn before. */
static void no_memory_of_earlier_frames(void **state)
{
    (void)state;
    uint8_t *first = malloc(BYTES), *second = malloc(BYTES);
    assert_non_null(first);
    assert_non_null(second);
    struct cards_scene *scene = new_scene(3, WIDTH, HEIGHT), *other = new_scene(3, WIDTH, HEIGHT);
    int index = cards_scene_draw(scene, 9.25, first);
    cards_scene_draw(other, 100, second);
    cards_scene_draw(other, 8.5, second);
    assert_int_equal(cards_scene_draw(other, 9.25, second), index);
    assert_memory_equal(first, second, BYTES);
    cards_scene_free(scene);
    cards_scene_free(other);
    free(first);
    free(second);
}

static void seeds_differ(void **state)
{
    (void)state;
    uint8_t *first = malloc(BYTES), *second = malloc(BYTES);
    assert_non_null(first);
    assert_non_null(second);
    struct cards_scene *scene = new_scene(1, WIDTH, HEIGHT), *other = new_scene(2, WIDTH, HEIGHT);
    cards_scene_draw(scene, 1, first);
    cards_scene_draw(other, 1, second);
    assert_true(mean_difference(first, second, BYTES) > 10);
    cards_scene_free(scene);
    cards_scene_free(other);
    free(first);
    free(second);
}

/* Each round shows all twelve; none follows itself, also from round to round. */
static void rounds_show_all(void **state)
{
    (void)state;
    uint8_t *rgb = malloc((size_t)32 * 32 * 3);
    assert_non_null(rgb);
    for (uint64_t seed = 0; seed < 3; seed++) {
        struct cards_scene *scene = new_scene(seed, 32, 32);
        int before = -1, seen = 0;
        for (int shot = 0; shot < 5 * CARDS_COUNT; shot++) {
            if (shot % CARDS_COUNT == 0)
                seen = 0;
            int index = cards_scene_draw(scene, shot * CARDS_SHOT_S, rgb);
            assert_in_range(index, 0, CARDS_COUNT - 1);
            assert_int_not_equal(index, before);
            assert_int_equal(cards_scene_draw(scene, (shot + 1) * CARDS_SHOT_S - 0.01, rgb), index);
            seen |= 1 << index;
            before = index;
            if (shot % CARDS_COUNT == CARDS_COUNT - 1)
                assert_int_equal(seen, (1 << CARDS_COUNT) - 1);
        }
        cards_scene_free(scene);
    }
    free(rgb);
}

/* At 30 frames a second the picture changes little from one frame to the next, but it does change;
 * from one pictogram to the next it changes much. */
static void motion_is_smooth(void **state)
{
    (void)state;
    uint8_t *frames = malloc(2 * (size_t)BYTES);
    assert_non_null(frames);
    struct cards_scene *scene = new_scene(11, WIDTH, HEIGHT);
    double most = 0, least = 255, least_cut = 255;
    int before = cards_scene_draw(scene, 0, frames);
    for (int n = 1; n < 30 * 3 * CARDS_SHOT_S; n++) {
        uint8_t *now = frames + n % 2 * BYTES, *last = frames + (n + 1) % 2 * BYTES;
        int index = cards_scene_draw(scene, n / 30.0, now);
        double difference = mean_difference(now, last, BYTES);
        if (index != before)
            least_cut = difference < least_cut ? difference : least_cut;
        else if (difference > most)
            most = difference;
        if (difference < least)
            least = difference;
        before = index;
    }
    print_message("measured: successive frames differ by %.2f to %.2f of 255, cuts by %.1f\n",
                  least, most, least_cut);
    assert_true(least > 0.2);
    assert_true(most < 8);
    assert_true(least_cut > most);
    cards_scene_free(scene);
    free(frames);
}

/* With one seed all but the pictogram is alike; so it must be the pictogram that differs. */
static void pictures_differ_by_index_and_seed(void **state)
{
    (void)state;
    enum { SIDE = 64, ONE = SIDE * SIDE * 3 };
    uint8_t *pictures = malloc((size_t)(CARDS_COUNT + 1) * ONE);
    assert_non_null(pictures);
    for (int i = 0; i < CARDS_COUNT; i++)
        cards_picture(5, i, SIDE, SIDE, pictures + i * ONE);
    for (int i = 0; i < CARDS_COUNT; i++)
        for (int j = 0; j < i; j++)
            assert_true(mean_difference(pictures + i * ONE, pictures + j * ONE, ONE) > 0.5);
    cards_picture(6, 0, SIDE, SIDE, pictures + CARDS_COUNT * ONE);
    assert_true(mean_difference(pictures, pictures + CARDS_COUNT * ONE, ONE) > 10);
    free(pictures);
}

/* A picture is of something: neither all dark nor all light nor without contrast. */
static void pictures_have_contrast(void **state)
{
    (void)state;
    enum { SIDE = 64, ONE = SIDE * SIDE * 3 };
    uint8_t rgb[ONE];
    for (int n = 0; n < 120; n++) {
        cards_picture((uint64_t)n + 1000, n % CARDS_COUNT, SIDE, SIDE, rgb);
        int histogram[256] = {0}, below = 0, low = -1, high = 0;
        for (int i = 0; i < ONE; i++)
            histogram[rgb[i]]++;
        for (int value = 0; value < 256; value++) {
            below += histogram[value];
            if (low < 0 && below > ONE / 50)
                low = value;
            if (below <= ONE - ONE / 50)
                high = value;
        }
        assert_true(high - low > 40);
    }
}

/* Sizes that no step divides, with canaries around: nothing is written outside, all inside. */
static void draws_into(int width, int height)
{
    enum { CANARY = 64 };
    size_t bytes = 3 * (size_t)width * (size_t)height;
    uint8_t *buffer = malloc(bytes + (size_t)2 * CANARY);
    assert_non_null(buffer);
    memset(buffer, 0xa5, bytes + (size_t)2 * CANARY);
    struct cards_scene *scene = new_scene(4, width, height);
    for (int shot = 0; shot < 4; shot++)
        cards_scene_draw(scene, shot * CARDS_SHOT_S + 0.3 * shot, buffer + CANARY);
    cards_scene_free(scene);
    for (int i = 0; i < 6; i++)
        cards_picture((uint64_t)i, i, width, height, buffer + CANARY);
    for (size_t i = 0; i < CANARY; i++) {
        assert_int_equal(buffer[i], 0xa5);
        assert_int_equal(buffer[CANARY + bytes + i], 0xa5);
    }
    size_t untouched = 0;
    for (size_t i = 0; i < bytes; i++)
        untouched += buffer[CANARY + i] == 0xa5;
    assert_true(untouched < bytes / 4);
    free(buffer);
}

static void odd_sizes(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{33, 57}, {32, 32}, {57, 33}, {641, 35}, {32, 4096}, {4096, 33}};
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
        draws_into(SIZES[i][0], SIZES[i][1]);
}

static void strange_times(void **state)
{
    (void)state;
    uint8_t *rgb = malloc((size_t)32 * 32 * 3);
    assert_non_null(rgb);
    struct cards_scene *scene = new_scene(0, 32, 32);
    static const double TIMES[] = {-1, 1e300, 1e9, 0.0 / 0.0, 1 / 0.0, 123456.789};
    for (size_t i = 0; i < sizeof TIMES / sizeof TIMES[0]; i++)
        assert_in_range(cards_scene_draw(scene, TIMES[i], rgb), 0, CARDS_COUNT - 1);
    cards_scene_free(scene);
    free(rgb);
}

static char *read_whole(FILE *file, size_t *count)
{
    enum { MOST = 1 << 18 };
    char *text = malloc(MOST);
    assert_non_null(text);
    *count = fread(text, 1, MOST, file);
    assert_true(*count < MOST);
    return text;
}

/* What is in the tree is what the program writes; if not: `build/tests/unit/test_cards sheet`. */
static void sheet_in_the_tree_is_current(void **state)
{
    (void)state;
    FILE *written = tmpfile(), *kept = fopen("assets/cards.svg", "rb");
    assert_non_null(written);
    assert_non_null(kept);
    assert_int_equal(cards_write_sheet(written), 0);
    rewind(written);
    size_t written_count, kept_count;
    char *written_text = read_whole(written, &written_count);
    char *kept_text = read_whole(kept, &kept_count);
    assert_int_equal(written_count, kept_count);
    assert_memory_equal(written_text, kept_text, kept_count);
    written_text[written_count - 1] = 0;
    for (int i = 0; i < CARDS_COUNT; i++) {
        char label[64];
        snprintf(label, sizeof label, ">%s</text>", cards_name(i));
        assert_non_null(strstr(written_text, label));
    }
    free(written_text);
    free(kept_text);
    fclose(written);
    fclose(kept);
}

static void full_disk_is_noticed(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    if (!full)
        skip();
    assert_int_equal(cards_write_sheet(full), -1);
    fclose(full);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_alphabetical),
        cmocka_unit_test(same_bytes_on_every_machine),
        cmocka_unit_test(no_memory_of_earlier_frames),
        cmocka_unit_test(seeds_differ),
        cmocka_unit_test(rounds_show_all),
        cmocka_unit_test(motion_is_smooth),
        cmocka_unit_test(pictures_differ_by_index_and_seed),
        cmocka_unit_test(pictures_have_contrast),
        cmocka_unit_test(odd_sizes),
        cmocka_unit_test(strange_times),
        cmocka_unit_test(sheet_in_the_tree_is_current),
        cmocka_unit_test(full_disk_is_noticed),
    };
    if (count == 2 && strcmp(arguments[1], "sheet") == 0) {
        FILE *file = fopen("assets/cards.svg", "wb");
        int failed = !file || cards_write_sheet(file) != 0;
        return (file && fclose(file) != 0) || failed;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
