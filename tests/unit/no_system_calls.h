/* Proof, by the kernel, that something makes no system call: a child process that is killed at the
 * first one (seccomp's strict mode). */
#ifndef TESTS_NO_SYSTEM_CALLS_H
#define TESTS_NO_SYSTEM_CALLS_H

/* Runs body(context) in a child process and fails the test where it was killed or left early, with
 * the reason. Skips, with the reason, where the kernel (or qemu) does not know strict mode, and
 * under a sanitizer, whose own calls are nobody's business. */
void no_system_calls_in(void (*body)(void *context), void *context);

/* Called in the body: from here to its end every system call kills. */
void no_system_calls_from_here(void);

#endif
