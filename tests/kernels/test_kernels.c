/* Every kernel of every instruction set that this CPU has, against double precision and against
 * portable C.
 *
 * Inputs are seeded random numbers and the worst cases; buffers end or begin at an unmapped page,
 * sources are write-protected, outputs lie between canaries and are NaN before the call: an access
 * outside, a number that was not written and a NaN all fail. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "../support.h"
#include "cases.h"
#include "guard.h"
#include "reference.h"

enum pattern {
    RANDOM,
    LOWEST,   /* ReLU's zeros */
    HIGHEST,  /* ReLU6's sixes, all weights 1 */
    HUGE_SUM, /* far beyond any network, but the sums stay finite */
    OVERFLOW, /* sums are infinite, each of one sign */
    DENORMAL, /* sums that are flushed to zero where the CPU is told to */
    ZERO,     /* negative zeros */
    PATTERNS,
};

/* A pattern's numbers: u * random, or the constant where that is 0. */
struct source {
    float random, constant;
};
static const struct {
    struct source input, weight, bias;
} sources[PATTERNS] = {
    [RANDOM] = {{6, 0}, {1, 0}, {1, 0}},
    [LOWEST] = {{0, 0}, {1, 0}, {1, 0}},
    [HIGHEST] = {{0, 6}, {0, 1}, {0, 1}},
    [HUGE_SUM] = {{1e15F, 0}, {1e15F, 0}, {1e30F, 0}},
    [OVERFLOW] = {{0, 3e38F}, {0, 3e38F}, {0, 1}},
    [DENORMAL] = {{1e-40F, 0}, {1, 0}, {1e-40F, 0}},
    [ZERO] = {{0, -0.0F}, {0, -0.0F}, {0, -0.0F}},
};

/* What each shape is filled with and clamped to. MobileNet's own shapes are big and take only the
 * first ones. */
static const struct variant {
    enum pattern pattern;
    float lo, hi;
} variants[] = {
    {RANDOM, 0, 6},   {RANDOM, -INFINITY, INFINITY},  {RANDOM, 0, INFINITY},
    {LOWEST, 0, 6},   {LOWEST, -INFINITY, INFINITY},  {HIGHEST, 0, 6},
    {HUGE_SUM, 0, 6}, {HIGHEST, -INFINITY, INFINITY}, {HUGE_SUM, -INFINITY, INFINITY},
    {OVERFLOW, 0, 6}, {OVERFLOW, 0, INFINITY},        {DENORMAL, -INFINITY, INFINITY},
    {ZERO, 0, 6},
};
enum { VARIANTS = sizeof variants / sizeof *variants, NETWORK_VARIANTS = 2 };

/* One filled shape and its right answer. */
struct problem {
    struct kernel_case shape;
    struct variant variant;
    float *input, *weight, *bias;
    float *portable; /* portable C's answer; before it is known, NULL */
    double *value, *magnitude, largest_magnitude;
};

/* What goes on; the teardown tells it after a fault. */
struct progress {
    bool busy;
    char name[KERNEL_NAME_BYTES];
    int variant;
    const char *isa;
    int calls;
    double worst; /* the largest error as a part of what is allowed */
};

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    assert_non_null(memory);
    return memory;
}

