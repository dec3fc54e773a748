/* The whole engine with random weights: batches, threads, fusing and levels of instructions do not
 * change what comes out; a run allocates nothing, calls nobody, and can be cancelled. */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "../../engine/mobilenet.h"
#include "../sanitizer.h"
#include "../support.h"
#include "no_system_calls.h"

/* Every allocation of this program is counted, by standing in front of the C library's functions;
 * a sanitizer stands there itself. */
static atomic_long allocations;

#ifndef TEST_HAS_SANITIZER
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_realloc(block, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    atomic_fetch_add(&allocations, 1);
    return __libc_memalign(alignment, size);
}
#endif

static struct mn_network_spec spec_of(double width, int resolution, int classes)
{
    return (struct mn_network_spec){.width = width,
                                    .resolution = resolution,
                                    .classes = classes,
                                    .channel_divisor = 1,
                                    .activation = MN_RELU6};
}

/* Random weights of a size that keeps activations in a usual range, and random biases. */
static struct mn_model *model_of(struct mn_network_spec spec)
{
    struct mn_network network;
    struct mn_error error;
    if (mn_network_build(&network, &spec, &error))
        fail_msg("%s", error.message);
    struct mn_model *model = mn_model_new(&network, false);
    assert_non_null(model);
    uint64_t random = 7;
    for (int i = 0; i < network.layer_count; i++) {
        const struct mn_layer *layer = &network.layers[i];
        int64_t count = mn_layer_weight_count(layer);
        float scale = count ? sqrtf(6.0F * (float)layer->out_channels / (float)count) : 0;
        for (int64_t w = 0; w < count; w++)
            model->parameters[i].weight[w] = scale * test_uniform(&random);
        for (int c = 0; count && c < layer->out_channels; c++)
            model->parameters[i].bias[c] = 0.25F * test_uniform(&random);
    }
    return model;
}

static size_t input_floats(const struct mn_engine *engine)
{
    size_t resolution = (size_t)mn_engine_network(engine)->spec.resolution;
    return resolution * resolution * 3;
}

/* Picture `number`; the same numbers in every engine of one resolution. */
static void draw_picture(struct mn_engine *engine, int number, int place)
{
    uint64_t random = 1000 + (uint64_t)number;
    size_t count = input_floats(engine);
    float *input = mn_engine_input(engine) + (size_t)place * count;
    for (size_t i = 0; i < count; i++)
        input[i] = test_uniform(&random);
}

/* An engine with pictures 0, 1 … in its batch. */
static struct mn_engine *engine_of(const struct mn_model *model, struct mn_engine_options options)
{
    struct mn_engine *engine;
    struct mn_error error;
    if (mn_engine_new(&engine, model, &options, &error))
        fail_msg("%s", error.message);
    for (int i = 0; i < (options.batch ? options.batch : 1); i++)
        draw_picture(engine, i, i);
    return engine;
}

/* The largest difference, as a part of the largest value. NaN is infinitely far away. */
static double distance(const float *a, const float *b, int count)
{
    double largest = 0, difference = 0;
    for (int i = 0; i < count; i++) {
        double d = fabs((double)a[i] - (double)b[i]);
        difference = isnan(d) ? INFINITY : fmax(difference, d);
        largest = fmax(largest, fabs((double)b[i]));
    }
    assert_true(largest > 0);
    return difference / largest;
}

/* The logits of a network run with these options; the caller frees. */
static float *logits_of(const struct mn_model *model, struct mn_engine_options options)
{
    struct mn_engine *engine = engine_of(model, options);
    int batch = options.batch ? options.batch : 1;
    size_t bytes = (size_t)batch * (size_t)model->network.spec.classes * sizeof(float);
    const float *logits = mn_engine_run(engine);
    assert_non_null(logits);
    float *copy = malloc(bytes);
    assert_non_null(copy);
    memcpy(copy, logits, bytes);
    mn_engine_free(engine);
    return copy;
}

