#include "progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const double terminal_period_s = 0.5, plain_period_s = 30;

double progress_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void progress_begin(struct progress *progress)
{
    *progress = (struct progress){.is_terminal = isatty(STDERR_FILENO)};
    progress->next_s =
        progress_now_s() + (progress->is_terminal ? terminal_period_s : plain_period_s);
}

bool progress_due(const struct progress *progress)
{
    return progress_now_s() >= progress->next_s;
}

/* A line that wraps could not be written over. */
static int columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

void progress_show(struct progress *progress, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (progress->is_terminal)
        fprintf(stderr, "\r%.*s\033[K", columns() - 1, line);
    else
        fprintf(stderr, "%s\n", line);
    fflush(stderr);
    progress->is_shown = true;
    progress->next_s =
        progress_now_s() + (progress->is_terminal ? terminal_period_s : plain_period_s);
}

void progress_clear(struct progress *progress)
{
    if (progress->is_terminal && progress->is_shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    progress->is_shown = false;
}

void progress_time_text(double seconds, char text[PROGRESS_TIME_SIZE])
{
    if (!(seconds >= 0 && seconds < 1e8)) {
        snprintf(text, PROGRESS_TIME_SIZE, "?");
        return;
    }
    long s = (long)(seconds + 0.5);
    if (s < 60)
        snprintf(text, PROGRESS_TIME_SIZE, "%ld s", s);
    else if (s < 3600)
        snprintf(text, PROGRESS_TIME_SIZE, "%ld min %ld s", s / 60, s % 60);
    else
        snprintf(text, PROGRESS_TIME_SIZE, "%ld h %ld min", s / 3600, s % 3600 / 60);
}

void progress_count(struct progress *progress, const char *what, int done, int total)
{
    if (progress_due(progress))
        progress_show(progress, "%s: %d of %d", what, done, total);
}
