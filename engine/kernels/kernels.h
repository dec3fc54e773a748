/* The kernels' contracts, each written once. One table per instruction set; kernels.c fills it.
 *
 * All activations are float32 [height][width][channels] without gaps. `lo` and `hi` clamp the
 * result: (0, 6) ReLU6, (0, INFINITY) ReLU, (-INFINITY, INFINITY) nothing. Sources are read only
 * inside their extent, destinations written only inside theirs. Pointers are aligned to 64 bytes
 * where they are whole tensors. No kernel allocates. */
#ifndef MN_KERNELS_H
#define MN_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packing.h"

enum mn_isa { MN_ISA_C, MN_ISA_NEON, MN_ISA_AVX2, MN_ISA_AVX512, MN_ISA_COUNT };

/* A 3x3 layer, standard or depthwise. Computes output rows row_begin … row_end - 1. Pixels outside
 * of the input are 0. Where stride is 2 and pad 0, in_size is even: so at most one column, and one
 * row, on either side of a kernel's three is outside. */
struct mn_conv_args {
    const float *input;  /* [in_size][in_size][in_channels] */
    const float *packed; /* weights and biases */
    float *output;       /* [row_end - row_begin][out_size][out_channels]: the rows computed */
    int in_size, in_channels, out_size, out_channels, stride, pad;
    /* Depthwise: floats from one pixel to the next. Some of a layer's channels, from a multiple of
     * depthwise.panel on, are a layer of their own: with `packed` at the first of them. */
    int in_step, out_step;
    int row_begin, row_end;
    float lo, hi;
};

/* A matrix product: output[rows][out_channels] = clamp(input[rows][in_channels] * weight + bias). A
 * 1x1 convolution has a row a pixel, the linear layer has one row. Some of a layer's channels, from
 * a multiple of dense.panel on, are a product of their own: with `packed` and `output` at the
 * first of them. */
struct mn_matmul_args {
    const float *input;  /* [rows][input_stride], of which the first in_channels are read */
    const float *packed; /* weights and biases */
    float *output;       /* [rows][output_stride], of which the first out_channels are written */
    int rows, in_channels, out_channels, input_stride, output_stride;
    const float *ahead; /* what is read next, and may be fetched meanwhile; NULL: more weights */
    size_t ahead_floats;
    float lo, hi;
    bool accumulate; /* the sums begin with what output holds, not with the biases */
};

/* Rows of the target that are resampled together. */
enum { MN_RESAMPLE_ROWS = 8 };

/* How each pixel of a row is made of the samples of one component: sum over t < tap_count of
 * taps[x][t] * samples[first[x] + t * step]. Unused taps are 0 and still inside the samples. */
struct mn_resample_table {
    const int *first;  /* [width] */
    const float *taps; /* [width][tap_count] */
    int tap_count, step;
};

enum mn_colour { MN_COLOUR_RGB, MN_COLOUR_YUV, MN_COLOUR_GREY };

/* grey = luma * (Y - black); with u = Cb - 128 and v = Cr - 128: R = grey + red_cr * v,
 * G = grey + green_cb * u + green_cr * v, B = grey + blue_cb * u. */
struct mn_yuv {
    float luma, black, red_cr, green_cb, green_cr, blue_cb;
};

/* Horizontal, and the rest of the way to the tensor: each component's sum; R, G and B from them;
 * each one's nearest whole level 0…255; level * scale + shift. */
struct mn_resample_args {
    enum mn_colour colour;
    const float *samples[3];           /* [][MN_RESAMPLE_ROWS], of GREY only the first */
    struct mn_resample_table table[2]; /* of all components; of YUV's chroma the second */
    struct mn_yuv yuv;                 /* not for RGB */
    float scale[3], shift[3];          /* R, G, B */
    float *output;                     /* [rows][width][3] */
    size_t row_stride;                 /* floats from row to row of the output */
    int rows, width;                   /* 1 … MN_RESAMPLE_ROWS: rows that are written; pixels */
};

struct mn_kernels {
    enum mn_isa isa;

    /* How this level wants the weights; see packing.h. */
    struct mn_packing dense;     /* conv3x3 and pointwise */
    struct mn_packing depthwise; /* depthwise3x3 */

    /* The arithmetic limit of this level on one core: does `rounds` rounds of multiply-adds that
     * wait for nothing, and returns how many floating-point operations that were. */
    double (*peak)(long rounds);

    void (*conv3x3)(const struct mn_conv_args *args);
    void (*depthwise3x3)(const struct mn_conv_args *args); /* in_channels == out_channels */
    void (*pointwise)(const struct mn_matmul_args *args);
    /* output[channels] = mean over input [pixels][channels] */
    void (*pool)(const float *input, float *output, int pixels, int channels);

    /* Resampling, see image/preprocess.h. Vertical, for all MN_RESAMPLE_ROWS rows of the target at
     * once, and turned around: output[i][r] = sum over t of taps[r][t] * rows[r][t][i], for
     * i < count. */
    void (*resample_rows)(const uint8_t *const *rows, const float *taps, int tap_count,
                          float *output, int count);
    void (*resample_columns)(const struct mn_resample_args *args);
};

/* The table of an instruction set, or NULL if it is not built in or this CPU lacks it. */
const struct mn_kernels *mn_kernels_for(enum mn_isa isa);

/* The best table of this CPU. Never NULL. */
const struct mn_kernels *mn_kernels_best(void);

/* "c", "neon", "avx2", "avx512"; and back, false if it is none of these. */
const char *mn_isa_name(enum mn_isa isa);
bool mn_isa_parse(const char *name, enum mn_isa *isa);

#endif
