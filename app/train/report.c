#include "report.h"

#include "../../engine/base/file_writer.h"
#include "html.h"
#include "report_parts.h"

static void put_head(FILE *to, const struct report *report)
{
    const char *name = report->name ? report->name : "model";
    html_put(to,
             "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>"
             "<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width,"
             "initial-scale=1\"/>\n<meta name=\"color-scheme\" content=\"light dark\"/>\n"
             "<title>%T: training report</title>\n<style>\n",
             name);
    report_style(to);
    html_put(to, "</style></head>\n<body><header><h1>%T</h1><p>Training report%T%T</p></header>\n",
             name, report->date ? " · " : "", report->date ? report->date : "");
}

/* Only what is on the page. */
static void put_contents(FILE *to, const struct report *report)
{
    fputs("<nav aria-label=\"Contents\">", to);
    if (report->model_path)
        fputs("<a href=\"#use\">Use it</a>", to);
    if (report->epochs && report->epoch_count > 0)
        fputs("<a href=\"#curves\">Curves</a>", to);
    fputs("<a href=\"#confusion\">Confusion</a><a href=\"#classes\">Classes</a>", to);
    if (report->pictures && report->metrics->top1.value < 1)
        fputs("<a href=\"#mistakes\">Mistakes</a>", to);
    fputs("<a href=\"#calibration\">Confidence</a><a href=\"#unknown\">“Unknown”</a>"
          "<a href=\"#making\">Recipe</a></nav>\n",
          to);
}

static enum mn_status put_page(FILE *to, const struct report *report, struct mn_error *error)
{
    put_head(to, report);
    put_contents(to, report);
    fputs("<main>\n", to);
    report_headline(to, report);
    report_usage(to, report);
    report_curves(to, report);
    report_confusion(to, report);
    if (report_classes(to, report, error))
        return error->status;
    report_mistakes(to, report);
    report_calibration(to, report);
    report_threshold(to, report);
    report_making(to, report);
    fputs("</main>\n</body></html>\n", to);
    return MN_OK;
}

enum mn_status report_write(const char *path, const struct report *report, struct mn_error *error)
{
    struct mn_file_writer writer;
    if (mn_file_begin(&writer, path, error))
        return error->status;
    if (put_page(writer.stream, report, error)) {
        mn_file_abandon(&writer);
        return error->status;
    }
    return mn_file_commit(&writer, error);
}
