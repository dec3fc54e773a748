/* Coordinates run from 0 to 100, y downwards. Each picture has a dark outline of one width, a flat
 * colour, one shade and one highlight, so that it reads from afar and in bad light. */
#include "pictogram.h"

#include <stddef.h>

#define NONE PICTOGRAM_NONE

enum {
    DARK = 0x2d2a3e, /* outlines */
    WHITE = 0xffffff,
    OUTLINE = 30, /* their width, in tenths */
};

static const struct pictogram_shape BANANA[] = {
    {0x8a5a2b, DARK, OUTLINE, "M 66 17 L 62 6 L 75 3 L 79 15 Z"},
    {0xffd93b, DARK, OUTLINE,
     "M 64 15 C 65 27 62 38 56 47 C 46 61 31 68 12 68 C 5 68 3 75 7 80 C 19 94 44 97 64 84 "
     "C 88 68 91 36 80 13 C 76 10 68 10 64 15 Z"},
    {0xf2b01e, NONE, 0,
     "M 82 22 C 88 44 84 68 63 82 C 45 94 21 91 9 79 C 28 86 47 83 60 73 C 75 61 81 42 78 16 Z"},
    {NONE, 0xc98a12, 22, "M 72 18 C 75 38 69 56 55 66 C 43 74 28 77 12 74"},
    {NONE, 0xfff3b0, 30, "M 66 32 C 64 42 59 50 52 56"},
    {0x5b3a1e, NONE, 0, "M 11 69 C 5 69 4 75 8 80 C 12 80 14 73 11 69 Z"},
};

static const struct pictogram_shape BOAT[] = {
    {NONE, DARK, 60, "M 48 8 L 48 68"},
    {0xe63946, DARK, 22, "M 49 5 L 66 11 L 49 17 Z"},
    {0xf8f4e3, DARK, OUTLINE, "M 55 20 C 74 30 86 46 89 60 L 55 60 Z"},
    {0x56b4e9, NONE, 0, "M 56.5 38 L 76 38 C 79 41.5 81.5 45.5 83.5 50 L 56.5 50 Z"},
    {0xffb703, DARK, OUTLINE, "M 41 24 C 36 40 26 52 12 60 L 41 60 Z"},
    {0x1d5fa8, DARK, OUTLINE, "M 5 67 L 95 67 C 93 80 85 90 74 90 L 27 90 C 16 90 8 80 5 67 Z"},
    {WHITE, NONE, 0, "M 7 70 L 93 70 L 91.5 75 L 8.5 75 Z"},
    {0x17487f, NONE, 0,
     "M 14 84 L 86 84 C 83 87 79 88.5 74 88.5 L 27 88.5 C 22 88.5 17 87 14 84 Z"},
    {NONE, 0x2fa4d8, 45,
     "M 3 94 C 9 88 15 88 21 94 C 27 99 33 99 40 94 C 46 88 53 88 60 94 C 66 99 73 99 79 94 "
     "C 85 88 91 88 97 94"},
};

