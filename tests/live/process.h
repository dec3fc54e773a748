/* Runs the built program as a user would, and catches what it prints. */
#ifndef TESTS_PROCESS_H
#define TESTS_PROCESS_H

#include <jansson.h>
#include <stddef.h>

struct process {
    char *out, *err;        /* all of standard output and error, owned */
    int code;               /* exit code, or 128 + the signal that ended it */
    double after_signal_ms; /* from process_run_until's signal to the end */
};

enum { PROCESS_CLOSED = -2 }; /* instead of a descriptor: the program starts without it */

/* The path of a file of the build: tests are two folders below it, build/tests/live/test_x. "" is
 * the folder itself. */
void process_build_path(char *path, size_t size, const char *name);

/* What the program gets as standard input; -1, as at the start, is /dev/null. */
void process_set_input(int fd);

/* Where its standard output goes instead of process->out; -1, as at the start, is there. */
void process_set_output(int fd);

/* Runs this program (a path that stays valid) instead of the one built; NULL, as at the start, is
 * the latter. */
void process_set_program(const char *path);

/* Runs camlabel with these arguments (NULL-terminated, without the program's name) to its end. */
void process_run(struct process *process, const char *const *arguments);

/* The same, and fails the test unless it ends with this exit code and prints so many lines on
 * standard output; -1 lines: any number. */
void process_expect(struct process *process, const char *const *arguments, int code, int lines);

/* The same as process_run(), but sends `signal_number` as soon as `lines` lines were printed on
 * standard output. */
void process_run_until(struct process *process, const char *const *arguments, int lines,
                       int signal_number);

void process_free(struct process *process);

int process_count_lines(const char *text);

/* The `index`th line of the text as a JSON object; the caller decrefs. */
json_t *process_json_line(const char *text, int index);

#endif
