/* A model in memory: a network, its parameters, and how to feed and read it. Loaders fill it, the
 * engine folds and packs it, the trainer writes it. */
#ifndef MN_MODEL_H
#define MN_MODEL_H

#include <stdbool.h>

#include "../base/error.h"
#include "../image/preprocess.h"
#include "../network.h"
#include "numbers.h"

/* Parameters of one layer, float32. Layouts are PyTorch's, row-major:
 * conv [out][in][3][3], depthwise [channels][1][3][3], pointwise [out][in][1][1], linear
 * [classes][in]. Either bias is there and the batch norm is not (NULL), or the other way round;
 * linear has bias. Pool has nothing. */
struct mn_parameters {
    float *weight;                         /* NULL where it stays in the model's file: */
    struct mn_numbers stored;              /* there */
    float *bias;                           /* [out] */
    float *gamma, *beta, *mean, *variance; /* batch norm, each [out] */
};

/* A known answer, by which a file can be verified after a copy or on another machine; see golden.h.
 */
struct mn_known_answer {
    float *logits;           /* [classes], owned by the model; NULL: the file has none */
    uint32_t input_checksum; /* of the input tensor that they belong to */
};

struct mn_model {
    struct mn_network network;
    struct mn_parameters parameters[MN_MAX_LAYERS]; /* by layer index */
    double norm_epsilon;                            /* of every batch norm */
    struct mn_preprocessing preprocessing;
    char **labels;   /* [network.spec.classes], UTF-8; NULL if the model has none */
    bool background; /* class 0 means "none of the others" (1001-class ImageNet models) */
    char *name;      /* short name to show: the file's name without folder and ending */
    char *origin;    /* where the weights come from, one line; never NULL */
    struct mn_known_answer known_answer;
    double unknown_below; /* probability of the likeliest class below which the answer is that it is
                             none of them, 0 … 1; 0: there is always an answer */
    char *recipe;    /* how it was trained, lines of "name = value"; never NULL, empty: not known */
    char *measured;  /* what accuracy is, one line: "0.9412 top-1 of 10000 test images at 64 px";
                        never NULL, empty: nobody has measured */
    double accuracy; /* fraction of pictures whose likeliest class is theirs, 0 … 1 */
    float *storage;  /* one block that all parameters point into */
    int file;        /* own descriptor of the file that has the weights; -1: storage has them */
    bool half;       /* the weights are float16's, and are written so: see half.h */
};

/* A model with all parameters allocated (zero): batch norm where `normed`, else biases.
 * preprocessing is 0.875 crop and mean = std = 0.5; no labels; name and origin empty. NULL when
 * memory runs out. */
struct mn_model *mn_model_new(const struct mn_network *network, bool normed);

/* The same with the weights, which are nearly all of a model, left in an open file, so that memory
 * holds them once: as the engine packs them. For each layer the caller fills `stored` from
 * model->file, which is a duplicate of `file`. NULL also when descriptors run out. */
struct mn_model *mn_model_new_in_file(const struct mn_network *network, bool normed, int file);
void mn_model_free(struct mn_model *model); /* NULL is fine */

/* Replaces the labels by a copy. Errors: MN_BAD_INPUT if count is not the class count. */
enum mn_status mn_model_set_labels(struct mn_model *model, char *const *labels, int count,
                                   struct mn_error *error);

/* Weights and biases of `count` output channels of a layer from `first` on, with the batch norm
 * folded in: w * gamma / sqrt(variance + epsilon), and so on, computed in double. The weights are
 * in the layout above. Where there is no norm: a copy. False if the model's file cannot be read any
 * more, or has become shorter; both are all zeros then. */
bool mn_model_fold(const struct mn_model *model, int layer, int first, int count, float *weight,
                   float *bias);

enum { MN_LABEL_NUMBER = 24 }; /* bytes of "class 7" */

/* The label of a class, or "class 7" written into `buffer` where labels is NULL. */
const char *mn_label_of(char *const *labels, int index, char buffer[MN_LABEL_NUMBER]);

#endif
