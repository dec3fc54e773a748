/* What the user of `camlabel-train fit` asks for. */
#ifndef CAMLABEL_FIT_SETTINGS_H
#define CAMLABEL_FIT_SETTINGS_H

#include "recipe.h"

enum { STORAGE_FLOAT32, STORAGE_FLOAT16 };

enum { FIT_NAME_SIZE = 64, FIT_INITIAL_SIZE = 1024 };

struct fit_settings {
    const char *data_dir, *output;
    struct mn_recipe recipe;
    char initial[FIT_INITIAL_SIZE]; /* a model's name or path; "": begin from nothing */
    char name[FIT_NAME_SIZE];       /* of the model; "": that of the pictures' folder */
    double val_split;
    int threads; /* 0: as many as this process may keep busy */
    int storage; /* STORAGE_… */
    size_t ram_bytes;
    double checkpoint_minutes;
    bool resume, overwrite;
};

/* For a folder of photos from a person who has no data scientist: why each is as it is, see there.
 */
extern const struct fit_settings fit_defaults;
extern const struct option_spec fit_option_table[];

/* The part of them that a recipe file may set and that a model's recipe tells. */
extern const struct option_spec fit_recipe_table[];

/* On --resume the flags that are not given are those that the run began with, and those that are
 * given must agree, unless they say the default: makes *settings those of the run. Errors:
 * MN_BAD_INPUT names the flag. */
enum mn_status fit_settings_resume(struct fit_settings *settings, const char *run_recipe_path,
                                   struct mn_error *error);

/* The text of recipe.txt, which has the threads as well. NULL when memory runs out; the caller
 * frees. */
char *fit_settings_run_text(const struct fit_settings *settings);

#endif
