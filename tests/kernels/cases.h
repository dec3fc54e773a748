/* The shapes that kernels are tested with, and one way to call any kernel: MobileNet's own layers,
 * which are also what a benchmark should time, and sizes just beside those that vectors and tiles
 * like. */
#ifndef TESTS_KERNEL_CASES_H
#define TESTS_KERNEL_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "../../engine/kernels/kernels.h"

enum kernel_family {
    KERNEL_CONV3X3,
    KERNEL_DEPTHWISE3X3,
    KERNEL_POINTWISE,
    KERNEL_POOL,
    KERNEL_FAMILIES,
};

struct kernel_case {
    enum kernel_family family;
    int rows; /* 3x3: output rows; pointwise: rows of the product; pool: pixels */
    int in_channels, out_channels;
    int in_size, stride, pad; /* 3x3 only */
    bool network;             /* one of MobileNet's own: width 1 at 224, or 0.25 at 128 */
};

const char *kernel_family_name(enum kernel_family family);

int kernel_case_count(enum kernel_family family);
struct kernel_case kernel_case_get(enum kernel_family family, int index);

enum { KERNEL_NAME_BYTES = 80 };
void kernel_case_name(const struct kernel_case *shape, char name[KERNEL_NAME_BYTES]);

/* Numbers of floats. Weights are those before packing; pool has none, nor a bias. */
size_t kernel_case_inputs(const struct kernel_case *shape);
size_t kernel_case_weights(const struct kernel_case *shape);
size_t kernel_case_biases(const struct kernel_case *shape);
size_t kernel_case_outputs(const struct kernel_case *shape);

/* How many products (for pool: inputs) add up to one output; multiply-adds are outputs times this.
 */
int kernel_case_depth(const struct kernel_case *shape);

size_t kernel_packed_size(const struct mn_kernels *kernels, const struct kernel_case *shape);
void kernel_pack(const struct mn_kernels *kernels, const struct kernel_case *shape,
                 const float *weight, const float *bias, float *packed);

struct kernel_call {
    const float *input, *packed;
    float *output; /* the whole tensor, whatever the rows */
    int row_begin, row_end;
    int channel_begin, channel_end; /* pointwise, depthwise; begins at a multiple of the panel */
    float lo, hi;
};

/* Computes rows row_begin … row_end - 1 of the output, and of pointwise and depthwise
 * channels channel_begin … channel_end - 1. Pool has no rows and no clamp: it ignores them. */
void kernel_run(const struct mn_kernels *kernels, const struct kernel_case *shape,
                const struct kernel_call *call);

#endif
