/* Matrix product with AVX2 and FMA: 1x1 convolutions and the linear layer. Tile sizes and the
 * reason for them: vector_avx2.h; how the panels are gone through: pointwise.h. */
#include "vector_avx2.h"

#include "pointwise.h"

void mn_pointwise_avx2(const struct mn_matmul_args *args)
{
    run_pointwise(args);
}
