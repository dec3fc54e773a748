/* Windows bitmaps: every kind that is read, either way up, and damaged. */
#include "../pictures.h"

static void put32(uint8_t *p, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

enum { BMP_PALETTE = 4 }; /* colours */

/* 3 x 2 pixels: red green blue above, white grey black below. */
static struct bytes make_bmp(int bits, bool is_top_down, bool has_masks)
{
    static const uint8_t bgr[6][3] = {{0, 0, 250},     {0, 250, 0},     {250, 0, 0},
                                      {250, 250, 250}, {128, 128, 128}, {0, 0, 0}};
    static const int index_of[6] = {0, 1, 2, 3, 1, 0};
    size_t header = 54 + (has_masks ? 12 : 0) + (bits <= 8 ? 4 * BMP_PALETTE : 0);
    size_t stride = ((size_t)(3 * bits) + 31) / 32 * 4;
    struct bytes file = {calloc(1, header + 2 * stride), header + 2 * stride};
    assert_non_null(file.data);
    uint8_t *p = file.data;
    memcpy(p, "BM", 2);
    put32(p + 2, (uint32_t)file.count);
    put32(p + 10, (uint32_t)header);
    put32(p + 14, 40);
    put32(p + 18, 3);
    put32(p + 22, is_top_down ? (uint32_t)-2 : 2);
    p[26] = 1;
    p[28] = (uint8_t)bits;
    put32(p + 30, has_masks ? 3 : 0);
    put32(p + 46, bits <= 8 ? (bits == 1 ? 2 : BMP_PALETTE) : 0);
    if (has_masks) { /* R G B from the lowest byte up */
        put32(p + 54, 0xff);
        put32(p + 58, 0xff00);
        put32(p + 62, 0xff0000);
    }
    for (int i = 0; bits <= 8 && i < BMP_PALETTE; i++)
        memcpy(p + 54 + 4 * i, bgr[i], 3);
    for (int i = 0; i < 6; i++) {
        int x = i % 3, y = is_top_down ? i / 3 : 1 - i / 3;
        uint8_t *row = p + header + stride * (size_t)y;
        if (bits <= 8) {
            int shift = 8 - bits * (x % (8 / bits) + 1);
            row[x * bits / 8] |= (uint8_t)((index_of[i] & ((1 << bits) - 1)) << shift);
        }
        for (int c = 0; bits > 8 && c < 3; c++)
            row[x * bits / 8 + c] = bgr[i][has_masks ? 2 - c : c];
    }
    return file;
}

static void kinds_of_bmp(void **state)
{
    (void)state;
    struct mn_bitmap bitmap = {0};
    static const struct {
        int bits;
        bool has_masks;
    } kinds[] = {{4, false}, {8, false}, {24, false}, {32, false}, {32, true}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int down = 0; down < 2; down++) {
            struct bytes file = make_bmp(kinds[k].bits, down, kinds[k].has_masks);
            assert_int_equal(decode_file(&file, &bitmap), MN_OK);
            bool has_palette = kinds[k].bits <= 8;
            assert_pixel(&bitmap, 0, 0, 250, 0, 0);
            assert_pixel(&bitmap, 1, 0, 0, 250, 0);
            assert_pixel(&bitmap, 2, 0, 0, 0, 250);
            assert_pixel(&bitmap, 0, 1, 250, 250, 250);
            assert_pixel(&bitmap, 1, 1, has_palette ? 0 : 128, has_palette ? 250 : 128,
                         has_palette ? 0 : 128);
            assert_pixel(&bitmap, 2, 1, has_palette ? 250 : 0, 0, 0);
            size_t row_bytes = (size_t)(3 * kinds[k].bits + 7) / 8; /* the rest is padding */
            check_damage(&file, (4 - row_bytes % 4) % 4, 1000);
            free(file.data);
        }
    struct bytes two = make_bmp(1, false, false);
    assert_int_equal(decode_file(&two, &bitmap), MN_OK);
    assert_pixel(&bitmap, 0, 0, 250, 0, 0);
    assert_pixel(&bitmap, 1, 0, 0, 250, 0);
    free(two.data);
    mn_bitmap_free(&bitmap);
}

static void bmp_that_is_refused(void **state)
{
    (void)state;
    struct mn_bitmap bitmap = {0};
    static const struct {
        int at;
        uint32_t value;
    } changes[] = {
        {18, 60000},      {18, 0},          {18, (uint32_t)-3}, {22, 60000}, {22, 0},
        {22, 0x80000000}, {14, 12},         {14, 0xffffffff},   {30, 1},     {30, 3},
        {46, 300},        {46, 0xffffffff}, {10, 0xffffffff},   {28, 16},    {46, 2},
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct bytes file = make_bmp(8, false, false);
        put32(file.data + changes[i].at, changes[i].value);
        assert_int_equal(decode_file(&file, &bitmap), MN_BAD_INPUT);
        free(file.data);
    }
    mn_bitmap_free(&bitmap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_bmp),
        cmocka_unit_test(bmp_that_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
