#include "schedule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

double mn_schedule_lr(const struct mn_recipe *recipe, double epoch)
{
    if (epoch < recipe->warmup_epochs)
        return recipe->warmup_lr + (recipe->lr - recipe->warmup_lr) * epoch / recipe->warmup_epochs;
    double length = recipe->epochs - recipe->warmup_epochs;
    double done = length > 0 ? fmin((epoch - recipe->warmup_epochs) / length, 1) : 1;
    double lr = recipe->lr;
    double least = fmin(recipe->min_lr, recipe->lr);
    if (recipe->sched == MN_COSINE)
        lr = least + (recipe->lr - least) * 0.5 * (1 + cos(3.14159265358979323846 * done));
    else if (recipe->sched == MN_STEP)
        lr *= pow(recipe->decay_rate, floor(epoch / recipe->decay_epochs));
    return fmax(lr, least);
}

struct mn_size_phase mn_schedule_sizes(const struct mn_recipe *recipe, double epoch)
{
    struct mn_size_phase phase = {.sizes = {recipe->spec.resolution}, .count = 1};
    for (int i = 0; i < recipe->train_size_phases; i++)
        if (i == 0 || recipe->train_sizes[i].epoch <= epoch)
            phase = recipe->train_sizes[i];
    return phase;
}

int mn_schedule_size(const struct mn_recipe *recipe, double epoch, uint64_t step)
{
    struct mn_size_phase phase = mn_schedule_sizes(recipe, epoch);
    struct mn_random random = mn_random_of(recipe->seed, MN_RANDOM_SIZE, step);
    return phase.sizes[mn_random_below(&random, phase.count)];
}

static int largest_of(const struct mn_size_phase *phase)
{
    int largest = 0;
    for (int i = 0; i < phase->count; i++)
        if (phase->sizes[i] > largest)
            largest = phase->sizes[i];
    return largest;
}

int mn_schedule_largest_size(const struct mn_recipe *recipe)
{
    int largest = recipe->train_size_phases ? 0 : recipe->spec.resolution;
    for (int i = 0; i < recipe->train_size_phases; i++) {
        int size = largest_of(&recipe->train_sizes[i]);
        largest = size > largest ? size : largest;
    }
    return largest;
}

int mn_schedule_model_size(const struct mn_recipe *recipe, int epoch)
{
    int phases = recipe->train_size_phases;
    if (!phases || recipe->train_sizes[phases - 1].epoch <= epoch || epoch + 1 >= recipe->epochs)
        return recipe->spec.resolution;
    struct mn_size_phase phase = mn_schedule_sizes(recipe, epoch);
    return largest_of(&phase);
}

/* --- text --- */

static bool parse_size(const char **text, int *size)
{
    char *end;
    long value = strtol(*text, &end, 10);
    if (end == *text || value < MN_MIN_RESOLUTION || value > MN_MAX_RESOLUTION ||
        value % MN_MIN_RESOLUTION)
        return false;
    *size = (int)value;
    *text = end;
    return true;
}

/* "64/96" or "20:64/96"; the epoch may be left out of the first alone. */
static bool parse_phase(const char **text, bool first, struct mn_size_phase *phase)
{
    const char *colon = strchr(*text, ':'), *comma = strchr(*text, ',');
    *phase = (struct mn_size_phase){0};
    if (colon && (!comma || colon < comma)) {
        char *end;
        phase->epoch = strtod(*text, &end);
        if (end != colon || !(phase->epoch >= 0 && phase->epoch <= 1e6))
            return false;
        *text = colon + 1;
    } else if (!first) {
        return false;
    }
    do {
        if (phase->count == MN_MAX_SIZES || !parse_size(text, &phase->sizes[phase->count]))
            return false;
        phase->count++;
    } while (**text == '/' && ++*text);
    return true;
}

enum mn_status mn_schedule_parse_sizes(const char *text, struct mn_recipe *recipe,
                                       struct mn_error *error)
{
    const char *at = text;
    struct mn_size_phase phases[MN_MAX_SIZE_PHASES] = {{0}};
    int count = 0;
    bool more = *at != 0;
    while (more) {
        bool valid = count < MN_MAX_SIZE_PHASES && parse_phase(&at, count == 0, &phases[count]) &&
                     (count ? phases[count].epoch > phases[count - 1].epoch : phases[0].epoch == 0);
        more = *at == ',';
        if (!valid || (*at && !more))
            return mn_fail(
                error, MN_BAD_INPUT,
                "%s: not a schedule of resolutions; \"64\", or by epoch \"0:32,20:64\", or "
                "several \"0:64/96\", each a multiple of 32 from 32 to 512",
                text);
        at += more;
        count++;
    }
    memcpy(recipe->train_sizes, phases, (size_t)count * sizeof *phases);
    recipe->train_size_phases = count;
    return MN_OK;
}

void mn_schedule_print_sizes(const struct mn_recipe *recipe, char *text, size_t size)
{
    size_t at = 0;
    text[0] = 0;
    for (int i = 0; i < recipe->train_size_phases && at < size; i++) {
        const struct mn_size_phase *phase = &recipe->train_sizes[i];
        at += (size_t)snprintf(text + at, size - at, "%s%.15g:", i ? "," : "", phase->epoch);
        for (int k = 0; k < phase->count && at < size; k++)
            at += (size_t)snprintf(text + at, size - at, "%s%d", k ? "/" : "", phase->sizes[k]);
    }
}
