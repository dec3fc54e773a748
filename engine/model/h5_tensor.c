#ifdef MN_HAVE_HDF5

#include "h5_tensor.h"

#include <stdio.h>
#include <string.h>

enum { MAX_SCOPES = 3 /* groups between a layer and its tensors */ };

static bool is_hard_link(hid_t group, const char *name)
{
    H5L_info_t info;
    return H5Lexists(group, name, H5P_DEFAULT) > 0 &&
           H5Lget_info(group, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

hid_t mn_h5_open_group(hid_t parent, const char *name)
{
    if (!is_hard_link(parent, name))
        return H5I_INVALID_HID;
    hid_t object = H5Oopen(parent, name, H5P_DEFAULT);
    if (object >= 0 && H5Iget_type(object) == H5I_GROUP)
        return object;
    if (object >= 0)
        H5Oclose(object);
    return H5I_INVALID_HID;
}

/* The first thing in a group, which is the scope that the tensors are in. */
static hid_t open_first_group(hid_t parent)
{
    char name[128];
    ssize_t length = H5Lget_name_by_idx(parent, ".", H5_INDEX_NAME, H5_ITER_INC, 0, name,
                                        sizeof name, H5P_DEFAULT);
    return length > 0 && length < (ssize_t)sizeof name ? mn_h5_open_group(parent, name)
                                                       : H5I_INVALID_HID;
}

/* A dataset "leaf:0" or "leaf" in the group or the scopes in it. */
static hid_t open_leaf(hid_t group, const char *leaf)
{
    char numbered[40];
    snprintf(numbered, sizeof numbered, "%s:0", leaf);
    if (is_hard_link(group, numbered))
        return H5Dopen2(group, numbered, H5P_DEFAULT);
    return is_hard_link(group, leaf) ? H5Dopen2(group, leaf, H5P_DEFAULT) : H5I_INVALID_HID;
}

hid_t mn_h5_open_tensor(hid_t root, const char *layer, const char *leaf)
{
    hid_t tensor = H5I_INVALID_HID, group = mn_h5_open_group(root, layer);
    for (int scope = 0; group >= 0 && tensor < 0 && scope <= MAX_SCOPES; scope++) {
        tensor = open_leaf(group, leaf);
        hid_t next = tensor < 0 ? open_first_group(group) : H5I_INVALID_HID;
        H5Gclose(group);
        group = next;
    }
    if (group >= 0)
        H5Gclose(group);
    return tensor;
}

/* All of its bytes are in this file, as floats. */
static bool is_plain_float(hid_t tensor)
{
    hid_t type = H5Dget_type(tensor), properties = H5Dget_create_plist(tensor);
    bool plain = type >= 0 && properties >= 0 && H5Tget_class(type) == H5T_FLOAT &&
                 H5Tget_size(type) <= 8 && H5Pget_layout(properties) != H5D_VIRTUAL &&
                 H5Pget_external_count(properties) == 0;
    if (type >= 0)
        H5Tclose(type);
    if (properties >= 0)
        H5Pclose(properties);
    return plain;
}

static bool tensor_shape(hid_t tensor, struct mn_shape *shape)
{
    hid_t space = H5Dget_space(tensor);
    hsize_t sizes[MN_MAX_RANK];
    int rank = space >= 0 ? H5Sget_simple_extent_ndims(space) : -1;
    bool valid =
        rank >= 0 && rank <= MN_MAX_RANK && H5Sget_simple_extent_dims(space, sizes, NULL) == rank;
    if (valid) {
        shape->rank = rank;
        for (int i = 0; i < rank; i++)
            shape->size[i] = sizes[i] < INT32_MAX ? (int64_t)sizes[i] : INT32_MAX;
    }
    if (space >= 0)
        H5Sclose(space);
    return valid;
}

enum mn_status mn_h5_find(hid_t root, const char *layer, const char *leaf, hid_t *tensor,
                          struct mn_shape *shape, struct mn_error *error)
{
    *tensor = mn_h5_open_tensor(root, layer, leaf);
    if (*tensor < 0)
        return mn_fail(error, MN_BAD_INPUT,
                       strcmp(layer, "conv_preds") != 0
                           ? "there is no %s/%s: not Keras' MobileNet-V1"
                           : "there is no %s/%s: weights without the classifier (\"no_top\") "
                             "cannot name what is in a picture",
                       layer, leaf);
    if (is_plain_float(*tensor) && tensor_shape(*tensor, shape))
        return MN_OK;
    H5Dclose(*tensor);
    return mn_fail(error, MN_BAD_INPUT, "%s/%s is not a plain array of floats", layer, leaf);
}

enum mn_status mn_h5_read(hid_t root, const char *layer, const char *leaf,
                          const struct mn_shape *expected, float *values, struct mn_error *error)
{
    hid_t tensor;
    struct mn_shape found = {0};
    char name[64];
    if (mn_h5_find(root, layer, leaf, &tensor, &found, error))
        return error->status;
    snprintf(name, sizeof name, "%s/%s", layer, leaf);
    enum mn_status status = mn_shape_check(name, &found, expected, error);
    if (status == MN_OK &&
        H5Dread(tensor, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
        status = mn_fail(error, MN_BAD_INPUT, "%s cannot be read: the file is damaged", name);
    H5Dclose(tensor);
    return status;
}

#else

typedef int mn_h5_left_out; /* a translation unit must not be empty */

#endif
