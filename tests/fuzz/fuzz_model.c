/* Any bytes as a model file, in memory and on a disk: a model or one line of explanation, the same
 * both times, never anything else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../engine/model/model_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
    if (!right)
        abort();
}

static void check_error(enum mn_status status, const struct mn_error *error)
{
    check(status == MN_OK || (status == error->status && error->message[0]));
}

/* The same bits, for a NaN is not equal to itself. */
static void check_folds_alike(const struct mn_model *a, const struct mn_model *b)
{
    for (int l = 0; l < a->network.layer_count; l++) {
        size_t weights = (size_t)mn_layer_weight_count(&a->network.layers[l]);
        size_t count = weights + (size_t)a->network.layers[l].out_channels;
        float *of_a = calloc(count, sizeof *of_a), *of_b = calloc(count, sizeof *of_b);
        check(of_a && of_b);
        check(mn_model_fold(a, l, 0, (int)(count - weights), of_a, of_a + weights));
        check(mn_model_fold(b, l, 0, (int)(count - weights), of_b, of_b + weights));
        check(!memcmp(of_a, of_b, count * sizeof *of_a));
        free(of_a);
        free(of_b);
    }
}

static enum mn_status load(struct mn_model **model, const uint8_t *data, size_t size,
                           struct mn_error *error)
{
    char path[64];
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    check(file >= 0 && write(file, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    enum mn_status status = mn_model_load(model, path, NULL, error);
    close(file);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mn_model *decoded = NULL, *loaded = NULL;
    struct mn_error error = {0};
    enum mn_status status = mn_model_decode(&decoded, data, size, "fuzz", &error);
    check_error(status, &error);
    /* only safetensors are read in another way from a file */
    if (size > 8 && data[8] == '{') {
        check(load(&loaded, data, size, &error) == status);
        check_error(status, &error);
    }
    if (decoded && loaded)
        check_folds_alike(decoded, loaded);
    mn_model_free(decoded);
    mn_model_free(loaded);
    return 0;
}
