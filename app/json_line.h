/* Machine output: one JSON object a line, by jansson. */
#ifndef CAMLABEL_JSON_LINE_H
#define CAMLABEL_JSON_LINE_H

#include <jansson.h>
#include <stdio.h>

/* A JSON string of any bytes: what is not UTF-8 (file names may be anything) becomes U+FFFD. */
json_t *json_line_text(const char *text);

/* A number rounded to `digits` after the point; null if it is not finite. */
json_t *json_line_number(double number, int digits);

/* The object's text with a newline after it, and the end of the object. NULL when memory runs out;
 * the caller frees. */
char *json_line_take(json_t *object);

/* Prints the object as a line, and ends it. */
void json_line_print(json_t *object, FILE *file);

#endif
