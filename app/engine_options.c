#include "engine_options.h"

static const char *const isa_choices[] = {"c", "neon", "avx2", "avx512", "auto", NULL};

#define FIELD(member) offsetof(struct engine_settings, member)

const struct option_spec engine_option_table[] = {
    {OPTION_CHOICE, 0, "isa", "LEVEL", FIELD(isa),
     "force kernels: c, neon, avx2 or avx512; default: the best of this CPU",
     .choices = isa_choices},
    {OPTION_INTEGER, 0, "threads", "N", FIELD(threads),
     "threads that run the network; default: as many as this process may keep busy", .low = 1,
     .high = 64},
    {.name = NULL},
};

struct mn_engine_options engine_options(const struct engine_settings *settings)
{
    return (struct mn_engine_options){.force_isa = settings->isa != ISA_AUTO,
                                      .isa = (enum mn_isa)settings->isa,
                                      .threads = settings->threads};
}
