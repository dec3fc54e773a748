/* The learner against the network in double precision: its logits, and its gradients against finite
 * differences. */
#include <math.h>
#include <string.h>

#include "../../engine/mobilenet.h"
#include "../../engine/train/base/random.h"
#include "../../engine/train/learner/layers.h"
#include "../../engine/train/learner/learner.h"
#include "../support.h"
#include "reference_network.h"

enum { PICTURES = 6, SIDE = 64, CLASSES = 5, SAMPLES = 3 /* of each tensor */ };
static const double epsilon = 1e-3;

/* A small network with random everything, as the learner and as the reference have it. */
struct bench {
    struct mn_network network;
    struct mn_weights_map map;
    struct mn_crew *crew;
    struct mn_learner *learner;
    struct mn_model *model;
    float *values, *gradient, *d_logits;
    struct reference_layer reference[MN_MAX_LAYERS];
    struct mn_random random;
};

static double *widened(const float *values, size_t count)
{
    double *wide = malloc(count * sizeof *wide);
    assert_non_null(wide);
    for (size_t i = 0; i < count; i++)
        wide[i] = (double)values[i];
    return wide;
}

static void set_up_reference(struct bench *bench)
{
    for (int i = 0; i < bench->network.layer_count; i++) {
        const struct mn_layer *layer = &bench->network.layers[i];
        const struct mn_parameters *from = &bench->model->parameters[i];
        struct reference_layer *to = &bench->reference[i];
        size_t channels = (size_t)layer->out_channels;
        if (layer->kind == MN_POOL)
            continue;
        to->weight = widened(from->weight, (size_t)mn_layer_weight_count(layer));
        to->beta = widened(from->gamma ? from->beta : from->bias, channels);
        if (!from->gamma)
            continue;
        to->gamma = widened(from->gamma, channels);
        to->mean = widened(from->mean, channels);
        to->variance = widened(from->variance, channels);
    }
}

/* Large enough for gradients that float32 does not round away (He et al. 2015). */
static void draw_weights(struct bench *bench)
{
    for (int i = 0; i < bench->network.layer_count; i++) {
        const struct mn_layer *layer = &bench->network.layers[i];
        const struct mn_layer_weights *at = &bench->map.layer[i];
        double outputs = (layer->kind == MN_CONV || layer->kind == MN_DEPTHWISE ? 9.0 : 1.0) *
                         (layer->kind == MN_DEPTHWISE ? 1 : layer->out_channels);
        for (size_t k = 0; k < at->weight_count; k++)
            bench->values[at->weight + k] =
                (float)(sqrt(2 / outputs) * mn_random_normal(&bench->random));
    }
}

static void set_up(struct bench *bench, struct mn_network_spec spec, int threads, int first_trained,
                   uint64_t seed)
{
    struct mn_error error;
    *bench = (struct bench){.random = mn_random_of(seed, MN_RANDOM_TEST, 0)};
    assert_int_equal(mn_network_build(&bench->network, &spec, &error), MN_OK);
    mn_weights_lay_out(&bench->map, &bench->network);
    assert_int_equal(mn_crew_new(&bench->crew, threads, &error), MN_OK);
    struct mn_learner_options options = {.crew = bench->crew,
                                         .network = &bench->network,
                                         .weights = &bench->map,
                                         .batch = PICTURES,
                                         .norm_epsilon = epsilon,
                                         .first_trained = first_trained};
    assert_int_equal(mn_learner_new(&bench->learner, &options, &error), MN_OK);
    bench->values = calloc(bench->map.total, sizeof(float));
    bench->gradient = calloc(bench->map.trained, sizeof(float));
    bench->d_logits = calloc((size_t)PICTURES * CLASSES, sizeof(float));
    mn_weights_begin(&bench->map, &bench->network, seed, bench->values);
    draw_weights(bench);
    for (size_t i = 0; i < bench->map.total; i++) /* no parameter is left at 0 or 1 */
        bench->values[i] += (float)mn_random_between(&bench->random, -0.2, 0.2);
    /* Mostly active, so that 27 layers do not amplify what float32 rounds. */
    for (int i = 0; i < bench->network.layer_count; i++)
        for (int c = 0; bench->map.layer[i].normed && c < bench->network.layers[i].out_channels;
             c++)
            bench->values[bench->map.layer[i].beta + (size_t)c] += 1.5f;
    int side = spec.resolution;
    for (int i = 0; i < PICTURES * side * side * 3; i++)
        mn_learner_input(bench->learner)[i] = (float)mn_random_normal(&bench->random);
    for (int i = 0; i < PICTURES * CLASSES; i++)
        bench->d_logits[i] = (float)mn_random_normal(&bench->random);
    bench->model = mn_model_new(&bench->network, true);
    assert_non_null(bench->model);
    mn_weights_export(&bench->map, bench->values, bench->model);
    set_up_reference(bench);
}

