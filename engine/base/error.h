/* What went wrong, in one value for the program and one sentence for the user.
 *
 * The numbers are the exit codes of the programs: 0 done, 1 failed, 2 bad input or usage. A message
 * says what happened, to which file or device, and what to do next; it ends without a newline. */
#ifndef MN_ERROR_H
#define MN_ERROR_H

enum mn_status {
    MN_OK = 0,        /* done */
    MN_FAILED = 1,    /* the machine let us down: no memory, no device, disk full */
    MN_BAD_INPUT = 2, /* the user's file, device or flag cannot be what we need */
};

struct mn_error {
    enum mn_status status;
    char message[1024];
};

/* Fills *error and returns status, so that `return mn_fail(error, MN_BAD_INPUT, "…", …);` reads
 * well. Control characters that came from a file are shown as '?', so a message is always one line.
 */
enum mn_status mn_fail(struct mn_error *error, enum mn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Replaces them in any text that will be printed: a terminal obeys them. */
void mn_hide_controls(char *text);

#endif
