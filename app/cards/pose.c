#include "pose.h"

#include "chance.h"

struct matrix {
    float m[3][3];
};

/* Columns 0 and 1: the card's axes in the camera's frame (x right, y down, z away); column 2: the
 * normal. First roll in the plane, then pitch about the x axis, then yaw about the y axis. */
static struct matrix rotation(const struct pose *pose)
{
    float cr = chance_cosine(pose->roll), sr = chance_sine(pose->roll);
    float cp = chance_cosine(pose->pitch), sp = chance_sine(pose->pitch);
    float cy = chance_cosine(pose->yaw), sy = chance_sine(pose->yaw);
    return (struct matrix){{
        {cy * cr + sy * sp * sr, -cy * sr + sy * sp * cr, sy * cp},
        {cp * sr, cp * cr, -sp},
        {-sy * cr + cy * sp * sr, sy * sr + cy * sp * cr, cy * cp},
    }};
}

/* The homography from the card's plane (u, v, 1) to the picture (x w, y w, w): Hartley and
 * Zisserman, "Multiple View Geometry", 2nd edition, section 8.1. */
static struct matrix forward(const struct pose *pose, const struct matrix *turn, int width,
                             int height)
{
    float focal = 1.2f * (float)(width > height ? width : height); /* px: a usual webcam's */
    float cx = 0.5f * (float)width, cy = 0.5f * (float)height;
    float z = focal / pose->side_px;
    float place[3] = {(pose->x_px - cx) * z / focal, (pose->y_px - cy) * z / focal, z};
    struct matrix h;
    for (int j = 0; j < 3; j++) {
        float x = j < 2 ? turn->m[0][j] : place[0], y = j < 2 ? turn->m[1][j] : place[1];
        float w = j < 2 ? turn->m[2][j] : place[2];
        h.m[0][j] = focal * x + cx * w;
        h.m[1][j] = focal * y + cy * w;
        h.m[2][j] = w;
    }
    return h;
}

/* Any multiple of the inverse will do; this one keeps the sign of w. */
static void invert(const struct matrix *h, float inverse[3][3])
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            int a = (i + 1) % 3, b = (i + 2) % 3, c = (j + 1) % 3, d = (j + 2) % 3;
            inverse[j][i] = h->m[a][c] * h->m[b][d] - h->m[a][d] * h->m[b][c];
        }
    float determinant =
        h->m[0][0] * inverse[0][0] + h->m[0][1] * inverse[1][0] + h->m[0][2] * inverse[2][0];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            inverse[i][j] /= determinant;
}

static int clamp(float value, int high)
{
    return value < 0 ? 0 : value > (float)high ? high : (int)value;
}

static void bound(struct pose_map *map, const struct matrix *h, int width, int height)
{
    float left = (float)width, right = 0, top = (float)height, bottom = 0;
    for (int i = 0; i < 4; i++) {
        float u = i & 1 ? 0.5f : -0.5f, v = i & 2 ? 0.5f : -0.5f;
        float w = h->m[2][0] * u + h->m[2][1] * v + h->m[2][2];
        if (w < 0.05f) {
            left = top = 0;
            right = (float)width, bottom = (float)height;
            break;
        }
        float x = (h->m[0][0] * u + h->m[0][1] * v + h->m[0][2]) / w;
        float y = (h->m[1][0] * u + h->m[1][1] * v + h->m[1][2]) / w;
        left = x < left ? x : left;
        right = x > right ? x : right;
        top = y < top ? y : top;
        bottom = y > bottom ? y : bottom;
    }
    map->left = clamp(left, width);
    map->right = clamp(right + 1, width);
    map->top = clamp(top, height);
    map->bottom = clamp(bottom + 1, height);
}

struct pose_map pose_project(const struct pose *pose, int width, int height)
{
    struct matrix turn = rotation(pose);
    struct matrix h = forward(pose, &turn, width, height);
    struct pose_map map;
    invert(&h, map.m);
    bound(&map, &h, width, height);
    /* the light comes from above and a little from the left; the normal towards the camera is -z */
    float facing = 0.25f * turn.m[0][2] + 0.45f * turn.m[1][2] + 0.857f * turn.m[2][2];
    map.facing = facing > 0 ? facing : 0;
    return map;
}
