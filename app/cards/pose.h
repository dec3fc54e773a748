/* Where a flat card in space appears in the picture of a pinhole camera. */
#ifndef CAMLABEL_CARDS_POSE_H
#define CAMLABEL_CARDS_POSE_H

/* The card's texture is a square in the plane of the card. */
struct pose {
    float side_px;          /* how large that square would be, seen from the front */
    float x_px, y_px;       /* where its centre appears */
    float roll, yaw, pitch; /* turns; all 0: upright, facing the camera */
};

/* From the picture to the plane: u = (m00 x + m01 y + m02) / (m20 x + m21 y + m22), v likewise
 * from row 1, in sides of the square from its centre; the divisor is positive in front of the
 * camera. `facing` is the cosine of the angle between the card's normal and a light above the
 * camera, at least 0. The box holds the square's picture; it is the whole frame where a corner is
 * behind the camera. */
struct pose_map {
    float m[3][3];
    float facing;
    int left, top, right, bottom; /* px, right and bottom exclusive, within the frame */
};

struct pose_map pose_project(const struct pose *pose, int width, int height);

#endif
