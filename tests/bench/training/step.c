/* step SIDE BATCH THREADS: the trainer among its peers: forward, loss, backward and update of one
 * batch of random pictures, again and again. It speaks the protocol of ../peers/worker.py, and one
 * request more:
 *
 *     sgemm    gflops NUMBER     what OpenBLAS reaches with large squares on THREADS cores at once
 *
 * The network is MobileNet-V1 of width 1 with 10 classes. */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../../engine/base/block.h"
#include "../../../engine/train/base/random.h"
#include "../../../engine/train/learner/learner.h"
#include "../../../engine/train/learner/loss.h"
#include "../../../engine/train/optimizer.h"

enum { CLASSES = 10, SQUARE = 768, PRODUCTS = 8, MAX_RUNS = 100000, MOST_THREADS = 64 };

struct training {
    struct mn_network network;
    struct mn_weights_map map;
    struct mn_crew *crew;
    struct mn_learner *learner;
    struct mn_optimizer optimizer;
    struct mn_recipe recipe;
    float *values, *gradient, *d_logits;
    int *label;
    int64_t steps;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int fail(const char *what)
{
    fprintf(stderr, "step: %s\n", what);
    return EXIT_FAILURE;
}

static bool read_number(const char **text, int low, int high, int *number)
{
    char *end;
    long value = strtol(*text, &end, 10);
    bool valid = end != *text && value >= low && value <= high;
    *number = valid ? (int)value : low;
    *text = end;
    return valid;
}

static void release(struct training *t)
{
    mn_learner_free(t->learner);
    mn_crew_free(t->crew);
    free(t->values);
    free(t->gradient);
    free(t->optimizer.momentum);
    free(t->d_logits);
    free(t->label);
}

static bool prepare(struct training *t, int side, int threads, struct mn_error *error)
{
    struct mn_network_spec spec = {.width = 1,
                                   .resolution = side,
                                   .classes = CLASSES,
                                   .channel_divisor = 8,
                                   .padding = MN_PAD_SYMMETRIC};
    size_t batch = (size_t)t->recipe.batch_size;
    if (mn_network_build(&t->network, &spec, error) || mn_crew_new(&t->crew, threads, error))
        return false;
    mn_weights_lay_out(&t->map, &t->network);
    struct mn_learner_options options = {.crew = t->crew,
                                         .network = &t->network,
                                         .weights = &t->map,
                                         .batch = t->recipe.batch_size,
                                         .norm_epsilon = 1e-5};
    if (mn_learner_new(&t->learner, &options, error))
        return false;
    t->values = mn_block_zeroed(t->map.total);
    t->gradient = mn_block_zeroed(t->map.trained);
    t->optimizer.momentum = mn_block_zeroed(t->map.trained);
    t->d_logits = calloc(batch * CLASSES, sizeof(float));
    t->label = calloc(batch, sizeof(int));
    if (!t->values || !t->gradient || !t->optimizer.momentum || !t->d_logits || !t->label) {
        mn_fail(error, MN_FAILED, "no memory");
        return false;
    }
    mn_weights_begin(&t->map, &t->network, 1, t->values);
    struct mn_random random = mn_random_of(1, MN_RANDOM_TEST, 0);
    for (size_t i = 0; i < batch * (size_t)side * (size_t)side * 3; i++)
        mn_learner_input(t->learner)[i] = (float)mn_random_normal(&random);
    for (size_t i = 0; i < batch; i++)
        t->label[i] = mn_random_below(&random, CLASSES);
    return true;
}

static void step(struct training *t)
{
    int batch = t->recipe.batch_size;
    struct mn_update update = {&t->recipe, &t->network, &t->map, 0, t->recipe.lr, ++t->steps};
    const float *logits = mn_learner_forward(t->learner, t->values, batch, MN_OF_BATCH, NULL);
    mn_loss(logits, t->label, batch, CLASSES, 0, 1, t->d_logits);
    mn_learner_backward(t->learner, t->values, t->d_logits, t->gradient);
    mn_optimizer_step(&t->optimizer, &update, t->crew, t->values, t->gradient);
    mn_learner_track(t->learner, t->values, 0.1);
}

static void multiply(void *context, int share)
{
    float *const *square = context;
    for (int i = 0; i < PRODUCTS; i++)
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, SQUARE, SQUARE, SQUARE, 1, square[0],
                    SQUARE, square[1], SQUARE, 0, square[2 + share], SQUARE);
}

static void print_sgemm(struct training *t)
{
    float *squares[2 + MOST_THREADS];
    int threads = mn_crew_size(t->crew);
    for (int i = 0; i < 2 + threads; i++)
        if (!(squares[i] = calloc((size_t)SQUARE * SQUARE, sizeof(float))))
            exit(fail("no memory"));
    int64_t begin = now_ns();
    mn_crew_work(t->crew, multiply, squares);
    double ns = (double)(now_ns() - begin);
    printf("gflops %.2f\n", 2.0 * SQUARE * SQUARE * SQUARE * PRODUCTS * threads / ns);
    for (int i = 0; i < 2 + threads; i++)
        free(squares[i]);
}

static bool obey(struct training *t, const char *line)
{
    const char *rest = line + 3;
    int warm, count;
    if (!strcmp(line, "sgemm\n")) {
        print_sgemm(t);
        return true;
    }
    if (strncmp(line, "run", 3) != 0 || !read_number(&rest, 0, MAX_RUNS, &warm) ||
        !read_number(&rest, 1, MAX_RUNS, &count))
        return false;
    for (int i = 0; i < warm; i++)
        step(t);
    printf("ns");
    for (int i = 0; i < count; i++) {
        int64_t begin = now_ns();
        step(t);
        printf(" %lld", (long long)(now_ns() - begin));
    }
    printf("\n");
    return true;
}

static int serve(struct training *training)
{
    char line[256];
    step(training);
    printf("first %lld 0 camlabel\n", (long long)now_ns());
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        if (!obey(training, line))
            return fail("no such request");
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct training training = {
        .recipe = {.lr = 0.01, .momentum = 0.9, .weight_decay = 5e-4, .opt = MN_SGD}};
    struct mn_error error;
    int side, threads;
    if (argc != 4 || !read_number((const char **)&argv[1], 32, 512, &side) ||
        !read_number((const char **)&argv[2], 2, 65536, &training.recipe.batch_size) ||
        !read_number((const char **)&argv[3], 1, MOST_THREADS, &threads))
        return fail("usage: step SIDE BATCH THREADS");
    int code = prepare(&training, side, threads, &error) ? serve(&training) : fail(error.message);
    release(&training);
    return code;
}
