/* Files that people have and we do not read: what they are, and what makes something else of them.
 */
#ifndef MN_FOREIGN_FILE_H
#define MN_FOREIGN_FILE_H

#include <stddef.h>
#include <stdint.h>

/* For behind "it is ": "WebP: dwebp makes …", by the file's first bytes (16 are enough). NULL where
 * nothing is known of it. */
const char *mn_foreign_file(const uint8_t *start, size_t bytes);

#endif
