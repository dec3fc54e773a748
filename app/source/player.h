/* Plays pictures from files at their pace: what images and clips share of being a source.
 *
 * A reader fills in `produce`; the player keeps time, and keeps a frame that was made but not due
 * when the wake-up came. */
#ifndef CAMLABEL_PLAYER_H
#define CAMLABEL_PLAYER_H

#include "pace.h"
#include "source.h"

struct player {
    struct source source; /* first: a source leads back to its player; the reader sets close */
    struct pace pace;
    int64_t frame_ns; /* how long a frame is there, where time is not hurried; 0: as it comes */
    struct frame *pending; /* made, not yet due; the player's use */
    /* Makes the next frame, with all but its time. May take long only if it looks at wake_fd
     * meanwhile: then SOURCE_WOKEN. */
    enum source_status (*produce)(struct player *player, int wake_fd, struct frame **frame,
                                  struct mn_error *error);
};

/* Sets source.next and the pace. own_framerate: frames a second where the pacing does not say. */
void player_open(struct player *player, const struct source_pacing *pacing, double own_framerate);

/* Frames come when they come, and that is their time: called after player_open(). */
void player_follow(struct player *player);

/* Makes the first frame now, so that bad files are refused at open: the error of produce(). */
enum mn_status player_preload(struct player *player, struct mn_error *error);

void player_close(struct player *player); /* drops what is pending; again is fine */

/* The rate at which it plays: pacing's, or own_framerate. */
double player_framerate(const struct source_pacing *pacing, double own_framerate);

#endif
