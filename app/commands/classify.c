/* camlabel classify: pictures in, labels out. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../engine/image/picture_file.h"
#include "../json_line.h"
#include "../pipeline/classify_thread.h"
#include "../source/picture_list.h"
#include "commands.h"
#include "model_options.h"
#include "result_line.h"

struct classify_settings {
    struct model_settings model;
    int top;
    bool json;
};

enum { MAX_TOP = 1000 };

static const struct classify_settings defaults = {
    .model = {.engine.isa = ISA_AUTO, .fit = FIT_AUTO, .unknown_below = UNKNOWN_AUTO}, .top = 5};

static const struct option_spec options[] = {
    {OPTION_GROUP, 0, "", NULL, offsetof(struct classify_settings, model), NULL,
     .group = model_option_table},
    {OPTION_INTEGER, 'k', "top", "K", offsetof(struct classify_settings, top),
     "how many labels to print; default: 5", .low = 1, .high = MAX_TOP},
    {OPTION_FLAG, 0, "json", NULL, offsetof(struct classify_settings, json),
     "print one JSON object a picture and line"},
    {.name = NULL},
};

/* One run over all operands. */
struct classification {
    const struct classify_settings *settings;
    const struct mn_model *model;
    struct mn_engine *engine;
    struct mn_bitmap bitmap;
    double unknown_below; /* 0: there is no "unknown" */
    float *probabilities;
    struct ranked *top;
    int code; /* the exit code so far: one bad picture does not keep the others from being
                 classified */
};

static bool is_unknown(const struct classification *run)
{
    return (double)run->top[0].p < run->unknown_below;
}

static void print_json(const struct classification *run, const char *name, int count,
                       double preprocess_ms, double inference_ms)
{
    char buffer[MN_LABEL_NUMBER];
    const char *label =
        is_unknown(run) ? "unknown" : mn_label_of(run->model->labels, run->top[0].index, buffer);
    json_t *line = json_object();
    json_object_set_new(line, "file", json_line_text(name));
    json_object_set_new(line, "model", json_line_text(run->model->name));
    json_object_set_new(line, "label", json_line_text(label));
    json_object_set_new(line, "top", result_line_top(run->top, count, run->model->labels));
    json_object_set_new(line, "preprocess_ms", json_line_number(preprocess_ms, 3));
    json_object_set_new(line, "inference_ms", json_line_number(inference_ms, 3));
    json_line_print(line, stdout);
}

static void print_text(const struct classification *run, const char *name, int count)
{
    char buffer[MN_LABEL_NUMBER];
    printf("%s%s\n", name, is_unknown(run) ? ": unknown" : "");
    for (int i = 0; i < count; i++)
        printf("  %5.1f %%  %s\n", 100 * (double)run->top[i].p,
               mn_label_of(run->model->labels, run->top[i].index, buffer));
}

/* The picture is in run->bitmap. */
static enum mn_status classify_bitmap(struct classification *run, const char *name,
                                      struct mn_error *error)
{
    double preprocess_ms, inference_ms;
    if (classify_image(run->engine, &run->bitmap.image, run->probabilities, &preprocess_ms,
                       &inference_ms, error))
        return error->status;
    int count = result_rank(run->probabilities, run->model->network.spec.classes, run->top,
                            run->settings->top);
    if (run->settings->json)
        print_json(run, name, count, preprocess_ms, inference_ms);
    else
        print_text(run, name, count);
    return MN_OK;
}

static void note_failure(struct classification *run, const struct mn_error *error)
{
    int code = command_failed(error);
    if (code > run->code)
        run->code = code;
}

static void classify_file(struct classification *run, const char *path)
{
    struct mn_error error;
    if (mn_picture_read(&run->bitmap, path, &error) || classify_bitmap(run, path, &error))
        note_failure(run, &error);
}

/* All of standard input, which may be a pipe; *data is the caller's also where this fails. */
static enum mn_status read_stdin(uint8_t **data, size_t *bytes, struct mn_error *error)
{
    enum { PIECE = 1 << 16 };
    const size_t most = (size_t)1 << 30;
    *bytes = 0;
    for (size_t got = PIECE; got == PIECE; *bytes += got) {
        uint8_t *grown = *bytes < most ? realloc(*data, *bytes + PIECE) : NULL;
        if (!grown)
            return mn_fail(error, MN_BAD_INPUT,
                           "standard input: larger than any picture, or than memory");
        *data = grown;
        got = fread(*data + *bytes, 1, PIECE, stdin);
    }
    return ferror(stdin) ? mn_fail(error, MN_FAILED, "standard input cannot be read") : MN_OK;
}

static void classify_stdin(struct classification *run)
{
    struct mn_error error;
    uint8_t *data = NULL;
    size_t bytes;
    if (read_stdin(&data, &bytes, &error) ||
        mn_picture_decode(&run->bitmap, data, bytes, "standard input", &error) ||
        classify_bitmap(run, "-", &error))
        note_failure(run, &error);
    free(data);
}

static void classify_folder(struct classification *run, const char *folder)
{
    struct mn_error error;
    struct picture_list pictures;
    if (picture_list_folder(&pictures, folder, &error))
        note_failure(run, &error);
    for (size_t i = 0; i < pictures.count; i++)
        classify_file(run, pictures.paths[i]);
    picture_list_free(&pictures);
}

static void classify_operand(struct classification *run, const char *operand)
{
    struct stat status;
    if (strcmp(operand, "-") == 0)
        classify_stdin(run);
    else if (stat(operand, &status) == 0 && S_ISDIR(status.st_mode))
        classify_folder(run, operand);
    else
        classify_file(run, operand);
}

static int run_classify(const void *argument, int operand_count, char **operands)
{
    struct classification run = {.settings = argument};
    struct mn_error error;
    struct mn_model *model;
    if (operand_count == 0) {
        mn_fail(&error, MN_BAD_INPUT, "no picture named; see camlabel classify --help");
        return command_failed(&error);
    }
    if (model_open(&run.settings->model, MODEL_OF_PICTURES, &model, &run.engine, &error))
        return command_failed(&error);
    run.model = model;
    run.unknown_below = model_unknown_below(&run.settings->model, model);
    run.probabilities = malloc((size_t)model->network.spec.classes * sizeof *run.probabilities);
    run.top = malloc((size_t)run.settings->top * sizeof *run.top);
    if (run.probabilities && run.top) {
        for (int i = 0; i < operand_count; i++)
            classify_operand(&run, operands[i]);
    } else {
        mn_fail(&error, MN_FAILED, "not enough memory");
        note_failure(&run, &error);
    }
    free(run.top);
    free(run.probabilities);
    mn_bitmap_free(&run.bitmap);
    mn_engine_free(run.engine);
    mn_model_free(model);
    return run.code;
}

const struct command command_classify = {
    .name = "classify",
    .summary = "say what pictures show",
    .operands = "FILE|DIR|-...",
    .details = "Reads JPEG, PNG, BMP and PPM; a folder stands for all pictures in it and in its "
               "folders, - for one "
               "picture on standard input. A picture that cannot be read is named on standard "
               "error, the others are still classified, and the exit code is 2.",
    .examples =
        "camlabel classify --model mobilenet_v1_1.0_224.tflite --labels labels.txt cat.jpg\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct classify_settings),
    .run = run_classify,
};
