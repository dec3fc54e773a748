/* Packed weights: what every dense and depthwise kernel of every instruction set reads, in the
 * order in which it reads it.
 *
 * Output channels are cut into panels of `panel` channels. A panel is its biases and then, step by
 * step of the depth, its weights: [1 + depth][channels]. The last panel has only as many channels
 * as are left, filled up with zeros to whole vectors; so no kernel loads part of a vector of
 * weights, and no layer pays for a whole panel where a vector is enough. The depth of a 3x3 kernel
 * is [9 taps][in_channels], which is how a row of input pixels lies in memory. */
#ifndef MN_PACKING_H
#define MN_PACKING_H

#include <stddef.h>

struct mn_packing {
    int vector; /* floats that one register holds */
    int panel;  /* output channels computed together: a multiple of vector */
};

/* Weights [out_channels][in_channels][taps] (taps: 9 of a 3x3 layer, else 1; in_channels is 1 for
 * depthwise) and biases [out_channels], NULL: zeros. The size is in floats. Panel p begins at
 * p * panel * (1 + in_channels * taps), and any number of whole panels is that many times as big.
 */
size_t mn_packed_size(struct mn_packing packing, int in_channels, int taps, int out_channels);
void mn_pack(struct mn_packing packing, const float *weight, const float *bias, int in_channels,
             int taps, int out_channels, float *packed);

/* The same of weights that lie the other way round, [in_channels][out_channels], of one tap and
 * without biases: of their rows `first` … first + rows - 1, which weight begins with. */
void mn_pack_transposed(struct mn_packing packing, const float *weight, int first, int rows,
                        int in_channels, int out_channels, float *packed);

/* to[j * to_row + i] = from[i * columns + j] */
void mn_transpose(const float *from, size_t rows, size_t columns, float *to, size_t to_row);

#endif
