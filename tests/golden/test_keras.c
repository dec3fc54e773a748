/* Keras' float network against ONNX Runtime: keras.bin, made by keras.py, which documents the file
 * and the inputs. Goes through the model file's loader, so that layouts, padding and epsilon are
 * tested too. */
#include "golden.h"

#include <math.h>

#include "../../engine/mobilenet.h"

#ifdef MN_HAVE_HDF5

enum { SEED = 1704, RESOLUTION = 128, CELL = 16, GRID = RESOLUTION / CELL + 1 };
static const double tolerance = 1e-3; /* of a logit, absolute */

static void fill_input(int number, float *input)
{
    uint64_t stream = SEED + (uint64_t)number;
    float grid[GRID][GRID][3];
    for (int i = 0; i < GRID * GRID * 3; i++)
        grid[i / (GRID * 3)][i / 3 % GRID][i % 3] = test_uniform(&stream);
    for (int y = 0; y < RESOLUTION; y++)
        for (int x = 0; x < RESOLUTION; x++)
            for (int c = 0; c < 3; c++) {
                int cy = y / CELL, cx = x / CELL;
                float fy = (float)(y % CELL), fx = (float)(x % CELL);
                float a = grid[cy][cx][c] * (CELL - fx) + grid[cy][cx + 1][c] * fx;
                float b = grid[cy + 1][cx][c] * (CELL - fx) + grid[cy + 1][cx + 1][c] * fx;
                *input++ = (a * (CELL - fy) + b * fy) / (CELL * CELL) + test_uniform(&stream) / 8;
            }
}

static void test_logits_agree(void **state)
{
    (void)state;
    const char *path = test_data("weights/mobilenet_v1_0.25_128_keras.h5");
    size_t count;
    float *numbers = golden_read("keras.bin", &count);
    int inputs = (int)numbers[0], classes = (int)numbers[1];
    assert_int_equal(count, 2 + inputs * classes);
    assert_in_range(inputs, 1, 100);

    struct mn_error error;
    struct mn_model *model = NULL;
    struct mn_engine *engine = NULL;
    if (mn_model_load(&model, path, NULL, &error) ||
        mn_engine_new(&engine, model,
                      &(struct mn_engine_options){.force_isa = true, .isa = MN_ISA_C}, &error))
        fail_msg("%s", error.message);
    assert_int_equal(model->network.spec.classes, classes);
    assert_int_equal(model->network.spec.resolution, RESOLUTION);
    double worst = 0;
    for (int n = 0; n < inputs; n++) {
        fill_input(n, mn_engine_input(engine));
        const float *logits = mn_engine_run(engine);
        for (int i = 0; i < classes; i++) {
            double difference = fabs((double)logits[i] - (double)numbers[2 + n * classes + i]);
            worst = fmax(worst, isnan(difference) ? INFINITY : difference);
        }
    }
    print_message("measured: worst difference of a logit: %.1e\n", worst);
    assert_true(worst <= tolerance);
    mn_engine_free(engine);
    mn_model_free(model);
    free(numbers);
}

#else

static void test_logits_agree(void **state)
{
    (void)state;
    print_message("skipped: this build has no HDF5, so it cannot read Keras files\n");
    skip();
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_logits_agree)};
    return cmocka_run_group_tests_name("golden keras", tests, NULL, NULL);
}
