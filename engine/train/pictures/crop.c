#include "crop.h"

#include <math.h>

struct mn_box mn_box_centre(int width, int height)
{
    double side = width < height ? width : height;
    return (struct mn_box){(width - side) / 2, (height - side) / 2, side, side, false, false};
}

struct mn_box mn_box_moved(struct mn_random *random, int pad, int width, int height)
{
    struct mn_box box = mn_box_centre(width, height);
    box.left += mn_random_below(random, 2 * pad + 1) - pad;
    box.top += mn_random_below(random, 2 * pad + 1) - pad;
    return box;
}

struct mn_box mn_box_resized(struct mn_random *random, const double scale[2], const double ratio[2],
                             int width, int height)
{
    for (int i = 0; i < 10; i++) {
        double area = mn_random_between(random, scale[0], scale[1]) * width * height;
        double aspect = exp(mn_random_between(random, log(ratio[0]), log(ratio[1])));
        double w = sqrt(area * aspect), h = sqrt(area / aspect);
        if (w > width || h > height)
            continue;
        double left = mn_random_between(random, 0, width - w);
        double top = mn_random_between(random, 0, height - h);
        return (struct mn_box){left, top, w, h, false, false};
    }
    return mn_box_centre(width, height);
}
