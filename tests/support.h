/* What tests share: where the data is, and reading it. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs the four above */
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The path of a file of the shared data set, in a static buffer. Where the data is absent the test
 * is skipped, with the reason. Tests run from the project's root. */
static inline const char *test_data(const char *name)
{
    static char path[4096];
    const char *folder = getenv("CAMLABEL_DATA");
    if (!folder)
        folder = "../shared/data";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (access(path, R_OK) != 0) {
        print_message("skipped: %s is not there (CAMLABEL_DATA names the data folder)\n", path);
        skip();
    }
    return path;
}

/* A small generator for test data, the same everywhere (splitmix64, Steele et al. 2014). */
static inline uint64_t test_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* Uniform in [-1, 1), exact in float32: the top 24 bits. */
static inline float test_uniform(uint64_t *state)
{
    return (float)(test_random(state) >> 40) / 8388608.0f - 1.0f;
}

#endif
