#include "html.h"
#include "report_parts.h"

/* ---- how to use it ---- */

static void put_training(FILE *to, const struct report *report)
{
    if (!report->recipe_path || !report->data_dir)
        return;
    fputs("<dt>Train it again</dt><dd><pre>camlabel-train fit --data-dir ", to);
    html_shell_word(to, report->data_dir);
    fputs(" --recipe ", to);
    html_shell_word(to, report->recipe_path);
    fputs(" --output again</pre></dd>\n", to);
}

void report_usage(FILE *to, const struct report *report)
{
    static const struct {
        const char *what, *before, *after;
    } lines[] = {
        {"Show it the camera’s picture", "camlabel live --model ", ""},
        {"Name pictures in files", "camlabel classify --model ", " photo.jpg"},
        {"See what is in the file", "camlabel info --model ", ""},
    };
    if (!report->model_path)
        return;
    html_section(to, "use", "How to use it");
    fputs("<dl class=\"use\">\n", to);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        html_put(to, "<dt>%T</dt><dd><pre>%T", lines[i].what, lines[i].before);
        html_shell_word(to, report->model_path);
        html_put(to, "%T</pre></dd>\n", lines[i].after);
    }
    fputs("<dt>Measure it again</dt><dd><pre>camlabel-train eval --model ", to);
    html_shell_word(to, report->model_path);
    fputs(" --data-dir ", to);
    html_shell_word(to, report->data_dir ? report->data_dir : "FOLDER");
    html_put(to, "%T</pre></dd>\n", report->eval_flags ? report->eval_flags : "");
    put_training(to, report);
    fputs("</dl></section>\n", to);
}

/* ---- how it was made ---- */

static void put_fact(FILE *to, const char *name, const char *value)
{
    if (value)
        html_put(to, "<dt>%T</dt><dd>%T</dd>\n", name, value);
}

static void put_network(FILE *to, const struct mn_network *network)
{
    const struct mn_network_spec *spec = &network->spec;
    fprintf(to, "<dt>Network</dt><dd>MobileNet-V1, width %g, %d × %d pixels, %d classes%s</dd>\n",
            spec->width, spec->resolution, spec->resolution, spec->classes,
            spec->standard ? ", standard convolutions" : "");
    fputs("<dt>Parameters</dt><dd>", to);
    html_count(to, network->parameters);
    fputs("</dd>\n<dt>Multiply-adds</dt><dd>", to);
    html_count(to, network->mult_adds);
    fputs(" a picture</dd>\n", to);
}

static void put_data(FILE *to, const struct report *report)
{
    put_fact(to, "Data", report->data_dir);
    if (report->train_pictures > 0) {
        fputs("<dt>Pictures</dt><dd>", to);
        html_count(to, report->train_pictures);
        fputs(" for training, ", to);
        html_count(to, report->metrics->pictures);
        html_put(to, " for %T", report->split);
        if (report->left_out > 0) {
            fputs("; ", to);
            html_count(to, report->left_out);
            fputs(" could not be read and were left out", to);
        }
        fputs("</dd>\n", to);
    }
}

static void put_time(FILE *to, const struct report *report)
{
    if (report->cpu) {
        html_put(to, "<dt>Machine</dt><dd>%T", report->cpu);
        if (report->threads > 0)
            fprintf(to, ", %d thread%s", report->threads, report->threads == 1 ? "" : "s");
        fputs("</dd>\n", to);
    }
    if (report->seconds > 0) {
        fputs("<dt>Time</dt><dd>", to);
        html_duration(to, report->seconds);
        if (report->epoch_count > 0)
            fprintf(to, " for %d epoch%s", report->epoch_count,
                    report->epoch_count == 1 ? "" : "s");
        fputs("</dd>\n", to);
    }
    put_fact(to, "Date", report->date);
}

void report_making(FILE *to, const struct report *report)
{
    html_section(to, "making", "How it was made");
    fputs("<dl>\n", to);
    put_fact(to, "Model file", report->model_path);
    if (report->network)
        put_network(to, report->network);
    put_data(to, report);
    put_time(to, report);
    fprintf(to, "<dt>Loss</dt><dd>%.4f</dd>\n<dt>Made by</dt><dd>camlabel-train %s</dd></dl>\n",
            report->metrics->loss, CAMLABEL_VERSION);
    if (report->recipe)
        html_put(to, "<h3>Recipe</h3><pre>%T</pre>\n", report->recipe);
    fputs("</section>\n", to);
}
