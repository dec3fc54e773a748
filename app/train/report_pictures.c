#include "report.h"

static enum mn_status get(const struct report_pictures *pictures, int index,
                          struct mn_bitmap *bitmap, struct mn_image *image, struct mn_error *error)
{
    return mn_dataset_picture(pictures->dataset, pictures->split, index, bitmap, image, error);
}

static const char *name(const struct report_pictures *pictures, int index)
{
    return mn_dataset_name(pictures->dataset, pictures->split, index);
}

struct report_pictures report_pictures_of(const struct mn_dataset *dataset, enum mn_split split)
{
    return (struct report_pictures){get, name, dataset, split};
}
