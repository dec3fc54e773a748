/* Any bytes as a model file: a model or one line of explanation, never anything else. */
#include <stdlib.h>

#include "../../engine/model/model_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mn_model *model = NULL;
    struct mn_error error = {0};
    enum mn_status status = mn_model_decode(&model, data, size, "fuzz", &error);
    if (status == MN_OK)
        mn_model_free(model);
    else if (status != error.status || !error.message[0])
        abort();
    return 0;
}