static const struct pictogram_shape CAR[] = {
    {0x2fb6a8, DARK, OUTLINE,
     "M 3 66 C 3 55 8 50 17 48 L 25 46 L 36 29 C 39 25 42 23 47 23 L 66 23 C 71 23 74 25 77 29 "
     "L 87 45 C 94 47 97 52 97 60 L 97 68 C 97 72 95 74 91 74 L 9 74 C 5 74 3 71 3 66 Z"},
    {0x1e8c83, NONE, 0,
     "M 4.5 63 L 95.5 63 L 95.5 68 C 95.5 71 94 72.5 91 72.5 L 9 72.5 C 6 72.5 4.5 70 4.5 66 Z"},
    {0xcfeefc, DARK, 24, "M 33 46 L 42 32 C 43 30 45 29 47 29 L 54 29 L 54 46 Z"},
    {0xcfeefc, DARK, 24, "M 60 29 L 66 29 C 69 29 70 30 72 32 L 80 46 L 60 46 Z"},
    {NONE, WHITE, 25, "M 40 43 L 47 33"},
    {NONE, WHITE, 25, "M 66 43 L 64 35"},
    {NONE, DARK, 25, "M 62 53 L 69 53"},
    {0xffd166, DARK, 22, "M 4 56 A 5 4 0 0 1 14 56 A 5 4 0 0 1 4 56 Z"},
    {0xe63946, DARK, 22, "M 92 53 L 97 53 L 97 61 L 92 61 Z"},
    {0x3a3850, DARK, OUTLINE, "M 13 74 A 13 13 0 0 1 39 74 A 13 13 0 0 1 13 74 Z"},
    {0xd9dce3, NONE, 0, "M 19.5 74 A 6.5 6.5 0 0 1 32.5 74 A 6.5 6.5 0 0 1 19.5 74 Z"},
    {0x3a3850, DARK, OUTLINE, "M 62 74 A 13 13 0 0 1 88 74 A 13 13 0 0 1 62 74 Z"},
    {0xd9dce3, NONE, 0, "M 68.5 74 A 6.5 6.5 0 0 1 81.5 74 A 6.5 6.5 0 0 1 68.5 74 Z"},
};

static const struct pictogram_shape CUP[] = {
    {NONE, 0xa9b4c2, 42, "M 31 25 C 23 18 38 12 30 4"},
    {NONE, 0xa9b4c2, 42, "M 45 23 C 37 16 52 10 44 2"},
    {NONE, 0xa9b4c2, 42, "M 59 25 C 51 18 66 12 58 4"},
    {NONE, DARK, 130, "M 70 48 C 95 42 95 76 66 76"},
    {NONE, 0x3f7fd9, 70, "M 70 48 C 95 42 95 76 66 76"},
    {0x4b8fe8, DARK, OUTLINE,
     "M 12 37 L 76 37 L 72 84 C 71 92 65 96 58 96 L 30 96 C 23 96 17 92 16 84 Z"},
    {0x2f69bd, NONE, 0,
     "M 61 39 L 74.4 39 L 70.6 84 C 69.8 91 64 94.5 58 94.5 L 48 94.5 C 56 91 60 75 61 39 Z"},
    {WHITE, NONE, 0, "M 14.6 56 L 73 56 L 72 68 L 15.6 68 Z"},
    {0xdce6f5, NONE, 0, "M 60.4 56 L 73 56 L 72 68 L 59 68 Z"},
    {0xf7f9fc, DARK, OUTLINE, "M 12 37 A 32 9 0 0 1 76 37 A 32 9 0 0 1 12 37 Z"},
    {0x6b4226, NONE, 0, "M 17.5 38 A 26.5 6 0 0 1 70.5 38 A 26.5 6 0 0 1 17.5 38 Z"},
};

static const struct pictogram_shape FISH[] = {
    {0xf25c05, DARK, OUTLINE, "M 32 33 C 38 14 56 12 70 18 C 64 24 63 30 64 38 Z"},
    {0xf25c05, DARK, OUTLINE, "M 42 70 C 44 82 52 88 62 87 C 59 80 60 74 60 68 Z"},
    {0xf25c05, DARK, OUTLINE,
     "M 70 52 C 78 46 86 36 96 30 C 92 44 92 60 96 76 C 86 70 78 60 70 54 Z"},
    {0xff8c1a, DARK, OUTLINE,
     "M 4 54 C 16 32 34 26 48 28 C 62 30 72 42 78 53 C 72 64 62 75 48 78 C 34 80 16 74 4 54 Z"},
    {WHITE, DARK, 22,
     "M 33 29.5 C 39 44 39 62 33 76.5 C 37 78 41 78.5 45 78 C 51 62 51 44 45 28 C 41 28 37 28.5 33 "
     "29.5 Z"},
    {WHITE, DARK, 22,
     "M 60 33 C 63 46 63 60 60 73 C 63 71 66 68.5 68.5 66 C 70 57 70 48 68.5 40.5 C 66 37.5 63 35 "
     "60 33 Z"},
    {0xf25c05, DARK, 22, "M 50 52 C 58 50 62 54 61 62 C 54 63 50 58 50 52 Z"},
    {WHITE, DARK, 22, "M 15 48 A 6 6 0 0 1 27 48 A 6 6 0 0 1 15 48 Z"},
    {DARK, NONE, 0, "M 17 48.5 A 3 3 0 0 1 23 48.5 A 3 3 0 0 1 17 48.5 Z"},
    {NONE, DARK, 24, "M 9 59 C 13 62 17 62 20 60"},
    {0xbfe6ff, 0x2f8fcf, 22, "M 3 30 A 4 4 0 0 1 11 30 A 4 4 0 0 1 3 30 Z"},
    {0xbfe6ff, 0x2f8fcf, 22, "M 12 17 A 5.5 5.5 0 0 1 23 17 A 5.5 5.5 0 0 1 12 17 Z"},
};

