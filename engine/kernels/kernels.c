/* Fills the kernel tables: portable C first, then each instruction set overrides what it does
 * better. */
#include "kernels.h"

#include <string.h>

#include "cpu.h"
#include "kernels_avx2.h"
#include "kernels_avx512.h"
#include "kernels_c.h"
#include "kernels_neon.h"
#include "resample.h"

static const struct mn_kernels portable = {
    .isa = MN_ISA_C,
    .dense = {MN_PANEL_C, MN_PANEL_C},
    .depthwise = {MN_PANEL_C, MN_PANEL_C},
    .peak = mn_peak_c,
    .conv3x3 = mn_conv3x3_c,
    .depthwise3x3 = mn_depthwise3x3_c,
    .pointwise = mn_pointwise_c,
    .pool = mn_pool_c,
    .resample_rows = mn_resample_rows_c,
    .resample_columns = mn_resample_columns_c,
};

#ifdef __x86_64__
static const struct mn_kernels avx2 = {
    .isa = MN_ISA_AVX2,
    .dense = {MN_VECTOR_AVX2, MN_PANEL_AVX2},
    .depthwise = {MN_VECTOR_AVX2, MN_PANEL_AVX2},
    .peak = mn_peak_avx2,
    .conv3x3 = mn_conv3x3_avx2,
    .depthwise3x3 = mn_depthwise3x3_avx2,
    .pointwise = mn_pointwise_avx2,
    .pool = mn_pool_c,
    .resample_rows = mn_resample_rows_avx2,
    .resample_columns = mn_resample_columns_avx2,
};

static const struct mn_kernels avx512 = {
    .isa = MN_ISA_AVX512,
    .dense = {MN_VECTOR_AVX512, MN_PANEL_AVX512},
    .depthwise = {MN_VECTOR_AVX512, MN_PANEL_AVX512},
    .peak = mn_peak_avx512,
    .conv3x3 = mn_conv3x3_avx512,
    .depthwise3x3 = mn_depthwise3x3_avx512,
    .pointwise = mn_pointwise_avx512,
    .pool = mn_pool_c,
    .resample_rows = mn_resample_rows_avx2,
    .resample_columns = mn_resample_columns_avx2,
};
#endif

#if defined(__aarch64__) || defined(__arm__)
static const struct mn_kernels neon = {
    .isa = MN_ISA_NEON,
    .dense = {MN_VECTOR_NEON, MN_PANEL_NEON},
    .depthwise = {MN_VECTOR_NEON, MN_DEPTHWISE_PANEL_NEON},
    .peak = mn_peak_neon,
    .conv3x3 = mn_conv3x3_neon,
    .depthwise3x3 = mn_depthwise3x3_neon,
    .pointwise = mn_pointwise_neon,
    .pool = mn_pool_neon,
    .resample_rows = mn_resample_rows_neon,
    .resample_columns = mn_resample_columns_neon,
};
#endif

/* By level; NULL where this build has none. */
static const struct mn_kernels *const tables[MN_ISA_COUNT] = {
    [MN_ISA_C] = &portable,
#if defined(__aarch64__) || defined(__arm__)
    [MN_ISA_NEON] = &neon,
#endif
#ifdef __x86_64__
    [MN_ISA_AVX2] = &avx2,
    [MN_ISA_AVX512] = &avx512,
#endif
};

const struct mn_kernels *mn_kernels_for(enum mn_isa isa)
{
    return mn_cpu_has(isa) ? tables[isa] : NULL;
}

const struct mn_kernels *mn_kernels_best(void)
{
    for (int isa = MN_ISA_COUNT - 1; isa > MN_ISA_C; isa--)
        if (mn_kernels_for((enum mn_isa)isa))
            return mn_kernels_for((enum mn_isa)isa);
    return &portable;
}

static const char *const names[MN_ISA_COUNT] = {"c", "neon", "avx2", "avx512"};

const char *mn_isa_name(enum mn_isa isa)
{
    return names[isa];
}

bool mn_isa_parse(const char *name, enum mn_isa *isa)
{
    for (int i = 0; i < MN_ISA_COUNT; i++)
        if (strcmp(name, names[i]) == 0) {
            *isa = (enum mn_isa)i;
            return true;
        }
    return false;
}
