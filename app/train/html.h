/* Text, numbers and bytes in HTML that is well-formed XML as well. Errors stay in the stream: who
 * closes it asks ferror(). */
#ifndef CAMLABEL_HTML_H
#define CAMLABEL_HTML_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Any bytes, as text or as an attribute's value: < > & " ' are escaped, what is not UTF-8 or may
 * not be in XML becomes U+FFFD; line ends and tabs stay. */
void html_text(FILE *to, const char *text);

/* The same, in the middle of markup: each %T of the format is the next text. %N is a name, which
 * may be broken after an underscore: not for attributes. %% is %, and nothing else is special. */
void html_put(FILE *to, const char *format, ...);

/* "<section id><h2>title</h2>"; the caller writes "</section>". */
void html_section(FILE *to, const char *id, const char *title);

/* shell_word() of this text. */
void html_shell_word(FILE *to, const char *text);

/* RFC 4648, section 4, in one line. */
void html_base64(FILE *to, const uint8_t *data, size_t bytes);

/* 0.6644 is "66.4 %" (with a no-break space); NAN is a dash. */
void html_percent(FILE *to, double share);

/* 3217226 is "3,217,226". */
void html_count(FILE *to, int64_t count);

/* 3217226 is "3.2 million", 17124 is "17.1 thousand", below a thousand as it is. */
void html_rounded(FILE *to, double number);

/* 5025 s is "1 h 23 min 45 s" without what is 0 on the left and without seconds from an hour on. */
void html_duration(FILE *to, double seconds);

#endif
