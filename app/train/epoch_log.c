#include "epoch_log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../engine/base/file_writer.h"
#include "../../engine/model/file.h"
#include "../option_value.h"

static const char heading[] = "epoch,train_loss,train_acc,val_loss,val_acc,val_top5,lr,resolution,"
                              "pictures_per_s,seconds";

enum { COLUMNS = 10 };

bool epoch_log_would_be_best(const struct epoch_log *log, double val_accuracy)
{
    return !log->best_epoch || val_accuracy > log->rows[log->best_epoch - 1].val_accuracy;
}

/* Keeps it in memory. */
static bool note(struct epoch_log *log, const struct epoch_row *row)
{
    struct epoch_row *rows = realloc(log->rows, (size_t)(log->count + 1) * sizeof *rows);
    if (!rows)
        return false;
    log->rows = rows;
    if (epoch_log_would_be_best(log, row->val_accuracy))
        log->best_epoch = row->epoch;
    rows[log->count++] = *row;
    return true;
}

/* The accuracy to the last bit: a resumed run must find the same best epoch. */
static void print_row(FILE *file, const struct epoch_row *row)
{
    char val_accuracy[32];
    option_print_real(row->val_accuracy, val_accuracy, sizeof val_accuracy);
    fprintf(file, "%d,%.6f,%.6f,%.6f,%s,%.6f,%.9g,%d,%.1f,%.3f\n", row->epoch, row->train_loss,
            row->train_accuracy, row->val_loss, val_accuracy, row->val_top5, row->lr,
            row->resolution, row->pictures_per_s, row->seconds);
}

static bool read_row(const char *line, struct epoch_row *row)
{
    double column[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        char *end;
        column[i] = strtod(line, &end);
        if (end == line || (i + 1 < COLUMNS ? *end != ',' : *end && *end != '\r'))
            return false;
        line = end + 1;
    }
    *row = (struct epoch_row){(int)column[0], column[1], column[2],      column[3], column[4],
                              column[5],      column[6], (int)column[7], column[8], column[9]};
    return true;
}

/* Copies the rows to keep. */
static enum mn_status keep_rows(struct epoch_log *log, char *text, int epochs, FILE *stream,
                                const char *path, struct mn_error *error)
{
    strsep(&text, "\n");
    fprintf(stream, "%s\n", heading);
    for (int wanted = 1; wanted <= epochs; wanted++) {
        const char *line = text ? strsep(&text, "\n") : NULL;
        struct epoch_row row;
        bool is_row = line && text && read_row(line, &row); /* a whole row ends with its line */
        if (wanted == epochs && !is_row) /* the power went while it was written */
            break;
        if (!is_row || row.epoch != wanted)
            return mn_fail(error, MN_BAD_INPUT,
                           "%s: has no row for epoch %d, which the checkpoint has behind it; "
                           "begin again with --overwrite",
                           path, wanted);
        print_row(stream, &row);
        if (!note(log, &row))
            return mn_fail(error, MN_FAILED, "not enough memory for the log");
    }
    return MN_OK;
}

static enum mn_status rewrite(struct epoch_log *log, const char *path, int epochs,
                              struct mn_error *error)
{
    const size_t most = (size_t)1 << 28;
    uint8_t *data = NULL;
    size_t size;
    if (epochs && mn_file_read(path, most, &data, &size, error))
        return error->status;
    struct mn_file_writer writer = {0};
    enum mn_status status = mn_file_begin(&writer, path, error);
    if (!status) {
        status = keep_rows(log, (char *)data, epochs, writer.stream, path, error);
        if (status)
            mn_file_abandon(&writer);
        else
            status = mn_file_commit(&writer, error);
    }
    free(data);
    return status;
}

enum mn_status epoch_log_open(struct epoch_log *log, const char *path, int epochs,
                              struct mn_error *error)
{
    *log = (struct epoch_log){0};
    if (rewrite(log, path, epochs, error))
        return error->status;
    log->file = fopen(path, "ae");
    return log->file
               ? MN_OK
               : mn_fail(error, MN_FAILED, "%s: cannot be written: %s", path, strerror(errno));
}

enum mn_status epoch_log_add(struct epoch_log *log, const struct epoch_row *row,
                             struct mn_error *error)
{
    print_row(log->file, row);
    if (fflush(log->file) || fdatasync(fileno(log->file)))
        return mn_fail(error, MN_FAILED, "log.csv cannot be written: %s", strerror(errno));
    return note(log, row) ? MN_OK : mn_fail(error, MN_FAILED, "not enough memory for the log");
}

void epoch_log_close(struct epoch_log *log)
{
    if (log->file)
        fclose(log->file);
    free(log->rows);
    *log = (struct epoch_log){0};
}
