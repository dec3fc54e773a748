#include "isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CPU_SECONDS = 10 }; /* a large model takes a tenth of one */

static bool write_all(int fd, const void *data, size_t size)
{
    for (const char *at = data; size;) {
        ssize_t done = write(fd, at, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        at += done;
        size -= (size_t)done;
    }
    return true;
}

/* A crash is expected here: it leaves no core file and says nothing on the user's terminal. */
static void prepare_child(void)
{
    const struct rlimit no_core = {0, 0}, cpu = {CPU_SECONDS, CPU_SECONDS};
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_CPU, &cpu);
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGXCPU};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], SIG_DFL);
    int null = open("/dev/null", O_WRONLY);
    if (null >= 0)
        dup2(null, STDERR_FILENO);
}

/* Sends one byte of status, then the output or the message. */
static void run_child(mn_isolated_work *work, const void *context, int fd)
{
    struct mn_error error = {0};
    char *output = NULL;
    size_t size = 0;
    prepare_child();
    FILE *stream = open_memstream(&output, &size);
    enum mn_status status = MN_FAILED;
    if (stream)
        status = work(context, stream, &error);
    if (!stream || fclose(stream))
        status = mn_fail(&error, MN_FAILED, "not enough memory");
    char byte = (char)status;
    bool sent = write_all(fd, &byte, 1);
    if (sent && status)
        write_all(fd, error.message, strlen(error.message));
    else if (sent)
        write_all(fd, output, size);
    _exit(0); /* not exit(): buffers and handlers of the parent are not ours */
}

/* Everything until the child closes its end. False when memory runs out. */
static bool read_all(int fd, uint8_t **data, size_t *size)
{
    size_t room = 0;
    *data = NULL;
    *size = 0;
    for (;;) {
        if (*size == room) {
            room = room ? 2 * room : 1 << 16;
            uint8_t *larger = realloc(*data, room);
            if (!larger)
                return false;
            *data = larger;
        }
        ssize_t got = read(fd, *data + *size, room - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        *size += (size_t)got;
    }
}

static int wait_for(pid_t child)
{
    int state = 0;
    while (waitpid(child, &state, 0) < 0 && errno == EINTR)
        ;
    return state;
}

enum mn_status mn_isolated_run(mn_isolated_work *work, const void *context, uint8_t **data,
                               size_t *size, struct mn_error *error)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return mn_fail(error, MN_FAILED, "cannot make a pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child < 0) {
        int reason = errno;
        close(ends[0]);
        close(ends[1]);
        return mn_fail(error, MN_FAILED, "cannot start a process: %s", strerror(reason));
    }
    if (child == 0)
        run_child(work, context, ends[1]);
    close(ends[1]);
    bool complete = read_all(ends[0], data, size);
    close(ends[0]);
    int state = wait_for(child);

    if (!complete) {
        mn_fail(error, MN_FAILED, "not enough memory");
    } else if (WIFSIGNALED(state)) {
        mn_fail(error, MN_BAD_INPUT, "its reader was ended by signal %d: the file is damaged",
                WTERMSIG(state));
    } else if (*size == 0) { /* a library that ends its process, or a sanitizer */
        mn_fail(error, MN_BAD_INPUT, "its reader gave up: the file is damaged");
    } else {
        uint8_t status = (*data)[0];
        memmove(*data, *data + 1, --*size);
        if (status == MN_OK)
            return MN_OK;
        mn_fail(error, status == MN_FAILED ? MN_FAILED : MN_BAD_INPUT, "%.*s", (int)*size,
                (const char *)*data);
    }
    free(*data);
    *data = NULL;
    return error->status;
}
