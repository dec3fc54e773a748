/* The folder that tests of the commands work in. Made by the group's set-up, it holds
 *
 *     tiny.safetensors       a model of six classes
 *
 *     bare/net.safetensors   the same without labels, beside a list that does not fit it
 *
 *     a.png, pictures/b.png  pictures of noise, WORKSPACE_SIDE pixels a side
 *
 *     clip.y4m               WORKSPACE_CLIP_FRAMES frames
 *
 *     empty, cut.png, text   what is none of these */
#ifndef TESTS_WORKSPACE_H
#define TESTS_WORKSPACE_H

#include <jansson.h>

enum { WORKSPACE_SIDE = 64 /* px */, WORKSPACE_CLIP_FRAMES = 7 };

/* For cmocka_run_group_tests(). There is no screen afterwards either. */
int workspace_set_up(void **state);
int workspace_tear_down(void **state);

const char *workspace_folder(void);

/* The path of a file in it; three buffers take turns. */
const char *workspace_path(const char *name);

/* Runs a command line in it; what system() returns. */
int workspace_shell(const char *command);

/* `top` is `count` answers of the tiny model, the likeliest first. */
void workspace_assert_top(const json_t *top, int count);

#endif
