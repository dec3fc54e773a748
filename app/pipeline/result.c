#include "result.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

int result_rank(const float *probabilities, int count, struct ranked *top, int k)
{
    int kept = 0;
    for (int i = 0; i < count; i++) {
        int place = kept < k ? kept : k - 1;
        if (kept == k && !(probabilities[i] > top[k - 1].p))
            continue;
        for (; place > 0 && probabilities[i] > top[place - 1].p; place--)
            top[place] = top[place - 1];
        top[place] = (struct ranked){i, probabilities[i]};
        kept += kept < k;
    }
    return kept;
}

int steady_open(struct steady *steady, int count, double unknown_below)
{
    *steady = (struct steady){.smoothing_ms = 150,
                              .enter = 0.3F,
                              .stay = 0.15F,
                              .lead = 1.5F,
                              .unknown_below = unknown_below,
                              .label = RESULT_UNSURE,
                              .count = count};
    if (unknown_below > 0 &&
        unknown_below < (double)steady->enter) { /* that is sure enough, then */
        steady->enter = (float)unknown_below;
        steady->stay = steady->enter / 2;
    }
    steady->smoothed = calloc((size_t)count, sizeof *steady->smoothed);
    return steady->smoothed ? 0 : -1;
}

void steady_close(struct steady *steady)
{
    free(steady->smoothed);
    steady->smoothed = NULL;
}

void steady_update(struct steady *steady, const float *probabilities, int64_t pts_ns)
{
    /* The weight of the new answer depends on the time since the last one, so that the label calms
     * down equally fast on a Pi at 3 frames a second and on a desktop at 60. */
    double since_ms = steady->updated_ns ? (double)(pts_ns - steady->updated_ns) * 1e-6 : INFINITY;
    float weight = since_ms > 0 ? (float)(1 - exp(-since_ms / steady->smoothing_ms)) : 0.1F;
    steady->updated_ns = pts_ns;
    int best = 0;
    bool known = false;
    for (int i = 0; i < steady->count; i++) {
        known |= (double)probabilities[i] >= steady->unknown_below;
        steady->smoothed[i] += weight * (probabilities[i] - steady->smoothed[i]);
        if (steady->smoothed[i] > steady->smoothed[best])
            best = i;
    }
    steady->known += weight * ((known ? 1.0F : 0.0F) - steady->known);
    float needed = steady->label == RESULT_UNKNOWN ? 0.6F : 0.4F; /* not to flicker at one half */
    bool is_asked_for_anything = steady->unknown_below <= 0;
    float own = steady->label >= 0 ? steady->smoothed[steady->label] : 0;
    if (own < steady->stay && !is_asked_for_anything)
        steady->label = RESULT_UNSURE;
    if (steady->smoothed[best] >= steady->enter ||
        (is_asked_for_anything && steady->smoothed[best] > steady->lead * own))
        steady->label = best;
    if (steady->known < needed)
        steady->label = RESULT_UNKNOWN;
    steady->p = steady->smoothed[steady->label >= 0 ? steady->label : best];
}
