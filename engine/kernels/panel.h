/* Portable C's weight layout for matrix products: panels of 8 output channels, each [depth][8], the
 * last one filled up with zeros. Eight floats are two SSE or NEON registers, and a panel of the
 * deepest layer (1024 x 8) is 32 KB: it stays in the first-level cache while all rows of the input
 * pass by. */
#ifndef MN_KERNELS_PANEL_H
#define MN_KERNELS_PANEL_H

#include <stddef.h>

enum { MN_PANEL = 8 };

static inline int mn_panel_count(int out_channels)
{
    return (out_channels + MN_PANEL - 1) / MN_PANEL;
}

static inline size_t mn_panel_floats(int depth, int out_channels)
{
    return (size_t)mn_panel_count(out_channels) * (size_t)depth * MN_PANEL;
}

#endif
