/* TensorFlow Lite files of MobileNet-V1, float or per-tensor quantised uint8, as float models.
 *
 * The graph is walked from its input, tensor by tensor, and must be the network of network.h layer
 * by layer; anything else is refused by the operator's number and name. Around the layers may
 * stand what changes no value: QUANTIZE, DEQUANTIZE, RESHAPE, SQUEEZE, and SOFTMAX at the end. */
#ifndef MN_TFLITE_H
#define MN_TFLITE_H

#include <stdbool.h>

#include "model.h"

bool mn_tflite_sniff(const uint8_t *head, size_t head_size);

/* On MN_OK *model is the caller's. Errors: MN_BAD_INPUT names what does not fit; MN_FAILED
 * for memory. */
enum mn_status mn_tflite_read(struct mn_model **model, const uint8_t *data, size_t size,
                              struct mn_error *error);

#endif
