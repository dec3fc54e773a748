/* The smallest network there is, for tests that need a model file and nobody's data. */
#ifndef TESTS_TINY_MODEL_H
#define TESTS_TINY_MODEL_H

enum { TINY_CLASSES = 6, TINY_RESOLUTION = 32 };

extern char *const tiny_labels[TINY_CLASSES];

/* Writes it as safetensors, labels included. Returns 0, or -1 with a message on standard error. */
int tiny_model_write(const char *path);

#endif
