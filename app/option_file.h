/* Options as a text file: a line "name = value" each, comments from # to the end of the line. */
#ifndef CAMLABEL_OPTION_FILE_H
#define CAMLABEL_OPTION_FILE_H

#include "options.h"

/* Sets the options that the file names; the others stay as they are. The table may hold no
 * OPTION_TEXT, whose value would have to outlive the file. Errors: MN_BAD_INPUT with file and line:
 * a name that is not in the table, a value that cannot be; MN_FAILED for memory and reading. */
enum mn_status option_file_read(const struct option_spec *table, const char *path, void *settings,
                                struct mn_error *error);

/* All of the table's options in its order, as such a file. NULL when memory runs out; the caller
 * frees. */
char *option_file_text(const struct option_spec *table, const void *settings);

#endif
