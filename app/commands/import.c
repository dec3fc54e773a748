/* camlabel import: other people's model files become ours. */

#include "../../engine/golden.h"
#include "../model_name.h"
#include "../paths.h"
#include "commands.h"

struct import_settings {
    const char *output, *labels;
    bool half;
};

static const struct import_settings defaults = {0};

static const struct option_spec options[] = {
    {OPTION_TEXT, 'o', "output", "FILE", offsetof(struct import_settings, output),
     "the safetensors file to write"},
    {OPTION_TEXT, 'l', "labels", "FILE", offsetof(struct import_settings, labels),
     "names of the classes: one a line, \"index label\", \"index:label\" or synset lines; default: "
     "the file's own, or IN_labels.txt, labels_COUNT.txt or labels.txt beside it"},
    {OPTION_FLAG, 0, "half", NULL, offsetof(struct import_settings, half),
     "store the weights in half precision: half the file, about 3 digits a weight"},
    {.name = NULL},
};

static enum mn_status import(const struct import_settings *settings, const char *input,
                             struct mn_error *error)
{
    struct mn_model *model;
    char path[4096];
    if (path_is_same_file(model_name_path(input, path, sizeof path), settings->output))
        return mn_fail(error, MN_BAD_INPUT, "--output %s: is the file that is read; name another",
                       settings->output);
    if (model_name_load(&model, input, settings->labels, error))
        return error->status;
    /* a file of ours must still be sound before it gets a new answer */
    const struct mn_engine_options portable = {.force_isa = true, .isa = MN_ISA_C};
    double worst;
    enum mn_status status =
        model->known_answer.logits ? mn_golden_verify(model, &portable, &worst, error) : MN_OK;
    if (!status && settings->half) /* first, so that the answer is that of the weights stored */
        status = mn_model_to_half(model, error);
    if (!status)
        status = mn_golden_make(model, error);
    if (!status)
        status = mn_model_save(model, settings->output, error);
    const struct mn_network_spec *spec = &model->network.spec;
    if (!status)
        printf("%s: MobileNet-V1, width %g, resolution %d, %d classes, %s labels\n",
               settings->output, spec->width, spec->resolution, spec->classes,
               model->labels ? "with" : "without");
    mn_model_free(model);
    return status;
}

static int run_import(const void *argument, int operand_count, char **operands)
{
    const struct import_settings *settings = argument;
    struct mn_error error;
    if (operand_count != 1 || !settings->output)
        mn_fail(&error, MN_BAD_INPUT,
                "needs one input file and --output FILE; see camlabel import --help");
    else if (import(settings, operands[0], &error) == MN_OK)
        return MN_OK;
    return command_failed(&error);
}

const struct command command_import = {
    .name = "import",
    .summary = "make a model file of a TensorFlow Lite, Keras or timm MobileNet-V1",
    .operands = "IN",
    .details =
        "Reads TensorFlow Lite files (float, and uint8 with one scale a tensor), Keras .h5 "
        "weights, and timm's mobilenetv1_* safetensors. Width, resolution and class count are "
        "found in the file; another network is refused with the name of what does not fit.",
    .examples = "camlabel import mobilenet_v1_1.0_224.tflite --labels labels.txt -o "
                "models/imagenet.safetensors\n",
    .options = options,
    .defaults = &defaults,
    .settings_size = sizeof(struct import_settings),
    .run = run_import,
};