static void tear_down(struct bench *bench)
{
    for (int i = 0; i < MN_MAX_LAYERS; i++) {
        free(bench->reference[i].weight);
        free(bench->reference[i].gamma);
        free(bench->reference[i].beta);
        free(bench->reference[i].mean);
        free(bench->reference[i].variance);
    }
    mn_model_free(bench->model);
    mn_learner_free(bench->learner);
    mn_crew_free(bench->crew);
    free(bench->values);
    free(bench->gradient);
    free(bench->d_logits);
}

static struct mn_network_spec small(enum mn_activation activation, enum mn_padding padding)
{
    return (struct mn_network_spec){.width = 0.05,
                                    .resolution = SIDE,
                                    .classes = CLASSES,
                                    .channel_divisor = 1,
                                    .activation = activation,
                                    .padding = padding};
}

/* --- forward --- */

static double worst_logit(struct bench *bench, bool by_batch)
{
    double logits[PICTURES * CLASSES], worst = 0, largest = 0;
    const float *ours = mn_learner_forward(bench->learner, bench->values, PICTURES,
                                           by_batch ? MN_OF_BATCH : MN_OF_TRACKED, NULL);
    reference_forward(&bench->network, bench->reference, epsilon, mn_learner_input(bench->learner),
                      PICTURES, by_batch, logits);
    for (int i = 0; i < PICTURES * CLASSES; i++) {
        worst = fmax(worst, fabs((double)ours[i] - logits[i]));
        largest = fmax(largest, fabs(logits[i]));
    }
    return worst / largest;
}

static void logits_are_the_references(void **state)
{
    (void)state;
    for (int variant = 0; variant < 4; variant++) {
        struct bench bench;
        set_up(&bench, small((enum mn_activation)(variant % 2), (enum mn_padding)(variant / 2)), 2,
               0, 1);
        assert_true(worst_logit(&bench, true) < 2e-5);
        assert_true(worst_logit(&bench, false) < 2e-5);
        tear_down(&bench);
    }
}

/* --- backward --- */

/* The loss is sum of d_logits * logits. */
static double reference_loss(struct bench *bench)
{
    double logits[PICTURES * CLASSES], loss = 0;
    reference_forward(&bench->network, bench->reference, epsilon, mn_learner_input(bench->learner),
                      PICTURES, true, logits);
    for (int i = 0; i < PICTURES * CLASSES; i++)
        loss += (double)bench->d_logits[i] * logits[i];
    return loss;
}

/* Central difference of the loss by one number. */
static double difference(struct bench *bench, double *number)
{
    const double step = 1e-6, was = *number;
    *number = was + step;
    double above = reference_loss(bench);
    *number = was - step;
    double below = reference_loss(bench);
    *number = was;
    return (above - below) / (2 * step);
}

/* How far a tensor's gradients are off at some places: |ours - theirs| / |theirs|, both as vectors.
 */
static double tensor_error(struct bench *bench, double *tensor, const float *gradient, size_t count)
{
    double off = 0, length = 0;
    for (int s = 0; s < SAMPLES; s++) {
        size_t at = (size_t)mn_random_below(&bench->random, (int)count);
        double theirs = difference(bench, &tensor[at]);
        off += pow((double)gradient[at] - theirs, 2);
        length += theirs * theirs;
    }
    return sqrt(off) / (sqrt(length) + 1e-12);
}

