/* What the golden tests share: files of little-endian float32 in this folder, see the scripts that
 * make them. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

#include <string.h>

#include "../support.h"

/* All numbers of tests/golden/<name>; the caller frees. A missing or odd file fails the test. */
static inline float *golden_read(const char *name, size_t *count)
{
    char path[256];
    snprintf(path, sizeof path, "tests/golden/%s", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s cannot be opened; tests run from the project's root", path);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long bytes = ftell(file);
    assert_true(bytes > 0 && bytes % 4 == 0);
    rewind(file);
    *count = (size_t)bytes / 4;
    float *numbers = malloc((size_t)bytes);
    assert_non_null(numbers);
    for (size_t i = 0; i < *count; i++) {
        unsigned char b[4];
        assert_int_equal(fread(b, 1, 4, file), 4);
        uint32_t bits = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
        memcpy(&numbers[i], &bits, 4);
    }
    fclose(file);
    return numbers;
}

#endif
