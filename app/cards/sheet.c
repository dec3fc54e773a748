/* Three by four cards of 62 mm by 68 mm, edge to edge, so that one cut serves two cards. Numbers
 * are written as integers (tenths where needed), because printf's decimal point follows the locale.
 */
#include "sheet.h"

#include "pictogram.h"

enum {
    COLUMNS = 3,
    ROWS = PICTOGRAM_COUNT / COLUMNS,
    PAGE_WIDTH_MM = 210,
    PAGE_HEIGHT_MM = 297,
    CARD_WIDTH_MM = 62,
    CARD_HEIGHT_MM = 68,
    PICTURE_MM = 46,
    PICTURE_TOP_MM = 7,
    NAME_BASELINE_MM = 62,
    LEFT_MM = (PAGE_WIDTH_MM - COLUMNS * CARD_WIDTH_MM) / 2,
    TOP_MM = (PAGE_HEIGHT_MM - ROWS * CARD_HEIGHT_MM) / 2,
    CUT_BEYOND_MM = 4, /* cutting lines reach beyond the cards */
};

static void write_paint(FILE *file, const char *attribute, uint32_t rgb)
{
    if (rgb == PICTOGRAM_NONE)
        fprintf(file, " %s=\"none\"", attribute);
    else
        fprintf(file, " %s=\"#%06x\"", attribute, (unsigned)rgb);
}

static void write_shape(FILE *file, const struct pictogram_shape *shape)
{
    fprintf(file, "      <path");
    write_paint(file, "fill", shape->fill);
    if (shape->stroke != PICTOGRAM_NONE) {
        write_paint(file, "stroke", shape->stroke);
        fprintf(file, " stroke-width=\"%d.%d\"", shape->stroke_tenths / 10,
                shape->stroke_tenths % 10);
    }
    fprintf(file, " d=\"%s\"/>\n", shape->path);
}

static void write_card(FILE *file, int index)
{
    const struct pictogram *pictogram = pictogram_at(index);
    int left = LEFT_MM + index % COLUMNS * CARD_WIDTH_MM;
    int top = TOP_MM + index / COLUMNS * CARD_HEIGHT_MM;
    fprintf(file, "  <g id=\"%s\" transform=\"translate(%d %d)\">\n", pictogram->name, left, top);
    fprintf(file, "    <g transform=\"translate(%d %d) scale(0.%02d)\">\n",
            (CARD_WIDTH_MM - PICTURE_MM) / 2, PICTURE_TOP_MM, PICTURE_MM * 100 / PICTOGRAM_SIDE);
    for (int i = 0; i < pictogram->shape_count; i++)
        write_shape(file, &pictogram->shape[i]);
    fprintf(file, "    </g>\n");
    fprintf(file, "    <text x=\"%d\" y=\"%d\">%s</text>\n", CARD_WIDTH_MM / 2, NAME_BASELINE_MM,
            pictogram->name);
    fprintf(file, "  </g>\n");
}

static void write_cutting_lines(FILE *file)
{
    fprintf(file, "  <path fill=\"none\" stroke=\"#999999\" stroke-width=\"0.2\" "
                  "stroke-dasharray=\"1.5 1.5\" d=\"");
    for (int i = 0; i <= COLUMNS; i++)
        fprintf(file, "M %d %d V %d ", LEFT_MM + i * CARD_WIDTH_MM, TOP_MM - CUT_BEYOND_MM,
                TOP_MM + ROWS * CARD_HEIGHT_MM + CUT_BEYOND_MM);
    for (int i = 0; i <= ROWS; i++)
        fprintf(file, "M %d %d H %d%s", LEFT_MM - CUT_BEYOND_MM, TOP_MM + i * CARD_HEIGHT_MM,
                LEFT_MM + COLUMNS * CARD_WIDTH_MM + CUT_BEYOND_MM, i < ROWS ? " " : "\"/>\n");
}

int sheet_write(FILE *file)
{
    fprintf(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%dmm\" height=\"%dmm\" "
            "viewBox=\"0 0 %d %d\"\n"
            "     stroke-linejoin=\"round\" stroke-linecap=\"round\" font-family=\"sans-serif\" "
            "font-size=\"6\" text-anchor=\"middle\">\n",
            PAGE_WIDTH_MM, PAGE_HEIGHT_MM, PAGE_WIDTH_MM, PAGE_HEIGHT_MM);
    fprintf(file, "  <title>camlabel: cards to hold in front of a camera</title>\n");
    fprintf(file, "  <rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", PAGE_WIDTH_MM,
            PAGE_HEIGHT_MM);
    write_cutting_lines(file);
    for (int i = 0; i < PICTOGRAM_COUNT; i++)
        write_card(file, i);
    fprintf(file, "</svg>\n");
    return fflush(file) != 0 || ferror(file) ? -1 : 0;
}
