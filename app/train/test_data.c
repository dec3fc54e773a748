#include "test_data.h"

#include "recipe_value.h"

static const char *const split_choices[] = {"train", "val", "test", "auto", NULL};

#define FIELD(member) offsetof(struct test_data_settings, member)

const struct option_spec test_data_table[] = {
    {OPTION_TEXT, 'd', "data-dir", "DIR", FIELD(data_dir), "the pictures, as for fit"},
    {OPTION_CHOICE, 0, "split", "SPLIT", FIELD(split),
     "train, val or test; default: test where there is one, else val", .choices = split_choices},
    {OPTION_REAL, 0, "val-split", "F", FIELD(val_split),
     "as it was for fit, so that the same pictures are val; default: 0.1", .low = 0, .high = 0.9},
    {OPTION_OWN, 0, "seed", "N", FIELD(seed), "the same; default: 42", .set = recipe_set_seed,
     .print = recipe_print_seed},
    {.name = NULL},
};

enum mn_status test_data_open(struct mn_dataset **dataset, enum mn_split *split,
                              const struct test_data_settings *settings, int threads,
                              struct progress *progress, struct mn_error *error)
{
    const struct mn_dataset_options options = {
        .val_fraction = settings->val_split, .seed = settings->seed, .threads = threads};
    if (data_open(dataset, settings->data_dir, &options, progress, NULL, error))
        return error->status;
    *split = settings->split != MN_SPLITS              ? (enum mn_split)settings->split
             : mn_dataset_count(*dataset, MN_TEST) > 0 ? MN_TEST
                                                       : MN_VAL;
    if (mn_dataset_count(*dataset, *split) == 0)
        return mn_fail(error, MN_BAD_INPUT, "%s: has no pictures in %s; --split names another",
                       settings->data_dir, split_names[*split]);
    return MN_OK;
}
