/* How far something is, on standard error: one line that is written again and again where that is a
 * terminal, else a plain line now and then, so that a log file stays readable. */
#ifndef CAMLABEL_PROGRESS_H
#define CAMLABEL_PROGRESS_H

#include <stdbool.h>

struct progress {
    bool is_terminal, is_shown;
    double next_s; /* when the next line is due */
};

void progress_begin(struct progress *progress);

/* Seconds of a clock that only goes forward. */
double progress_now_s(void);

/* Is it time for a line? To be asked as often as one likes. */
bool progress_due(const struct progress *progress);
void progress_show(struct progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Takes the line off the terminal, before something else is printed and at the end. */
void progress_clear(struct progress *progress);

enum { PROGRESS_TIME_SIZE = 32 };

/* "45 s", "3 min 20 s", "2 h 5 min"; "?" for what is not known (negative). */
void progress_time_text(double seconds, char text[PROGRESS_TIME_SIZE]);

/* "reading pictures: 120 of 5000", for those who report done and total. */
void progress_count(struct progress *progress, const char *what, int done, int total);

#endif
