/* The values of a recipe that are more than a number or a word: set() and print() of their options.
 */
#ifndef CAMLABEL_RECIPE_VALUE_H
#define CAMLABEL_RECIPE_VALUE_H

#include "../options.h"

/* double[2], "LO,HI", both from spec->low to spec->high, LO <= HI. */
enum mn_status recipe_set_range(const struct option_spec *spec, const char *text, void *place,
                                struct mn_error *error);
void recipe_print_range(const struct option_spec *spec, const void *place, char *text, size_t size);

/* float[3], "R,G,B", or one number for all three. */
enum mn_status recipe_set_rgb(const struct option_spec *spec, const char *text, void *place,
                              struct mn_error *error);
void recipe_print_rgb(const struct option_spec *spec, const void *place, char *text, size_t size);

/* The size schedule of a struct mn_recipe, which place points to: "64", "0:32,20:64/96", or "same"
 * for that of the pictures at evaluation. */
enum mn_status recipe_set_sizes(const struct option_spec *spec, const char *text, void *place,
                                struct mn_error *error);
void recipe_print_sizes(const struct option_spec *spec, const void *place, char *text, size_t size);

/* bool trivial of a struct mn_augmentation: "none", "trivial". */
enum mn_status recipe_set_policy(const struct option_spec *spec, const char *text, void *place,
                                 struct mn_error *error);
void recipe_print_policy(const struct option_spec *spec, const void *place, char *text,
                         size_t size);

/* uint64_t. */
enum mn_status recipe_set_seed(const struct option_spec *spec, const char *text, void *place,
                               struct mn_error *error);
void recipe_print_seed(const struct option_spec *spec, const void *place, char *text, size_t size);

#endif
