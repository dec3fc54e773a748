#include <stdlib.h>

#include "html.h"
#include "report_parts.h"
#include "thumbnail.h"

enum { MISTAKES = 24 };

static void put_picture(FILE *to, const struct report *report, int index, struct mn_bitmap *bitmap)
{
    const struct report_pictures *pictures = report->pictures;
    struct thumbnail thumbnail = {0};
    struct mn_image image;
    struct mn_error why;
    if (pictures->get(pictures, index, bitmap, &image, &why) ||
        thumbnail_make(&thumbnail, &image, report->preprocessing, &why)) {
        html_put(to, "<div class=\"missing\" title=\"%T\">cannot be read any more</div>",
                 why.message);
        return;
    }
    html_put(to, "<img alt=\"\" title=\"%T\" src=\"data:image/jpeg;base64,",
             pictures->name(pictures, index));
    html_base64(to, thumbnail.data, thumbnail.bytes);
    fputs("\"/>", to);
    free(thumbnail.data);
}

static void put_mistake(FILE *to, const struct report *report, int i, struct mn_bitmap *bitmap)
{
    const struct mn_metrics *metrics = report->metrics;
    fputs("<figure>", to);
    put_picture(to, report, i, bitmap);
    html_put(to, "<figcaption><b>%N</b>taken for <em>%N</em><br/>",
             report->labels[report->evaluation->label[i]], report->labels[metrics->answer[i]]);
    fprintf(to, "%.0f&#160;%% sure</figcaption></figure>\n", 100 * (double)metrics->confidence[i]);
}

void report_mistakes(FILE *to, const struct report *report)
{
    int mistakes[MISTAKES];
    int count = mn_metrics_mistakes(report->metrics, report->evaluation, mistakes, MISTAKES);
    if (count == 0 || !report->pictures)
        return;
    struct mn_bitmap bitmap = {0};
    html_section(to, "mistakes", "Its worst mistakes");
    fputs("<p>Wrong answers that it was surest of, as the network sees the pictures. Look for "
          "wrong labels, for pictures of two things, and for what they have in common.</p>\n"
          "<div class=\"mistakes\">\n",
          to);
    for (int i = 0; i < count; i++)
        put_mistake(to, report, mistakes[i], &bitmap);
    fputs("</div></section>\n", to);
    mn_bitmap_free(&bitmap);
}