static const struct pictogram_shape HEART[] = {
    {0xe8273f, DARK, OUTLINE,
     "M 50 93 C 22 72 4 55 4 33 C 4 18 15 8 28 8 C 38 8 46 14 50 23 C 54 14 62 8 72 8 "
     "C 85 8 96 18 96 33 C 96 55 78 72 50 93 Z"},
    {0xb8152f, NONE, 0,
     "M 50 91 C 77 71 94.5 54 94.5 33 C 94.5 24 90 16 83 12.5 C 88 40 76 66 38 82.5 Z"},
    {NONE, 0xff9fae, 60, "M 16 36 C 15 27 20 20 28 19"},
    {0xff9fae, NONE, 0, "M 14 47 A 3.5 3.5 0 0 1 21 47 A 3.5 3.5 0 0 1 14 47 Z"},
};

static const struct pictogram_shape HOUSE[] = {
    {0x9c4a3a, DARK, OUTLINE, "M 68 12 L 81 12 L 81 40 L 68 30 Z"},
    {0xffe9c7, DARK, OUTLINE, "M 15 46 L 50 16 L 85 46 L 85 94 L 15 94 Z"},
    {0xeccb9b, NONE, 0, "M 16.5 50 L 50 22 L 83.5 50 L 83.5 57 L 50 30 L 16.5 57 Z"},
    {0xc8553d, DARK, OUTLINE, "M 50 5 L 98 47 L 91 55 L 50 20 L 9 55 L 2 47 Z"},
    {0xbfe3ff, DARK, 24, "M 43 41 A 7 7 0 0 1 57 41 A 7 7 0 0 1 43 41 Z"},
    {0x7b4b2a, DARK, 26, "M 41 94 L 41 64 C 41 58 59 58 59 64 L 59 94 Z"},
    {0xffd166, NONE, 0, "M 52 79 A 2.4 2.4 0 0 1 56.8 79 A 2.4 2.4 0 0 1 52 79 Z"},
    {0xbfe3ff, DARK, 24, "M 21 63 L 35 63 L 35 79 L 21 79 Z"},
    {0xbfe3ff, DARK, 24, "M 65 63 L 79 63 L 79 79 L 65 79 Z"},
    {NONE, DARK, 18, "M 28 63 L 28 79 M 21 71 L 35 71"},
    {NONE, DARK, 18, "M 72 63 L 72 79 M 65 71 L 79 71"},
    {0x5aa845, DARK, 24, "M 2 95 C 2 85 10 83 14 88 C 18 84 26 87 25 95 Z"},
    {0x5aa845, DARK, 24, "M 75 95 C 74 87 82 84 86 88 C 90 83 98 85 98 95 Z"},
};

