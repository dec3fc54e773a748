/* timm's mobilenetv1_* files: a bare state_dict in safetensors. What the file leaves out is fixed
 * by timm 1.0's source, models/efficientnet.py, _gen_mobilenet_v1: ReLU6, padding=1 on both sides,
 * batch norm epsilon 1e-5, channels rounded to multiples of 8, 224 pixels, mean = std = 0.5, and a
 * centre crop of 0.875 (0.9 for mobilenetv1_125). Its bicubic resize is bilinear here. */
#ifndef MN_TIMM_H
#define MN_TIMM_H

#include "model.h"
#include "safetensors.h"

/* On MN_OK *model is the caller's. Errors: MN_BAD_INPUT names the tensor that does not fit;
 * MN_FAILED for memory and reading. */
enum mn_status mn_timm_read(struct mn_model **model, const struct mn_safetensors *file,
                            struct mn_error *error);

#endif
