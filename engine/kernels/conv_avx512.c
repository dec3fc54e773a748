/* Standard 3x3 convolution with AVX-512. Tile sizes and the reason for them: vector_avx512.h; how
 * the pixels are gone through: conv.h. */
#include "vector_avx512.h"

#include "conv.h"

void mn_conv3x3_avx512(const struct mn_conv_args *args)
{
    run_conv3x3(args);
}
