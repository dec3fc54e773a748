#include "packing.h"

static int round_up(int count, int multiple)
{
    return (count + multiple - 1) / multiple * multiple;
}

size_t mn_packed_size(struct mn_packing packing, int in_channels, int taps, int out_channels)
{
    return (size_t)round_up(out_channels, packing.vector) *
           (1 + (size_t)in_channels * (size_t)taps);
}

/* Channels first … first + count - 1 as one panel of `width` channels; returns its end. */
static float *pack_panel(const float *weight, const float *bias, size_t in_channels, size_t taps,
                         int first, int count, int width, float *packed)
{
    size_t depth = in_channels * taps;
    for (int j = 0; j < width; j++)
        *packed++ = j < count ? bias[first + j] : 0;
    for (size_t tap = 0; tap < taps; tap++)
        for (size_t i = 0; i < in_channels; i++, packed += width) {
            const float *source = weight + (size_t)first * depth + i * taps + tap;
            for (int j = 0; j < count; j++)
                packed[j] = source[(size_t)j * depth];
            for (int j = count; j < width; j++)
                packed[j] = 0;
        }
    return packed;
}

void mn_pack(struct mn_packing packing, const float *weight, const float *bias, int in_channels,
             int taps, int out_channels, float *packed)
{
    for (int first = 0; first < out_channels; first += packing.panel) {
        int rest = out_channels - first, count = rest < packing.panel ? rest : packing.panel;
        packed = pack_panel(weight, bias, (size_t)in_channels, (size_t)taps, first, count,
                            round_up(count, packing.vector), packed);
    }
}