static const struct mn_network_spec *odd_specs(int *count)
{
    static struct mn_network_spec specs[4];
    specs[0] = spec_of(0.33, 96, 7);
    specs[1] = spec_of(0.25, 128, 1001);
    specs[2] = spec_of(1.3, 32, 10);
    specs[3] = spec_of(1, 64, 10); /* 1024 channels: a bridge's pixels lie apart */
    *count = 4;
    return specs;
}

/* One row of a matrix product is summed in another order than several: so not to the bit. */
static void a_batch_gives_what_single_runs_give(void **state)
{
    (void)state;
    enum { BATCH = 3 };
    int specs;
    const struct mn_network_spec *spec = odd_specs(&specs);
    for (int s = 0; s < specs; s++) {
        struct mn_model *model = model_of(spec[s]);
        int classes = spec[s].classes;
        for (int threads = 1; threads <= 2; threads++) {
            float *together =
                logits_of(model, (struct mn_engine_options){.batch = BATCH, .threads = threads});
            struct mn_engine *engine =
                engine_of(model, (struct mn_engine_options){.threads = threads});
            for (int i = 0; i < BATCH; i++) {
                draw_picture(engine, i, 0);
                const float *alone = mn_engine_run(engine);
                assert_true(distance(together + (size_t)i * (size_t)classes, alone, classes) <
                            1e-5);
            }
            mn_engine_free(engine);
            free(together);
        }
        mn_model_free(model);
    }
}

static void check_threads(struct mn_network_spec spec, const int *threads, int count)
{
    struct mn_model *model = model_of(spec);
    float *one = logits_of(model, (struct mn_engine_options){.threads = 1});
    for (int t = 0; t < count; t++) {
        float *many = logits_of(model, (struct mn_engine_options){.threads = threads[t]});
        assert_memory_equal(many, one, (size_t)spec.classes * sizeof(float));
        free(many);
    }
    free(one);
    mn_model_free(model);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    static const int threads[] = {2, 3, 5};
    int specs;
    const struct mn_network_spec *spec = odd_specs(&specs);
    for (int s = 0; s < specs; s++)
        check_threads(spec[s], threads, 3);
    /* Two share rows in the deep layers, also in those whose pixels lie apart. */
    check_threads(spec_of(1, 384, 10), threads, 1);
}

static void fusing_changes_nothing(void **state)
{
    (void)state;
    int specs;
    const struct mn_network_spec *spec = odd_specs(&specs);
    for (int s = 0; s < specs; s++) {
        struct mn_model *model = model_of(spec[s]);
        float *fused = logits_of(model, (struct mn_engine_options){.threads = 1});
        float *apart = logits_of(model, (struct mn_engine_options){.threads = 1, .unfused = true});
        assert_true(distance(fused, apart, spec[s].classes) < 1e-5);
        free(fused);
        free(apart);
        mn_model_free(model);
    }
}

/* Every level that this CPU has beside portable C; returns the largest difference. */
static void compare_levels(struct mn_network_spec spec, double worst[MN_ISA_COUNT])
{
    struct mn_model *model = model_of(spec);
    struct mn_engine_options options = {.force_isa = true, .isa = MN_ISA_C, .threads = 1};
    float *portable = logits_of(model, options);
    for (int isa = MN_ISA_C + 1; isa < MN_ISA_COUNT; isa++) {
        options.isa = (enum mn_isa)isa;
        if (!mn_kernels_for(options.isa))
            continue;
        float *logits = logits_of(model, options);
        worst[isa] = fmax(worst[isa], distance(logits, portable, spec.classes));
        free(logits);
    }
    free(portable);
    mn_model_free(model);
}

static void levels_agree_on_every_network(void **state)
{
    (void)state;
    static const double widths[] = {0.25, 0.5, 0.75, 1};
    double worst[MN_ISA_COUNT] = {0};
    for (int w = 0; w < 4; w++)
        for (int resolution = 128; resolution <= 224; resolution += 32)
            compare_levels(spec_of(widths[w], resolution, 1000), worst);
    compare_levels(spec_of(0.33, 96, 7), worst);
    int levels = 0;
    for (int isa = MN_ISA_C + 1; isa < MN_ISA_COUNT; isa++) {
        if (!mn_kernels_for((enum mn_isa)isa))
            continue;
        levels++;
        print_message("measured: logits of 17 networks, %s beside c: %.1e of the largest\n",
                      mn_isa_name((enum mn_isa)isa), worst[isa]);
        assert_true(worst[isa] < 1e-4);
    }
    if (levels == 0) {
        print_message("skipped: this CPU or this build has nothing but portable C\n");
        skip();
    }
}

