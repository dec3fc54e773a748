/* Any bytes as a label list: whatever is taken is clean text. */
#include <stdlib.h>
#include <string.h>

#include "../../engine/model/labels.h"
#include "../../engine/model/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mn_labels labels;
    struct mn_error error = {0};
    if (mn_labels_decode(&labels, data, size, &error))
        return 0;
    for (int i = 0; i < labels.count; i++)
        if (!labels.text[i][0] || !mn_text_is_clean(labels.text[i], strlen(labels.text[i])))
            abort();
    mn_labels_free(&labels);
    return 0;
}