/* The gradient of a layer's weights in PyTorch's order. */
static float *exported_gradient(struct bench *bench, struct mn_model **model)
{
    float *row = calloc(bench->map.total, sizeof *row);
    assert_non_null(row);
    memcpy(row, bench->gradient, bench->map.trained * sizeof *row);
    *model = mn_model_new(&bench->network, true);
    assert_non_null(*model);
    mn_weights_export(&bench->map, row, *model);
    return row;
}

/* A network none of whose activations is so near to a bend that rounding decides which side it is
 * on: there the gradient jumps, and no difference tells it. */
static void set_up_off_the_bends(struct bench *bench, struct mn_network_spec spec, int threads)
{
    double logits[PICTURES * CLASSES];
    for (uint64_t seed = 1;; seed++) {
        set_up(bench, spec, threads, 0, seed);
        if (reference_forward(&bench->network, bench->reference, epsilon,
                              mn_learner_input(bench->learner), PICTURES, true, logits) > 4e-6)
            return;
        tear_down(bench);
    }
}

static double worst_gradient(struct mn_network_spec spec, int threads)
{
    struct bench bench;
    struct mn_model *gradients;
    double worst = 0;
    set_up_off_the_bends(&bench, spec, threads);
    mn_learner_forward(bench.learner, bench.values, PICTURES, MN_OF_BATCH, NULL);
    mn_learner_backward(bench.learner, bench.values, bench.d_logits, bench.gradient);
    float *row = exported_gradient(&bench, &gradients);
    for (int i = 0; i < bench.network.layer_count; i++) {
        const struct mn_layer *layer = &bench.network.layers[i];
        const struct mn_parameters *ours = &gradients->parameters[i];
        struct reference_layer *theirs = &bench.reference[i];
        size_t channels = (size_t)layer->out_channels;
        if (layer->kind == MN_POOL)
            continue;
        double error = tensor_error(&bench, theirs->weight, ours->weight,
                                    (size_t)mn_layer_weight_count(layer));
        error = fmax(error, tensor_error(&bench, theirs->beta,
                                         ours->gamma ? ours->beta : ours->bias, channels));
        if (ours->gamma)
            error = fmax(error, tensor_error(&bench, theirs->gamma, ours->gamma, channels));
        if (error > 1e-4)
            print_error("%s: gradients are off by %.2g\n", layer->name, error);
        worst = fmax(worst, error);
    }
    mn_model_free(gradients);
    free(row);
    tear_down(&bench);
    return worst;
}

static void gradients_are_finite_differences(void **state)
{
    (void)state;
    double worst = 0;
    for (int variant = 0; variant < 2; variant++)
        worst =
            fmax(worst, worst_gradient(small((enum mn_activation)variant, (enum mn_padding)variant),
                                       1 + 2 * variant));
    struct mn_network_spec twin = small(MN_RELU, MN_PAD_SYMMETRIC);
    twin.standard = true;
    worst = fmax(worst, worst_gradient(twin, 2));
    print_message("measured: gradients against finite differences, worst tensor: %.2g\n", worst);
    assert_true(worst < 1e-4);
}

/* Operands gathered in two passes, the product cut by output channels and by rows. */
static void a_weight_gradient_can_be_cut(void **state)
{
    enum { PIXELS = 9, FIRST = 2, ALL = 5, IN = 39, OUT = 103, CUT = 50 };
    static float input[ALL * PIXELS * IN], d[ALL * PIXELS * OUT], got[OUT * IN];
    const struct mn_layer layer = {
        .kind = MN_POINTWISE, .in_size = 3, .in_channels = IN, .out_size = 3, .out_channels = OUT};
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, 0);
    (void)state;
    for (size_t i = 0; i < sizeof input / sizeof *input; i++)
        input[i] = (float)mn_random_normal(&random);
    for (size_t i = 0; i < sizeof d / sizeof *d; i++)
        d[i] = (float)mn_random_normal(&random);
    float *operands = calloc(mn_layer_operands(&layer, ALL), sizeof *operands);
    assert_non_null(operands);
    struct mn_layer_pass pass = {.layer = &layer, .input = input, .pictures = FIRST};
    mn_layer_gather_operands(&pass, d, 0, ALL, operands);
    pass.input = input + (size_t)FIRST * PIXELS * IN;
    pass.pictures = ALL - FIRST;
    mn_layer_gather_operands(&pass, d + (size_t)FIRST * PIXELS * OUT, FIRST, ALL, operands);
    for (int more = 0; more < 2; more++) { /* the second time it is added: twice the gradient */
        mn_layer_weight_gradient(&layer, operands, ALL, CUT, OUT, more, got);
        mn_layer_weight_gradient(&layer, operands, ALL, 0, CUT, more, got);
    }
    for (size_t j = 0; j < OUT; j++)
        for (size_t i = 0; i < IN; i++) {
            double sum = 0;
            for (size_t r = 0; r < (size_t)ALL * PIXELS; r++)
                sum += 2 * (double)d[r * OUT + j] * (double)input[r * IN + i];
            assert_true(fabs((double)got[j * IN + i] - sum) < 1e-4);
        }
    free(operands);
}

