/* The value of one option: from text, as on a command line or in a file, and back to text. */
#ifndef CAMLABEL_OPTION_VALUE_H
#define CAMLABEL_OPTION_VALUE_H

#include "options.h"

enum { OPTION_TEXT_SIZE = 1024 }; /* bytes that any value's text fits in */

/* Sets the value at `place` (in the settings struct, at the option's offset). Errors: MN_BAD_INPUT
 * says what the value must be, without the option's name. */
enum mn_status option_set(const struct option_spec *spec, const char *text, void *place,
                          struct mn_error *error);

/* Writes the text that sets the same value, to the last bit. */
void option_print(const struct option_spec *spec, const void *place, char text[OPTION_TEXT_SIZE]);

/* A decimal text that reads back as the same double: 0.1, 20, 1e-05. */
void option_print_real(double number, char *text, size_t size);

#endif
