/* From TensorFlow's tensor layouts, channels last, to PyTorch's, channels first. */
#ifndef MN_LAYOUT_H
#define MN_LAYOUT_H

#include <stddef.h>

/* from[outer][inner][last] to to[outer][last][inner]. */
void mn_layout_swap(const float *from, float *to, size_t outer, size_t inner, size_t last);

#endif
