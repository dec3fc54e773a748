/* Holds a man page and the option tables of a program together: the same commands, the same flags.
 */
#ifndef TESTS_MAN_PAGE_H
#define TESTS_MAN_PAGE_H

#include "../app/options.h"

/* Fails the test where the page at `path` and these commands differ, or the version is not that of
 * the build. */
void man_page_check(const char *path, const struct command *const *commands, int command_count);

/* Fails the test where the page does not have what --help says of a flag, word for word and values
 * as they are typed. */
void man_page_check_texts(const char *path, const struct command *const *commands,
                          int command_count);

#endif
