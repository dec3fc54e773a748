/* contender MODEL INPUT THREADS ISA: the engine among its peers. It speaks worker.py's protocol, so
 * that whoever asks cannot tell them apart, and one request more:
 *
 *     peak     gflops NUMBER     what THREADS cores reach together at this level, at the same time
 *
 * INPUT holds the tensor as raw float32; ISA is a level's name, or "best". */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../../engine/mobilenet.h"

enum { MAX_RUNS = 100000, MAX_THREADS = 64 };

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int fail(const char *what, const char *subject)
{
    fprintf(stderr, "contender: %s: %s\n", subject, what);
    return EXIT_FAILURE;
}

static bool read_number(const char *text, int low, int high, int *number)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    bool valid = !errno && end != text && !*end && value >= low && value <= high;
    if (valid)
        *number = (int)value;
    return valid;
}

/* Peak resident memory of this process, or 0. */
static long peak_kib(void)
{
    char line[200];
    long kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && !kib && fgets(line, sizeof line, status))
        if (!strncmp(line, "VmHWM:", 6))
            kib = strtol(line + 6, NULL, 10);
    if (status)
        fclose(status);
    return kib;
}

static bool read_input(struct mn_engine *engine, const char *path)
{
    size_t side = (size_t)mn_engine_network(engine)->spec.resolution, count = side * side * 3;
    FILE *file = fopen(path, "rb");
    bool whole = file && fread(mn_engine_input(engine), sizeof(float), count, file) == count;
    if (file)
        fclose(file);
    return whole;
}

static bool write_logits(const struct mn_engine *engine, const float *logits, const char *path)
{
    size_t count = (size_t)mn_engine_network(engine)->spec.classes;
    FILE *file = fopen(path, "wb");
    bool whole = file && fwrite(logits, sizeof *logits, count, file) == count;
    return file && !fclose(file) && whole;
}

static const float *run(struct mn_engine *engine, int warm, int count)
{
    const float *logits = NULL;
    for (int i = 0; i < warm; i++)
        logits = mn_engine_run(engine);
    printf("ns");
    for (int i = 0; i < count; i++) {
        int64_t begin = now_ns();
        logits = mn_engine_run(engine);
        printf(" %lld", (long long)(now_ns() - begin));
    }
    printf("\n");
    return logits;
}

struct core {
    const struct mn_kernels *kernels;
    pthread_t thread;
    double gflops;
};

static void *reach_peak(void *argument)
{
    struct core *core = argument;
    int64_t begin = now_ns();
    double flops = core->kernels->peak(1000000);
    core->gflops = flops / (double)(now_ns() - begin);
    return NULL;
}

static void print_peak(const struct mn_engine *engine)
{
    struct core cores[MAX_THREADS];
    int count = mn_engine_threads(engine), started = 1;
    double gflops = 0;
    cores[0] = (struct core){.kernels = mn_kernels_for(mn_engine_isa(engine))};
    for (; started < count; started++) {
        cores[started] = cores[0];
        if (pthread_create(&cores[started].thread, NULL, reach_peak, &cores[started]))
            break;
    }
    reach_peak(&cores[0]);
    for (int i = 1; i < started; i++)
        pthread_join(cores[i].thread, NULL);
    for (int i = 0; i < started; i++)
        gflops += cores[i].gflops;
    printf("gflops %.2f\n", gflops);
}

/* False at a request that is none. *logits are those of the last run. */
static bool obey(struct mn_engine *engine, char *line, const float **logits)
{
    char *rest = NULL;
    const char *word = strtok_r(line, " \n", &rest), *first = strtok_r(NULL, " \n", &rest),
               *second = strtok_r(NULL, " \n", &rest);
    int warm, count;
    if (word && !strcmp(word, "peak")) {
        print_peak(engine);
        return true;
    }
    if (word && first && !strcmp(word, "logits")) {
        if (!write_logits(engine, *logits, first))
            return false;
        printf("done\n");
        return true;
    }
    if (!word || strcmp(word, "run") != 0 || !first || !second ||
        !read_number(first, 0, MAX_RUNS, &warm) || !read_number(second, 1, MAX_RUNS, &count))
        return false;
    *logits = run(engine, warm, count);
    return true;
}

static int serve(struct mn_engine *engine, const char *input)
{
    char line[4096];
    if (!read_input(engine, input))
        return fail("does not hold this network's input", input);
    const float *logits = mn_engine_run(engine);
    long long first_ns = now_ns();
    printf("first %lld %ld %s\n", first_ns, peak_kib(), mn_isa_name(mn_engine_isa(engine)));
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        if (!obey(engine, line, &logits))
            return fail("no such request, or it cannot be done", line);
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    struct mn_engine_options options = {0};
    struct mn_model *model = NULL;
    struct mn_engine *engine = NULL;
    struct mn_error error;
    if (argc != 5 || !read_number(argv[3], 1, MAX_THREADS, &options.threads))
        return fail("MODEL INPUT THREADS ISA", "usage");
    options.force_isa = strcmp(argv[4], "best") != 0;
    if (options.force_isa && !mn_isa_parse(argv[4], &options.isa))
        return fail("no such level", argv[4]);
    if (mn_model_load(&model, argv[1], NULL, &error) ||
        mn_engine_new(&engine, model, &options, &error)) {
        mn_model_free(model);
        return fail(error.message, "engine");
    }
    mn_model_free(model);
    int code = serve(engine, argv[2]);
    mn_engine_free(engine);
    return code;
}