static const struct pictogram_shape KEY[] = {
    {0xf4b72f, DARK, OUTLINE,
     "M 39.7 32 L 92.1 84.3 L 91.7 91.7 L 84.3 92.1 L 80.8 88.5 L 71.2 98.1 L 64.1 91 "
     "L 69.8 85.4 L 65.6 81.1 L 62 84.6 L 54.9 77.6 L 62.4 70.2 L 32 39.7 Z"},
    {NONE, 0xc98512, 28, "M 41 45 L 85.5 89"},
    {NONE, 0xffe7a0, 24, "M 46 42.5 L 86 82.5"},
    {0xf4b72f, DARK, OUTLINE,
     "M 2 25 A 24 24 0 0 1 50 25 A 24 24 0 0 1 2 25 Z "
     "M 12 21 C 12 26 16 30 21 30 C 26 30 30 26 30 21 C 30 16 26 12 21 12 C 16 12 12 16 12 21 Z"},
    {0xd99a1c, NONE, 0,
     "M 47.5 20 C 50 35 40 48 25 47.5 C 17 47.5 10 43.5 6.5 38 C 20 46 42 42 47.5 20 Z"},
    {NONE, 0xffe7a0, 30, "M 8 22 C 9 14 15 9 22 8"},
};

static const struct pictogram_shape MUSHROOM[] = {
    {0x7cb342, DARK, 24,
     "M 10 96 L 18 82 L 24 91 L 30 80 L 38 93 L 62 93 L 70 80 L 76 91 L 82 82 L 90 96 Z"},
    {0xfff2dc, DARK, OUTLINE,
     "M 35 54 C 36 68 33 78 30 86 C 29 93 36 96 50 96 C 64 96 71 93 70 86 C 67 78 64 68 65 54 Z"},
    {0xe3cda4, NONE, 0,
     "M 54 60 L 64 60 C 63.5 70 66 79 68.5 86 C 69.5 92 63 94.5 50 94.5 C 58 90 57 74 54 60 Z"},
    {0xe23b3b, DARK, OUTLINE,
     "M 3 52 C 3 24 24 5 50 5 C 76 5 97 24 97 52 C 97 60 90 64 80 64 L 20 64 C 10 64 3 60 3 52 Z"},
    {0xb92530, NONE, 0,
     "M 95.5 50 C 95.5 59 89 62.5 80 62.5 L 20 62.5 C 11 62.5 5 59 4.6 53 C 30 62 80 60 90 30 "
     "C 93.5 36 95.5 43 95.5 50 Z"},
    {WHITE, NONE, 0, "M 40 24 A 12 10 0 0 1 64 24 A 12 10 0 0 1 40 24 Z"},
    {WHITE, NONE, 0, "M 14 39 A 9 9 0 0 1 32 39 A 9 9 0 0 1 14 39 Z"},
    {WHITE, NONE, 0, "M 42 48 A 8 6.5 0 0 1 58 48 A 8 6.5 0 0 1 42 48 Z"},
    {WHITE, NONE, 0, "M 69 43 A 8.5 8.5 0 0 1 86 43 A 8.5 8.5 0 0 1 69 43 Z"},
    {WHITE, NONE, 0, "M 26 18 A 5 4.5 0 0 1 36 18 A 5 4.5 0 0 1 26 18 Z"},
};

static const struct pictogram_shape STAR[] = {
    {0xffd23f, DARK, 40,
     "M 50 5 L 63.2 36 L 96.5 39 L 71.5 61 L 79 94 L 50 76.5 L 21 94 L 28.5 61 L 3.5 39 "
     "L 36.8 36 Z"},
    {0xf5a800, NONE, 0, "M 50 54 L 50 8 L 62 37.4 Z"},
    {0xf5a800, NONE, 0, "M 50 54 L 92.5 40.2 L 69.8 60.3 Z"},
    {0xf5a800, NONE, 0, "M 50 54 L 77 91 L 50 74.5 Z"},
    {0xf5a800, NONE, 0, "M 50 54 L 23 91 L 30.2 60.3 Z"},
    {0xf5a800, NONE, 0, "M 50 54 L 7.5 40.2 L 38 37.4 Z"},
    {NONE, 0xfff6cf, 26, "M 46 22 L 40.5 36"},
};

