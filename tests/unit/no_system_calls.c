#include "no_system_calls.h"

#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../sanitizer.h"
#include "../support.h"

enum { NO_STRICT_MODE = 77 };

void no_system_calls_from_here(void)
{
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
        _exit(NO_STRICT_MODE);
}

void no_system_calls_in(void (*body)(void *context), void *context)
{
    if (TEST_SANITIZER) {
        print_message("skipped: a sanitizer makes system calls of its own\n");
        skip();
    }
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        body(context);
        syscall(SYS_exit, 0); /* strict mode lets this one pass, but not _exit's exit_group */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_STRICT_MODE) {
        print_message("skipped: seccomp's strict mode is not to be had here\n");
        skip();
    }
    if (WIFSIGNALED(status))
        fail_msg("killed by signal %d (%s): SIGKILL means that a system call was made",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    assert_int_equal(WEXITSTATUS(status), 0);
}