static float *make(size_t count, const struct source *source, uint64_t *stream)
{
    float *values = allocate(count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = source->random != 0 ? test_uniform(stream) * source->random : source->constant;
    return values;
}

static struct problem problem_new(const struct kernel_case *shape, const struct variant *variant,
                                  uint64_t *stream)
{
    size_t weights = kernel_case_weights(shape), outputs = kernel_case_outputs(shape);
    size_t depth = (size_t)kernel_case_depth(shape);
    struct problem problem = {
        .shape = *shape,
        .variant = *variant,
        .input = make(kernel_case_inputs(shape), &sources[variant->pattern].input, stream),
        .weight = make(weights, &sources[variant->pattern].weight, stream),
        .bias = make(kernel_case_biases(shape), &sources[variant->pattern].bias, stream),
        .value = allocate(outputs, sizeof(double)),
        .magnitude = allocate(outputs, sizeof(double)),
    };
    for (size_t i = 0; variant->pattern == OVERFLOW && i < weights; i++)
        if (i / depth % 2)
            problem.weight[i] = -problem.weight[i]; /* every other output is -infinity */
    kernel_reference(shape, problem.input, problem.weight, problem.bias, problem.value,
                     problem.magnitude);
    for (size_t i = 0; i < outputs; i++)
        problem.largest_magnitude = fmax(problem.largest_magnitude, problem.magnitude[i]);
    return problem;
}

static void problem_free(struct problem *problem)
{
    free(problem->input);
    free(problem->weight);
    free(problem->bias);
    free(problem->portable);
    free(problem->value);
    free(problem->magnitude);
}

static double clamped(const struct problem *problem, double x)
{
    return fmin(fmax(x, (double)problem->variant.lo), (double)problem->variant.hi);
}

/* Results below this may be 0: the smallest number, or, since NEON of 32-bit Arm knows no denormal
 * ones, the smallest normal one. */
#ifdef __arm__
static const double smallest = 0x1p-126;
#else
static const double smallest = 0x1p-149;
#endif

/* |a - b| as a part of `allowed`, infinities of one sign being equal. Beyond 1 is wrong. */
static double ratio(double a, double b, double allowed)
{
    if (isnan(a) || isnan(b))
        return INFINITY;
    return a == b ? 0 : fabs(a - b) / allowed;
}

/* The error of one output by the rigorous bound for a sum in any order, with or without fused
 * multiply-adds (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1). The clamp is
 * applied to both ends of the interval, so that a value it cuts must be exact. */
static double reference_ratio(const struct problem *problem, size_t i, double got)
{
    int depth = kernel_case_depth(&problem->shape);
    double allowed = (depth + 2) * (FLT_EPSILON / 2 * problem->magnitude[i] + smallest);
    double low = clamped(problem, problem->value[i] - allowed);
    double high = clamped(problem, problem->value[i] + allowed);
    double beyond_low = low > FLT_MAX ? INFINITY : low;
    double beyond_high = high > FLT_MAX ? INFINITY : high;
    if (!(got >= beyond_low && got <= beyond_high))
        return INFINITY;
    double right = clamped(problem, problem->value[i]);
    return isinf(got) ? 0 : ratio(got, right, allowed);
}

static void check_outputs(const struct problem *problem, const float *output,
                          struct progress *progress)
{
    double allowed = 2e-6 * sqrt(kernel_case_depth(&problem->shape)) * problem->largest_magnitude;
    for (size_t i = 0; i < kernel_case_outputs(&problem->shape); i++) {
        double error = reference_ratio(problem, i, (double)output[i]);
        if (problem->portable)
            error = fmax(error, ratio((double)output[i], (double)problem->portable[i],
                                      fmax(allowed, 512 * smallest)));
        if (error > 1)
            fail_msg("output %zu is %.9g, should be %.9g", i, (double)output[i],
                     clamped(problem, problem->value[i]));
        progress->worst = fmax(progress->worst, error);
    }
    progress->calls++;
}

/* A write-protected copy. */
static struct guard guard_copy(const float *values, size_t count, enum guard_side side)
{
    struct guard guard = guard_new(count * sizeof *values, side);
    memcpy(guard.data, values, guard.size);
    guard_protect(&guard);
    return guard;
}

static struct guard pack(const struct mn_kernels *kernels, const struct problem *problem,
                         enum guard_side side)
{
    struct guard weight = guard_copy(problem->weight, kernel_case_weights(&problem->shape), side);
    struct guard bias = guard_copy(problem->bias, kernel_case_biases(&problem->shape), side);
    struct guard packed =
        guard_new(kernel_packed_size(kernels, &problem->shape) * sizeof(float), side);
    kernel_pack(kernels, &problem->shape, weight.data, bias.data, packed.data);
    if (!guard_intact(&packed))
        fail_msg("packing writes outside of the size it asked for");
    guard_protect(&packed);
    guard_free(&weight);
    guard_free(&bias);
    return packed;
}

static bool is_untouched(const float *values, size_t count)
{
    const unsigned char *bytes = (const unsigned char *)values;
    for (size_t i = 0; i < count * sizeof *values; i++)
        if (bytes[i] != 0xff)
            return false;
    return true;
}

/* The output in one call. */
static void run_whole(const struct mn_kernels *kernels, const struct problem *problem,
                      struct kernel_call call, const struct guard *output,
                      struct progress *progress)
{
    call.row_begin = 0;
    call.row_end = problem->shape.rows;
    kernel_run(kernels, &problem->shape, &call);
    if (!guard_intact(output))
        fail_msg("writes outside of the output");
    check_outputs(problem, call.output, progress);
}

/* No rows, then the lower rows, then the upper ones; what is not asked for stays as it was. */
static void run_split(const struct mn_kernels *kernels, const struct problem *problem,
                      struct kernel_call call, const struct guard *output,
                      struct progress *progress)
{
    int rows = problem->shape.rows, middle = (rows + 2) / 3;
    size_t count = kernel_case_outputs(&problem->shape);
    size_t upper = count / (size_t)rows * (size_t)middle;
    call.row_begin = call.row_end = middle;
    kernel_run(kernels, &problem->shape, &call);
    if (!is_untouched(call.output, count))
        fail_msg("writes although no rows are asked for");
    call.row_end = rows;
    kernel_run(kernels, &problem->shape, &call);
    if (!is_untouched(call.output, upper))
        fail_msg("writes rows before row_begin");
    float *lower = allocate(count - upper, sizeof *lower);
    memcpy(lower, call.output + upper, (count - upper) * sizeof *lower);
    memset(call.output + upper, 0xff, (count - upper) * sizeof *lower);
    call.row_begin = 0;
    call.row_end = middle;
    kernel_run(kernels, &problem->shape, &call);
    if (!is_untouched(call.output + upper, count - upper))
        fail_msg("writes rows from row_end on");
    memcpy(call.output + upper, lower, (count - upper) * sizeof *lower);
    free(lower);
    if (!guard_intact(output))
        fail_msg("writes outside of the output, row by row");
    check_outputs(problem, call.output, progress);
}

/* The channels from the second panel on, then those of the first. */
static void run_channels(const struct mn_kernels *kernels, const struct problem *problem,
                         struct kernel_call call, const struct guard *output,
                         struct progress *progress)
{
    int channels = problem->shape.out_channels, panel = kernels->dense.panel;
    size_t count = kernel_case_outputs(&problem->shape);
    call.row_begin = 0;
    call.row_end = problem->shape.rows;
    call.channel_begin = panel;
    call.channel_end = channels;
    kernel_run(kernels, &problem->shape, &call);
    for (size_t row = 0; row < count; row += (size_t)channels)
        if (!is_untouched(call.output + row, (size_t)panel))
            fail_msg("writes channels before channel_begin");
    float *last = allocate((size_t)channels, sizeof *last);
    memcpy(last, call.output + count - channels, (size_t)channels * sizeof *last);
    call.channel_begin = 0;
    call.channel_end = panel;
    kernel_run(kernels, &problem->shape, &call);
    if (memcmp(last + panel, call.output + count - channels + panel,
               (size_t)(channels - panel) * sizeof *last) != 0)
        fail_msg("writes channels from channel_end on");
    free(last);
    if (!guard_intact(output))
        fail_msg("writes outside of the output, channel by channel");
    check_outputs(problem, call.output, progress);
}

/* The weights of some steps of the depth, packed without biases. */
static struct guard pack_steps(const struct mn_kernels *kernels, const struct problem *problem,
                               int begin, int end)
{
    int depth = problem->shape.in_channels, out = problem->shape.out_channels, part = end - begin;
    float *weight = allocate((size_t)part * (size_t)out, sizeof *weight);
    for (int j = 0; j < out; j++)
        memcpy(weight + (size_t)j * (size_t)part,
               problem->weight + (size_t)j * (size_t)depth + begin, (size_t)part * sizeof *weight);
    struct guard packed =
        guard_new(mn_packed_size(kernels->dense, part, 1, out) * sizeof(float), GUARD_BEHIND);
    mn_pack(kernels->dense, weight, NULL, part, 1, out, packed.data);
    guard_protect(&packed);
    free(weight);
    return packed;
}

/* To an output that holds the biases a third of the depth is added, and then the rest of it; the
 * clamp comes last. */
static void run_accumulated(const struct mn_kernels *kernels, const struct problem *problem,
                            const struct guard *input, const struct guard *output,
                            struct progress *progress)
{
    int depth = problem->shape.in_channels, out = problem->shape.out_channels;
    int middle = (depth + 2) / 3;
    struct guard first = pack_steps(kernels, problem, 0, middle);
    struct guard second = pack_steps(kernels, problem, middle, depth);
    struct mn_matmul_args args = {.input = input->data,
                                  .packed = first.data,
                                  .output = output->data,
                                  .rows = problem->shape.rows,
                                  .in_channels = middle,
                                  .out_channels = out,
                                  .input_stride = depth,
                                  .output_stride = out,
                                  .lo = -INFINITY,
                                  .hi = INFINITY,
                                  .accumulate = true};
    for (size_t r = 0; r < (size_t)args.rows; r++)
        memcpy(args.output + r * (size_t)out, problem->bias, (size_t)out * sizeof(float));
    kernels->pointwise(&args);
    args.input += middle;
    args.packed = second.data;
    args.in_channels = depth - middle;
    args.lo = problem->variant.lo;
    args.hi = problem->variant.hi;
    kernels->pointwise(&args);
    guard_free(&first);
    guard_free(&second);
    if (!guard_intact(output))
        fail_msg("writes outside of the output, adding to it");
    check_outputs(problem, output->data, progress);
}

static void run_guarded(const struct mn_kernels *kernels, struct problem *problem,
                        enum guard_side side, struct progress *progress)
{
    const struct kernel_case *shape = &problem->shape;
    size_t outputs = kernel_case_outputs(shape);
    struct guard input = guard_copy(problem->input, kernel_case_inputs(shape), side);
    struct guard packed = pack(kernels, problem, side);
    struct guard output = guard_new(outputs * sizeof(float), side);
    struct kernel_call call = {.input = input.data,
                               .packed = packed.data,
                               .output = output.data,
                               .channel_end = shape->out_channels,
                               .lo = problem->variant.lo,
                               .hi = problem->variant.hi};
    run_whole(kernels, problem, call, &output, progress);
    if (!problem->portable) {
        problem->portable = allocate(outputs, sizeof(float));
        memcpy(problem->portable, output.data, output.size);
    }
    if (shape->family != KERNEL_POOL) {
        memset(output.data, 0xff, output.size);
        run_split(kernels, problem, call, &output, progress);
    }
    bool parts = shape->family == KERNEL_POINTWISE || shape->family == KERNEL_DEPTHWISE3X3;
    if (parts && shape->out_channels > kernels->dense.panel) {
        memset(output.data, 0xff, output.size);
        run_channels(kernels, problem, call, &output, progress);
    }
    if (shape->family == KERNEL_POINTWISE && shape->in_channels > 1)
        run_accumulated(kernels, problem, &input, &output, progress);
    guard_free(&input);
    guard_free(&packed);
    guard_free(&output);
}

/* Pool has no clamp, and sums before it divides, so it may overflow where the mean does not. */
static bool makes_sense(const struct kernel_case *shape, const struct variant *variant)
{
    return shape->family != KERNEL_POOL || (isinf(variant->lo) && variant->pattern != OVERFLOW);
}

static void check_case(const struct kernel_case *shape, int variant,
                       struct progress progress[MN_ISA_COUNT])
{
    uint64_t stream = 1 + (uint64_t)variant;
    struct problem problem = problem_new(shape, &variants[variant], &stream);
    for (int isa = MN_ISA_C; isa < MN_ISA_COUNT; isa++) {
        const struct mn_kernels *kernels = mn_kernels_for((enum mn_isa)isa);
        if (!kernels)
            continue;
        progress[isa].busy = true;
        progress[isa].isa = mn_isa_name((enum mn_isa)isa);
        progress[isa].variant = variant;
        kernel_case_name(shape, progress[isa].name);
        run_guarded(kernels, &problem, GUARD_BEHIND, &progress[isa]);
        run_guarded(kernels, &problem, GUARD_BEFORE, &progress[isa]);
        progress[isa].busy = false;
    }
    problem_free(&problem);
}

/* Under an emulator a shape of many multiply-adds takes minutes. */
static bool is_too_big(const struct kernel_case *shape)
{
    const double most = 5e5;
    return getenv("CAMLABEL_EMULATED") &&
           (double)kernel_case_outputs(shape) * kernel_case_depth(shape) > most;
}

static void check_family(enum kernel_family family, void **state)
{
    int left_out = 0;
    struct progress *progress = allocate(MN_ISA_COUNT, sizeof *progress);
    *state = progress;
    for (int i = 0; i < kernel_case_count(family); i++) {
        struct kernel_case shape = kernel_case_get(family, i);
        int count = shape.network ? NETWORK_VARIANTS : VARIANTS;
        if (is_too_big(&shape)) {
            left_out++;
            continue;
        }
        for (int variant = 0; variant < count; variant++)
            if (makes_sense(&shape, &variants[variant]))
                check_case(&shape, variant, progress);
    }
    assert_true(progress[MN_ISA_C].calls > 0);
    if (left_out)
        print_message("skipped: %d big shapes of %s, because this CPU is emulated\n", left_out,
                      kernel_family_name(family));
    for (int isa = 0; isa < MN_ISA_COUNT; isa++)
        if (progress[isa].calls)
            print_message(
                "measured: %s, %s: %d results, worst error %.2f of what rounding allows\n",
                kernel_family_name(family), progress[isa].isa, progress[isa].calls,
                progress[isa].worst);
}

/* Also runs after a failure: says where that was. */
static int tell_and_free(void **state)
{
    struct progress *progress = *state;
    for (int isa = 0; progress && isa < MN_ISA_COUNT; isa++)
        if (progress[isa].busy)
            print_error("%s, %s, variant %d\n", progress[isa].isa, progress[isa].name,
                        progress[isa].variant);
    free(progress);
    *state = NULL;
    return 0;
}

static void test_conv3x3(void **state)
{
    check_family(KERNEL_CONV3X3, state);
}

static void test_depthwise3x3(void **state)
{
    check_family(KERNEL_DEPTHWISE3X3, state);
}

static void test_pointwise(void **state)
{
    check_family(KERNEL_POINTWISE, state);
}

static void test_pool(void **state)
{
    check_family(KERNEL_POOL, state);
}

static int tell_levels(void **state)
{
    (void)state;
    for (int isa = 0; isa < MN_ISA_COUNT; isa++)
        if (!mn_kernels_for((enum mn_isa)isa))
            print_message("skipped: %s is not in this build or not in this CPU\n",
                          mn_isa_name((enum mn_isa)isa));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_conv3x3, tell_and_free),
        cmocka_unit_test_teardown(test_depthwise3x3, tell_and_free),
        cmocka_unit_test_teardown(test_pointwise, tell_and_free),
        cmocka_unit_test_teardown(test_pool, tell_and_free),
    };
    return cmocka_run_group_tests_name("kernels", tests, tell_levels, NULL);
}