static void frozen_layers_have_no_gradient(void **state)
{
    (void)state;
    struct bench bench;
    set_up(&bench, small(MN_RELU, MN_PAD_SAME), 2, 9, 1);
    float *before = malloc(bench.map.total * sizeof *before);
    memcpy(before, bench.values, bench.map.total * sizeof *before);
    mn_learner_forward(bench.learner, bench.values, PICTURES, MN_OF_BATCH, NULL);
    mn_learner_backward(bench.learner, bench.values, bench.d_logits, bench.gradient);
    mn_learner_track(bench.learner, bench.values, 0.1);
    size_t frozen = bench.map.layer[9].weight;
    for (size_t i = 0; i < frozen; i++)
        assert_true(bench.gradient[i] == 0);
    for (size_t i = frozen; i < bench.map.trained; i += 97)
        assert_true(isfinite(bench.gradient[i]));
    assert_memory_equal(before + bench.map.layer[8].mean, bench.values + bench.map.layer[8].mean,
                        sizeof(float));
    assert_true(before[bench.map.layer[9].mean] != bench.values[bench.map.layer[9].mean]);
    free(before);
    tear_down(&bench);
}

/* --- the other ends --- */

static void what_is_exported_is_imported(void **state)
{
    (void)state;
    struct bench bench;
    struct mn_error error;
    set_up(&bench, small(MN_RELU6, MN_PAD_SAME), 1, 0, 1);
    float *again = calloc(bench.map.total, sizeof *again);
    assert_int_equal(mn_weights_import(&bench.map, bench.model, bench.network.layer_count, epsilon,
                                       again, &error),
                     MN_OK);
    assert_memory_equal(again, bench.values, bench.map.total * sizeof *again);
    free(again);
    tear_down(&bench);
}

static void the_engine_runs_what_was_learned(void **state)
{
    (void)state;
    struct bench bench;
    struct mn_error error;
    struct mn_engine *engine;
    set_up(&bench, small(MN_RELU, MN_PAD_SYMMETRIC), 2, 0, 1);
    bench.model->norm_epsilon = epsilon;
    assert_int_equal(
        mn_engine_new(&engine, bench.model, &(struct mn_engine_options){.batch = PICTURES}, &error),
        MN_OK);
    memcpy(mn_engine_input(engine), mn_learner_input(bench.learner),
           sizeof(float) * PICTURES * SIDE * SIDE * 3);
    const float *theirs = mn_engine_run(engine);
    const float *ours =
        mn_learner_forward(bench.learner, bench.values, PICTURES, MN_OF_TRACKED, NULL);
    double worst = 0, largest = 0;
    for (int i = 0; i < PICTURES * CLASSES; i++) {
        worst = fmax(worst, fabs((double)ours[i] - (double)theirs[i]));
        largest = fmax(largest, fabs((double)theirs[i]));
    }
    print_message("measured: training's forward and the engine differ by %.2g of the largest\n",
                  worst / largest);
    assert_true(worst < 1e-4 * largest);
    mn_engine_free(engine);
    tear_down(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logits_are_the_references),
        cmocka_unit_test(gradients_are_finite_differences),
        cmocka_unit_test(a_weight_gradient_can_be_cut),
        cmocka_unit_test(frozen_layers_have_no_gradient),
        cmocka_unit_test(what_is_exported_is_imported),
        cmocka_unit_test(the_engine_runs_what_was_learned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
