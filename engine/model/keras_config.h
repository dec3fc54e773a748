/* The description of the network that a whole Keras model carries beside its weights: the JSON in
 * the attribute model_config. Files of weights alone have none, and Keras' own MobileNet is
 * assumed.
 */
#ifndef MN_KERAS_CONFIG_H
#define MN_KERAS_CONFIG_H

#include <stddef.h>

#include "../network.h"

struct mn_keras_config {
    int resolution; /* 0 if not said */
    enum mn_activation activation;
    enum mn_padding padding;
    double norm_epsilon;
};

/* ReLU6, SAME, 1e-3, no resolution. */
struct mn_keras_config mn_keras_config_default(void);

/* Replaces what the JSON says. Errors: MN_BAD_INPUT names a layer that MobileNet-V1 does not have.
 */
enum mn_status mn_keras_config_read(struct mn_keras_config *config, const char *json, size_t length,
                                    struct mn_error *error);

/* The resolution in a file name such as mobilenet_2_5_128_tf.h5: the last number between '_', '-'
 * or '.' that can be one. 0 if there is none. */
int mn_keras_name_resolution(const char *name);

#endif
