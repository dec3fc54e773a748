/* A video clip as a source: Y4M or MJPEG, told apart by content; from a file, or as another program
 * writes it into a pipe. */
#ifndef CAMLABEL_CLIP_H
#define CAMLABEL_CLIP_H

#include "source.h"

/* Plays the clip at its own rate (30 frames a second where it does not say), again and again unless
 * pacing->once. What comes through a pipe (`path` is a FIFO, or "-" for standard input) is shown as
 * it comes, unless the pacing says a rate, and once. On MN_OK *source is the caller's, to be closed
 * with source->close().
 *
 * A clip without a whole first frame is refused: MN_BAD_INPUT. A frame further on that is broken or
 * cut short, also the last one, ends the clip with SOURCE_ERROR and MN_BAD_INPUT; the message names
 * the frame, counted from 0. MN_FAILED is for memory and reading. */
enum mn_status clip_open(struct source **source, const char *path,
                         const struct source_pacing *pacing, struct mn_error *error);

#endif