struct observed {
    struct mn_engine *engine;
    int steps;
};

static void cancel_at_the_third_step(void *context, const struct mn_layers_output *output)
{
    (void)output;
    struct observed *observed = context;
    if (++observed->steps == 3)
        mn_engine_cancel(observed->engine);
}

static void a_cancelled_run_gives_nothing(void **state)
{
    (void)state;
    struct mn_model *model = model_of(spec_of(0.25, 32, 10));
    for (int threads = 1; threads <= 2; threads++) {
        struct observed observed = {
            .engine = engine_of(model, (struct mn_engine_options){.threads = threads})};
        assert_null(mn_engine_run_observed(observed.engine, cancel_at_the_third_step, &observed));
        assert_int_equal(observed.steps, 3);
        assert_null(mn_engine_run(observed.engine)); /* for good */
        mn_engine_free(observed.engine);
    }
    mn_model_free(model);
}

static void impossible_options_are_refused(void **state)
{
    (void)state;
    static const struct mn_engine_options impossible[] = {
        {.threads = 65}, {.threads = 1, .batch = 4097}, {.threads = 1, .resolution = 100}};
    struct mn_model *model = model_of(spec_of(0.25, 32, 10));
    for (int i = 0; i < 3; i++) {
        struct mn_engine *engine = NULL;
        struct mn_error error;
        assert_int_equal(mn_engine_new(&engine, model, &impossible[i], &error), MN_BAD_INPUT);
        assert_null(engine);
    }
    mn_model_free(model);
}

static void a_run_allocates_nothing(void **state)
{
    (void)state;
    if (TEST_SANITIZER) {
        print_message("skipped: under a sanitizer allocations cannot be counted\n");
        skip();
    }
    long before = atomic_load(&allocations);
    struct mn_model *model = model_of(spec_of(0.25, 64, 10));
    assert_true(atomic_load(&allocations) > before); /* they are counted */
    for (int threads = 1; threads <= 3; threads++) {
        struct mn_engine *engine = engine_of(model, (struct mn_engine_options){.threads = threads});
        unsigned char pixels[40 * 30 * 3] = {1};
        struct mn_image image;
        mn_image_wrap(&image, MN_PIXEL_RGB24, 40, 30, pixels, 0);
        struct mn_error error;
        assert_int_equal(mn_engine_preprocess(engine, &image, &error), MN_OK);
        assert_non_null(mn_engine_run(engine));
        before = atomic_load(&allocations);
        for (int i = 0; i < 100; i++) {
            mn_engine_preprocess(engine, &image, &error);
            mn_engine_run(engine);
        }
        assert_int_equal(atomic_load(&allocations), before);
        mn_engine_free(engine);
    }
    mn_model_free(model);
}

/* In a child process, so nothing is freed. */
static void run_alone(void *context)
{
    (void)context;
    struct mn_model *model = model_of(spec_of(0.25, 64, 10));
    struct mn_engine *engine = engine_of(model, (struct mn_engine_options){.threads = 1});
    no_system_calls_from_here();
    for (int i = 0; i < 3; i++)
        mn_engine_run(engine);
}

static void one_thread_makes_no_system_call(void **state)
{
    (void)state;
    no_system_calls_in(run_alone, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_gives_what_single_runs_give),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(fusing_changes_nothing),
        cmocka_unit_test(levels_agree_on_every_network),
        cmocka_unit_test(a_cancelled_run_gives_nothing),
        cmocka_unit_test(impossible_options_are_refused),
        cmocka_unit_test(a_run_allocates_nothing),
        cmocka_unit_test(one_thread_makes_no_system_call),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
