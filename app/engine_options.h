/* The flags that say how an engine runs, shared by the commands of both programs. */
#ifndef CAMLABEL_ENGINE_OPTIONS_H
#define CAMLABEL_ENGINE_OPTIONS_H

#include "../engine/mobilenet.h"
#include "options.h"

struct engine_settings {
    int isa;     /* enum mn_isa, or ISA_AUTO */
    int threads; /* 0: as many as this process may keep busy */
};

enum { ISA_AUTO = MN_ISA_COUNT };

/* Becomes part of a command's table by an entry of type OPTION_GROUP. */
extern const struct option_spec engine_option_table[];

/* Only what the flags above say; the rest is zero. */
struct mn_engine_options engine_options(const struct engine_settings *settings);

#endif