static const struct pictogram_shape TREE[] = {
    {0x8a5a33, DARK, OUTLINE,
     "M 43 56 L 43 82 C 43 90 37 93 31 96 L 71 96 C 64 93 59 90 59 82 L 59 56 Z"},
    {0x6a4123, NONE, 0, "M 52 60 L 57.5 60 L 57.5 82 C 57.5 89 61 92 65 94.5 L 52 94.5 Z"},
    {0x3fa34d, DARK, OUTLINE,
     "M 24 68 C 10 68 3 59 4 49 C 5 41 10 36 16 34 C 15 20 25 11 36 12 C 40 5 50 2 58 5 "
     "C 66 7 71 12 72 18 C 83 19 89 27 87 36 C 94 39 98 46 96 54 C 94 63 86 68 76 68 "
     "C 70 73 58 73 52 68 C 44 73 31 73 24 68 Z"},
    {0x2c7d3b, NONE, 0,
     "M 24 66.5 C 15 66.5 8 62 6 55 C 20 63 34 60 42 55 C 54 63 84 60 85.5 37.5 "
     "C 92 40 96 47 94.6 54 C 93 62 85 66.5 76 66.5 C 69 71.5 58 71 52 66.5 C 44 71.5 31 71 24 "
     "66.5 Z"},
    {NONE, 0x9ad38a, 34, "M 24 31 C 25 24 30 20 37 20"},
    {NONE, 0x9ad38a, 34, "M 49 13 C 53 12 57 13 60 15"},
    {0xe63946, NONE, 0, "M 25 44 A 4.5 4.5 0 0 1 34 44 A 4.5 4.5 0 0 1 25 44 Z"},
    {0xe63946, NONE, 0, "M 48 34 A 4.5 4.5 0 0 1 57 34 A 4.5 4.5 0 0 1 48 34 Z"},
    {0xe63946, NONE, 0, "M 69 42 A 4.5 4.5 0 0 1 78 42 A 4.5 4.5 0 0 1 69 42 Z"},
    {0xe63946, NONE, 0, "M 47 57 A 4.5 4.5 0 0 1 56 57 A 4.5 4.5 0 0 1 47 57 Z"},
};

static const struct pictogram_shape UMBRELLA[] = {
    {NONE, DARK, 85, "M 50 40 L 50 84 C 50 96 32 96 32 84"},
    {NONE, 0xb0723c, 40, "M 50 40 L 50 84 C 50 96 32 96 32 84"},
    {NONE, DARK, 60, "M 50 4 L 50 12"},
    {0x8e44ad, DARK, OUTLINE,
     "M 3 55 C 5 28 26 10 50 10 C 74 10 95 28 97 55 C 90 46 78 46 71 55 C 64 46 57 46 50 55 "
     "C 43 46 36 46 29 55 C 22 46 10 46 3 55 Z"},
    {0xc58be0, DARK, 22,
     "M 50 10 C 38 20 30 36 29 55 C 36 46 43 46 50 55 C 57 46 64 46 71 55 C 70 36 62 20 50 10 Z"},
    {0x8e44ad, DARK, 22,
     "M 50 10 C 49.9 26 49.9 40 50 55 C 57 46 64 46 71 55 C 70 36 62 20 50 10 Z"},
    {0xc58be0, DARK, 22, "M 50 10 C 62 20 70 36 71 55 C 78 46 90 46 97 55 C 95 28 74 10 50 10 Z"},
    {NONE, 0xe9d0f5, 30, "M 14 37 C 18 29 23 24 29 20"},
};

#define PICTOGRAM(name, shapes)                                                                    \
    {                                                                                              \
        name, (int)(sizeof(shapes) / sizeof(shapes)[0]), shapes                                    \
    }

static const struct pictogram PICTOGRAMS[PICTOGRAM_COUNT] = {
    PICTOGRAM("banana", BANANA), PICTOGRAM("boat", BOAT), PICTOGRAM("car", CAR),
    PICTOGRAM("cup", CUP),       PICTOGRAM("fish", FISH), PICTOGRAM("heart", HEART),
    PICTOGRAM("house", HOUSE),   PICTOGRAM("key", KEY),   PICTOGRAM("mushroom", MUSHROOM),
    PICTOGRAM("star", STAR),     PICTOGRAM("tree", TREE), PICTOGRAM("umbrella", UMBRELLA),
};

const struct pictogram *pictogram_at(int index)
{
    return &PICTOGRAMS[index];
}
