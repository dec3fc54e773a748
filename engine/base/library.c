#include "library.h"

#include <dlfcn.h>
#include <string.h>

enum mn_status mn_library_load(const char *file, const struct mn_symbol *symbols, void *pointers,
                               struct mn_error *error)
{
    /* Never closed: libraries leave handlers and threads behind that outlive a dlclose. */
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library)
        return mn_fail(error, MN_FAILED, "%s; install the package that has it", dlerror());
    for (; symbols->name; symbols++) {
        /* A program that links the library as well may hold its variables itself. */
        void *address = dlsym(RTLD_DEFAULT, symbols->name);
        if (!address)
            address = dlsym(library, symbols->name);
        if (!address)
            return mn_fail(error, MN_FAILED, "%s has no %s: install another version of it", file,
                           symbols->name);
        /* C has no conversion from void * to a pointer to a function; POSIX gives them one size */
        memcpy((char *)pointers + symbols->offset, &address, sizeof address);
    }
    return MN_OK;
}
