/* The printable sheet of cards. */
#ifndef CAMLABEL_CARDS_SHEET_H
#define CAMLABEL_CARDS_SHEET_H

#include <stdio.h>

/* A4 as SVG; 0, or -1 if writing failed. */
int sheet_write(FILE *file);

#endif
