#include "result_line.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../engine/mobilenet.h"
#include "../json_line.h"

json_t *result_line_top(const struct ranked *top, int count, char *const *labels)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++) {
        json_t *entry = json_object();
        json_object_set_new(entry, "index", json_integer(top[i].index));
        json_object_set_new(entry, "label",
                            labels ? json_line_text(labels[top[i].index]) : json_null());
        json_object_set_new(entry, "p", json_line_number((double)top[i].p, 6));
        json_array_append_new(list, entry);
    }
    return list;
}

char *result_line(const struct result *result, char *const *labels,
                  const struct stats_snapshot *stats, int64_t start_ns)
{
    char buffer[MN_LABEL_NUMBER];
    bool sure = result->label != RESULT_UNSURE;
    json_t *line = json_object();
    json_object_set_new(line, "frame", json_integer((json_int_t)result->frame));
    if (result->file)
        json_object_set_new(line, "file", json_line_text(result->file));
    json_object_set_new(line, "time_ms",
                        json_line_number((double)(result->finished_ns - start_ns) * 1e-6, 3));
    json_object_set_new(
        line, "age_ms",
        json_line_number((double)(result->finished_ns - result->captured_ns) * 1e-6, 3));
    const char *label = result->label >= 0 ? mn_label_of(labels, result->label, buffer) : "unknown";
    json_object_set_new(line, "label", sure ? json_line_text(label) : json_null());
    json_object_set_new(line, "p",
                        sure ? json_line_number((double)result->label_p, 6) : json_null());
    json_object_set_new(line, "top", result_line_top(result->top, result->top_count, labels));
    json_object_set_new(line, "capture_fps", json_line_number(stats->fps[STAGE_CAPTURE], 2));
    json_object_set_new(line, "classify_fps", json_line_number(stats->fps[STAGE_CLASSIFY], 2));
    if (result->truth)
        json_object_set_new(line, "truth", json_string(result->truth));
    return json_line_take(line);
}

bool result_line_write(const char *line, int stop_fd)
{
    enum {
        PIECE = 4096
    }; /* what a pipe takes without blocking once it says that it is writable (PIPE_BUF) */
    struct pollfd fds[] = {{.fd = STDOUT_FILENO, .events = POLLOUT},
                           {.fd = stop_fd, .events = POLLIN}};
    size_t length = strlen(line);
    while (length > 0) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return false;
        if (fds[1].revents)
            return true;
        ssize_t written = write(STDOUT_FILENO, line, length < PIECE ? length : PIECE);
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        line += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return true;
}
