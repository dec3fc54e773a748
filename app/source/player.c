/* The frame is made before the wait, so that decoding does not add to its age. */
#include "player.h"

#include <stddef.h>

/* Between a frame in three hours and one a microsecond; outside, pacing makes no sense. */
static const double FRAMERATE_MIN = 1e-4, FRAMERATE_MAX = 1e6;

double player_framerate(const struct source_pacing *pacing, double own_framerate)
{
    double framerate = pacing->framerate > 0 ? pacing->framerate : own_framerate;
    if (framerate < FRAMERATE_MIN)
        return FRAMERATE_MIN;
    return framerate > FRAMERATE_MAX ? FRAMERATE_MAX : framerate;
}

static enum source_status player_next(struct source *source, int wake_fd, struct frame **frame,
                                      struct mn_error *error)
{
    struct player *player = (struct player *)source;
    if (!player->pending) {
        enum source_status status = player->produce(player, wake_fd, &player->pending, error);
        if (status != SOURCE_FRAME) {
            player->pending = NULL;
            return status;
        }
    }
    if (!pace_wait(&player->pace, wake_fd))
        return SOURCE_WOKEN;
    *frame = player->pending;
    player->pending = NULL;
    (*frame)->captured_ns = monotonic_ns();
    (*frame)->pts_ns = player->frame_ns ? (int64_t)((*frame)->number + 1) * player->frame_ns
                                        : (*frame)->captured_ns;
    return SOURCE_FRAME;
}

void player_open(struct player *player, const struct source_pacing *pacing, double own_framerate)
{
    player->source.next = player_next;
    player->frame_ns = (int64_t)(1e9 / player_framerate(pacing, own_framerate));
    player->pace.interval_ns = pacing->as_fast_as_possible ? 0 : player->frame_ns;
}

void player_follow(struct player *player)
{
    player->frame_ns = player->pace.interval_ns = 0;
}

enum mn_status player_preload(struct player *player, struct mn_error *error)
{
    enum source_status status = player->produce(player, -1, &player->pending, error);
    if (status == SOURCE_FRAME)
        return MN_OK;
    player->pending = NULL;
    return error->status;
}

void player_close(struct player *player)
{
    frame_drop(player->pending);
    player->pending = NULL;
}
