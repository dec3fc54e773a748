#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "../support.h"

enum { MAX_ARGUMENTS = 32, TIMEOUT_S = 120 };

static int input_fd = -1, output_fd = -1;
static const char *other_program;

void process_set_input(int fd)
{
    input_fd = fd;
}

void process_set_output(int fd)
{
    output_fd = fd;
}

void process_set_program(const char *path)
{
    other_program = path;
}

/* One stream of the child, read into a growing text. */
struct stream {
    int fd;
    char *text;
    size_t length;
};

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

void process_build_path(char *path, size_t size, const char *name)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(length > 0);
    self[length] = 0;
    for (int i = 0; i < 3; i++)
        *strrchr(self, '/') = 0;
    snprintf(path, size, "%s%s%s", self, *name ? "/" : "", name);
}

static pid_t start(const char *const *arguments, int *out, int *err)
{
    char program[4200];
    const char *argv[MAX_ARGUMENTS + 2] = {"camlabel"};
    int out_pipe[2], err_pipe[2], count = 0;
    process_build_path(program, sizeof program, "camlabel");
    for (; arguments[count]; count++) {
        assert_true(count < MAX_ARGUMENTS);
        argv[count + 1] = arguments[count];
    }
    assert_int_equal(pipe2(out_pipe, O_CLOEXEC), 0);
    assert_int_equal(pipe2(err_pipe, O_CLOEXEC), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(input_fd >= 0 ? input_fd : open("/dev/null", O_RDONLY), STDIN_FILENO);
        dup2(output_fd >= 0 ? output_fd : out_pipe[1], STDOUT_FILENO);
        dup2(err_pipe[1], STDERR_FILENO);
        if (input_fd == PROCESS_CLOSED)
            close(STDIN_FILENO);
        if (output_fd == PROCESS_CLOSED)
            close(STDOUT_FILENO);
        signal(SIGINT, SIG_DFL); /* ignored where the tests run in the background */
        execv(other_program ? other_program : program, (char *const *)argv);
        _exit(127);
    }
    close(out_pipe[1]);
    close(err_pipe[1]);
    *out = out_pipe[0];
    *err = err_pipe[0];
    return child;
}

/* Reads what is there; false at the end of the stream. */
static int read_some(struct stream *stream)
{
    char *grown = realloc(stream->text, stream->length + 65537);
    assert_non_null(grown);
    stream->text = grown;
    ssize_t got = read(stream->fd, stream->text + stream->length, 65536);
    stream->length += got > 0 ? (size_t)got : 0;
    stream->text[stream->length] = 0;
    return got > 0;
}

void process_run_until(struct process *process, const char *const *arguments, int lines,
                       int signal_number)
{
    struct stream streams[2] = {{.text = calloc(1, 1)}, {.text = calloc(1, 1)}};
    pid_t child = start(arguments, &streams[0].fd, &streams[1].fd);
    double signalled = 0, deadline = now_ms() + TIMEOUT_S * 1e3;
    struct pollfd fds[2] = {{streams[0].fd, POLLIN, 0}, {streams[1].fd, POLLIN, 0}};
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        if (signal_number && signalled == 0 && process_count_lines(streams[0].text) >= lines) {
            signalled = now_ms();
            kill(child, signal_number);
        }
        poll(fds, 2, 1000);
        if (now_ms() > deadline) {
            kill(child, SIGKILL);
            fail_msg("camlabel %s: did not end in %d s", arguments[0], TIMEOUT_S);
        }
        for (int i = 0; i < 2; i++)
            if (fds[i].revents && !read_some(&streams[i]))
                fds[i].fd = -1;
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    *process =
        (struct process){.out = streams[0].text,
                         .err = streams[1].text,
                         .code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                         .after_signal_ms = signalled > 0 ? now_ms() - signalled : 0};
    close(streams[0].fd);
    close(streams[1].fd);
}

void process_run(struct process *process, const char *const *arguments)
{
    process_run_until(process, arguments, 0, 0);
}

void process_free(struct process *process)
{
    free(process->out);
    free(process->err);
}

int process_count_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

void process_expect(struct process *process, const char *const *arguments, int code, int lines)
{
    process_run(process, arguments);
    if (process->code != code || (lines >= 0 && process_count_lines(process->out) != lines))
        fail_msg("camlabel %s %s …: exit code %d, %d lines; expected %d, %d\n%s%s", arguments[0],
                 arguments[1], process->code, process_count_lines(process->out), code, lines,
                 process->out, process->err);
}

json_t *process_json_line(const char *text, int index)
{
    for (; index > 0; index--)
        text = strchr(text, '\n') + 1;
    json_error_t error;
    json_t *object = json_loadb(text, strcspn(text, "\n"), JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object))
        fail_msg("not a JSON object: %.*s", (int)strcspn(text, "\n"), text);
    return object;
}
