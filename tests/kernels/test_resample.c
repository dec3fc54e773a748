/* The resampling kernels of every instruction set that this CPU has, against double precision: rows
 * and tap tables that end at an unmapped page, write-protected, and outputs between canaries. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "../../engine/kernels/kernels.h"
#include "../support.h"
#include "guard.h"

enum { MAX_TAPS = 41 };
static const int tap_counts[] = {1, 2, 3, 4, 5, 8, 9, MAX_TAPS};
static const int lengths[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 96, 224, 1001, 1920};
static const int steps[] = {1, 2, 3, 4}; /* distance of a component's samples in a row */
#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

enum pattern { RANDOM, DARKEST, BRIGHTEST, PATTERNS };

static uint8_t byte(enum pattern pattern, uint64_t *stream)
{
    return pattern == RANDOM ? (uint8_t)(test_random(stream) >> 56) : pattern == DARKEST ? 0 : 255;
}

/* Fails unless |got - right| is what rounding allows for a sum of `taps` products. */
static void check(double got, double right, double magnitude, int taps, int i)
{
    double allowed = (taps + 2) * (FLT_EPSILON / 2 * magnitude + 0x1p-149);
    if (!(fabs(got - right) <= allowed))
        fail_msg("output %d is %.9g, should be %.9g", i, got, right);
}

static struct guard make_taps(int count, enum guard_side side, uint64_t *stream)
{
    struct guard taps = guard_new((size_t)count * sizeof(float), side);
    for (int i = 0; i < count; i++)
        ((float *)taps.data)[i] = test_uniform(stream);
    return taps;
}

static void check_rows(const struct mn_kernels *kernels, int tap_count, int count,
                       enum pattern pattern, enum guard_side side)
{
    uint64_t stream = (uint64_t)tap_count * 10000 + (uint64_t)count;
    struct guard rows[MAX_TAPS], taps = make_taps(tap_count, side, &stream);
    struct guard pointers = guard_new((size_t)tap_count * sizeof(uint8_t *), side);
    struct guard output = guard_new((size_t)count * sizeof(float), side);
    for (int t = 0; t < tap_count; t++) {
        rows[t] = guard_new((size_t)count, side);
        for (int i = 0; i < count; i++)
            ((uint8_t *)rows[t].data)[i] = byte(pattern, &stream);
        guard_protect(&rows[t]);
        ((const uint8_t **)pointers.data)[t] = rows[t].data;
    }
    guard_protect(&taps);
    guard_protect(&pointers);

    kernels->resample_rows(pointers.data, taps.data, tap_count, output.data, count);
    if (!guard_intact(&output))
        fail_msg("writes outside of the output");
    for (int i = 0; i < count; i++) {
        double right = 0, magnitude = 0;
        for (int t = 0; t < tap_count; t++) {
            double term = (double)((float *)taps.data)[t] * ((uint8_t *)rows[t].data)[i];
            right += term;
            magnitude += fabs(term);
        }
        check((double)((float *)output.data)[i], right, magnitude, tap_count, i);
    }
    for (int t = 0; t < tap_count; t++)
        guard_free(&rows[t]);
    guard_free(&taps);
    guard_free(&pointers);
    guard_free(&output);
}

/* A row that is just long enough: the last pixel's last tap is the row's last float. */
static void check_columns(const struct mn_kernels *kernels, int tap_count, int width, int step,
                          enum pattern pattern, enum guard_side side)
{
    uint64_t stream = (uint64_t)tap_count * 10000 + (uint64_t)width * 4 + (uint64_t)step;
    int starts = 2 * width, length = starts + (tap_count - 1) * step;
    struct guard row = guard_new((size_t)length * sizeof(float), side);
    struct guard first = guard_new((size_t)width * sizeof(int), side);
    struct guard taps = make_taps(width * tap_count, side, &stream);
    struct guard output = guard_new((size_t)width * sizeof(float), side);
    float *in = row.data, *tap = taps.data;
    int *start = first.data;
    for (int i = 0; i < length; i++)
        in[i] = byte(pattern, &stream);
    for (int x = 0; x < width; x++)
        start[x] = (int)(test_random(&stream) % (uint64_t)starts);
    start[0] = 0;
    start[width - 1] = starts - 1;
    guard_protect(&row);
    guard_protect(&first);
    guard_protect(&taps);

    kernels->resample_columns(in, start, tap, tap_count, step, output.data, width);
    if (!guard_intact(&output))
        fail_msg("writes outside of the output");
    for (int x = 0; x < width; x++) {
        double right = 0, magnitude = 0;
        for (int t = 0; t < tap_count; t++) {
            double term = (double)tap[x * tap_count + t] * (double)in[start[x] + t * step];
            right += term;
            magnitude += fabs(term);
        }
        check((double)((float *)output.data)[x], right, magnitude, tap_count, x);
    }
    guard_free(&row);
    guard_free(&first);
    guard_free(&taps);
    guard_free(&output);
}

/* Which call is under way; told by the teardown if it fails or faults. */
struct call {
    const char *isa;
    int taps, length, step;
    bool busy;
};

static void check_lengths(const struct mn_kernels *kernels, struct call *call)
{
    for (int length = 0; length < COUNT(lengths); length++)
        for (int pattern = RANDOM; pattern < PATTERNS; pattern++)
            for (int side = GUARD_BEHIND; side <= GUARD_BEFORE; side++) {
                call->length = lengths[length];
                if (call->step)
                    check_columns(kernels, call->taps, call->length, call->step,
                                  (enum pattern)pattern, (enum guard_side)side);
                else
                    check_rows(kernels, call->taps, call->length, (enum pattern)pattern,
                               (enum guard_side)side);
            }
}

/* steps[0 … step_count - 1] for columns; a step of 0 means rows. */
static void check_levels(const int *step, int step_count, struct call *call)
{
    for (int isa = MN_ISA_C; isa < MN_ISA_COUNT; isa++) {
        const struct mn_kernels *kernels = mn_kernels_for((enum mn_isa)isa);
        if (!kernels) {
            print_message("skipped: %s is not in this build or not in this CPU\n",
                          mn_isa_name((enum mn_isa)isa));
            continue;
        }
        for (int s = 0; s < step_count; s++)
            for (int taps = 0; taps < COUNT(tap_counts); taps++) {
                *call = (struct call){mn_isa_name((enum mn_isa)isa), tap_counts[taps], 0, step[s],
                                      true};
                check_lengths(kernels, call);
            }
    }
    call->busy = false;
}

static void test_rows(void **state)
{
    check_levels(&(int){0}, 1, *state);
}

static void test_columns(void **state)
{
    check_levels(steps, COUNT(steps), *state);
}

static int tell(void **state)
{
    struct call *call = *state;
    if (call->busy)
        print_error("%s, %d taps, length %d, step %d\n", call->isa, call->taps, call->length,
                    call->step);
    call->busy = false;
    return 0;
}

int main(void)
{
    struct call call = {0};
    const struct CMUnitTest tests[] = {
        {"test_rows", test_rows, NULL, tell, &call},
        {"test_columns", test_columns, NULL, tell, &call},
    };
    return cmocka_run_group_tests_name("resample kernels", tests, NULL, NULL);
}
