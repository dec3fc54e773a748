/* Depthwise 3x3 convolution with AVX-512. Tile sizes and the reason for them: vector_avx512.h; how
 * the pixels are gone through: depthwise.h. */
#include "vector_avx512.h"

#include "depthwise.h"

void mn_depthwise3x3_avx512(const struct mn_conv_args *args)
{
    run_depthwise3x3(args);
}
