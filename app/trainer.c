#include "trainer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char name[] = "camlabel-train";
const char *const trainer_commands[] = {"train",   "fit",      "eval", "compare",
                                        "average", "generate", NULL};

bool trainer_has(const char *command)
{
    for (int i = 0; trainer_commands[i]; i++)
        if (strcmp(command, trainer_commands[i]) == 0)
            return true;
    return false;
}

/* The path that it has where it lies in this program's folder; false if that cannot be told. */
static bool path_beside(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size);
    if (length <= 0 || (size_t)length >= size)
        return false;
    path[length] = 0;
    char *folder_end = strrchr(path, '/');
    if (!folder_end || (size_t)(folder_end + 1 - path) + sizeof name > size)
        return false;
    memcpy(folder_end + 1, name, sizeof name);
    return true;
}

enum mn_status trainer_exec(char **argv, struct mn_error *error)
{
    char path[4096];
    const char *command = argv[1];
    argv[0] = (char *)name; /* nobody writes there */
    if (strcmp(command, "train") == 0)
        argv[1] = (char *)"fit";
    errno = ENOENT;
    if (path_beside(path, sizeof path))
        execv(path, argv);
    if (errno == ENOENT)
        execvp(name, argv);
    if (errno == ENOENT)
        return mn_fail(error, MN_FAILED,
                       "camlabel %s is done by %s, which is neither beside this program nor in "
                       "PATH; install it, or build camlabel where OpenBLAS is",
                       command, name);
    return mn_fail(error, MN_FAILED, "camlabel %s: %s cannot be started: %s", command, name,
                   strerror(errno));
}
