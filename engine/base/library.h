/* A shared library that is loaded when it is needed, and not each time the program starts. */
#ifndef MN_LIBRARY_H
#define MN_LIBRARY_H

#include <stddef.h>

#include "error.h"

struct mn_symbol {
    const char *name; /* NULL ends a list */
    size_t offset;    /* in the caller's struct, of the pointer that it goes to */
};

/* Loads `file` ("libfoo.so.1") and writes the addresses of the symbols into the struct `pointers`.
 * The library stays until the process ends. Errors: MN_FAILED where it, or something in it, is
 * missing. */
enum mn_status mn_library_load(const char *file, const struct mn_symbol *symbols, void *pointers,
                               struct mn_error *error);

#endif
