/* Which pictogram is when, and what is done with it. */
#include "cards.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "pictogram.h"
#include "scene.h"
#include "sheet.h"

static_assert((int)CARDS_COUNT == (int)PICTOGRAM_COUNT, "cards.h and pictogram.h agree");
static_assert((int)CARDS_MAX_SIDE == (int)SCENE_MAX_SIDE, "cards.h and scene.h agree");

static const float ENTRY_S = 0.4f;      /* it comes a little nearer in its first moments */
static const float LIVE_VARIETY = 0.3f; /* cards of the live demo are near to freshly printed */

enum { PURPOSE_ORDER = 100, PURPOSE_SHOT, PURPOSE_NOISE, PURPOSE_PICTURE };

struct cards_scene {
    uint64_t seed;
    int64_t shot; /* what scene shows; -1: nothing yet */
    int index;
    struct scene *scene;
};

const char *cards_name(int index)
{
    return pictogram_at(index)->name;
}

struct cards_scene *cards_scene_new(uint64_t seed, int width, int height)
{
    struct cards_scene *cards = malloc(sizeof *cards);
    if (!cards)
        return NULL;
    *cards = (struct cards_scene){.seed = seed, .shot = -1, .scene = scene_new(width, height)};
    if (!cards->scene) {
        free(cards);
        return NULL;
    }
    return cards;
}

void cards_scene_free(struct cards_scene *cards)
{
    if (!cards)
        return;
    free(cards->scene);
    free(cards);
}

static uint64_t derive(uint64_t seed, uint64_t purpose, uint64_t number)
{
    struct chance chance = chance_seed(seed, purpose);
    chance = chance_seed(chance_bits(&chance), number);
    return chance_bits(&chance);
}

/* Round `round` of all twelve in random order: Fisher and Yates' shuffle. */
static void shuffle(uint64_t seed, int64_t round, int order[CARDS_COUNT])
{
    struct chance chance = {derive(seed, PURPOSE_ORDER, (uint64_t)round)};
    for (int i = 0; i < CARDS_COUNT; i++) {
        int j = chance_below(&chance, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}

/* Which pictogram the shot shows: all twelve in each round, and none twice in a row. */
static int index_of_shot(uint64_t seed, int64_t shot)
{
    int64_t round = shot / CARDS_COUNT, place = shot % CARDS_COUNT;
    int order[CARDS_COUNT] = {0}, before[CARDS_COUNT] = {0};
    shuffle(seed, round, order);
    if (round > 0 && place < 2) { /* only the first two may change places: the last is as it was */
        shuffle(seed, round - 1, before);
        if (order[0] == before[CARDS_COUNT - 1])
            place = 1 - place;
    }
    return order[place];
}

int cards_scene_draw(struct cards_scene *cards, double time_s, uint8_t *rgb)
{
    double time = time_s > 0 ? time_s : 0; /* also where time_s is no number */
    time = time < 1e9 ? time : 1e9;
    int64_t shot = (int64_t)(time / CARDS_SHOT_S);
    float since = (float)(time - (double)shot * CARDS_SHOT_S);
    if (shot != cards->shot) {
        cards->shot = shot;
        cards->index = index_of_shot(cards->seed, shot);
        scene_set(cards->scene, derive(cards->seed, PURPOSE_SHOT, (uint64_t)shot), cards->index,
                  LIVE_VARIETY, SHOT_LIVE);
    }
    float entry = since < ENTRY_S ? 1 - since / ENTRY_S : 0;
    uint64_t microsecond = (uint64_t)(time * 1e6);
    scene_take(cards->scene, since, 1 - 0.1f * entry * entry,
               derive(cards->seed, PURPOSE_NOISE, microsecond), rgb);
    return cards->index;
}

void cards_picture(uint64_t seed, int index, int width, int height, uint8_t *rgb)
{
    struct scene *scene = scene_new(width, height);
    if (!scene) { /* a grey picture is better than none to a trainer that has no memory left */
        memset(rgb, 128, 3 * (size_t)width * (size_t)height);
        return;
    }
    struct chance chance = chance_seed(seed, PURPOSE_PICTURE);
    uint64_t scene_seed = chance_bits(&chance), noise_seed = chance_bits(&chance);
    float variety = chance_between(&chance, 0.2f, 1), time_s = chance_between(&chance, 0, 8);
    scene_set(scene, scene_seed, index, variety, SHOT_TRAINING);
    scene_take(scene, time_s, 1, noise_seed, rgb);
    free(scene);
}

int cards_write_sheet(FILE *file)
{
    return sheet_write(file);
}
