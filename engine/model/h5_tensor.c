#ifdef MN_HAVE_HDF5

#include "h5_tensor.h"

#include <stdio.h>
#include <string.h>

enum { MAX_SCOPES = 3 /* groups between a layer and its tensors */ };

static bool is_hard_link(const struct mn_h5 *h5, hid_t group, const char *name)
{
    H5L_info_t info;
    return h5->Lexists(group, name, H5P_DEFAULT) > 0 &&
           h5->Lget_info(group, name, &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
}

hid_t mn_h5_open_group(const struct mn_h5 *h5, hid_t parent, const char *name)
{
    if (!is_hard_link(h5, parent, name))
        return H5I_INVALID_HID;
    hid_t object = h5->Oopen(parent, name, H5P_DEFAULT);
    if (object >= 0 && h5->Iget_type(object) == H5I_GROUP)
        return object;
    if (object >= 0)
        h5->Oclose(object);
    return H5I_INVALID_HID;
}

/* The first thing in a group, which is the scope that the tensors are in. */
static hid_t open_first_group(const struct mn_h5 *h5, hid_t parent)
{
    char name[128];
    ssize_t length = h5->Lget_name_by_idx(parent, ".", H5_INDEX_NAME, H5_ITER_INC, 0, name,
                                          sizeof name, H5P_DEFAULT);
    return length > 0 && length < (ssize_t)sizeof name ? mn_h5_open_group(h5, parent, name)
                                                       : H5I_INVALID_HID;
}

/* A dataset "leaf:0" or "leaf" in the group or the scopes in it. */
static hid_t open_leaf(const struct mn_h5 *h5, hid_t group, const char *leaf)
{
    char numbered[40];
    snprintf(numbered, sizeof numbered, "%s:0", leaf);
    if (is_hard_link(h5, group, numbered))
        return h5->Dopen2(group, numbered, H5P_DEFAULT);
    return is_hard_link(h5, group, leaf) ? h5->Dopen2(group, leaf, H5P_DEFAULT) : H5I_INVALID_HID;
}

hid_t mn_h5_open_tensor(const struct mn_h5 *h5, hid_t root, const char *layer, const char *leaf)
{
    hid_t tensor = H5I_INVALID_HID, group = mn_h5_open_group(h5, root, layer);
    for (int scope = 0; group >= 0 && tensor < 0 && scope <= MAX_SCOPES; scope++) {
        tensor = open_leaf(h5, group, leaf);
        hid_t next = tensor < 0 ? open_first_group(h5, group) : H5I_INVALID_HID;
        h5->Gclose(group);
        group = next;
    }
    if (group >= 0)
        h5->Gclose(group);
    return tensor;
}

/* All of its bytes are in this file, as floats. */
static bool is_plain_float(const struct mn_h5 *h5, hid_t tensor)
{
    hid_t type = h5->Dget_type(tensor), properties = h5->Dget_create_plist(tensor);
    bool plain = type >= 0 && properties >= 0 && h5->Tget_class(type) == H5T_FLOAT &&
                 h5->Tget_size(type) <= 8 && h5->Pget_layout(properties) != H5D_VIRTUAL &&
                 h5->Pget_external_count(properties) == 0;
    if (type >= 0)
        h5->Tclose(type);
    if (properties >= 0)
        h5->Pclose(properties);
    return plain;
}

static bool tensor_shape(const struct mn_h5 *h5, hid_t tensor, struct mn_shape *shape)
{
    hid_t space = h5->Dget_space(tensor);
    hsize_t sizes[MN_MAX_RANK];
    int rank = space >= 0 ? h5->Sget_simple_extent_ndims(space) : -1;
    bool valid =
        rank >= 0 && rank <= MN_MAX_RANK && h5->Sget_simple_extent_dims(space, sizes, NULL) == rank;
    if (valid) {
        shape->rank = rank;
        for (int i = 0; i < rank; i++)
            shape->size[i] = sizes[i] < INT32_MAX ? (int64_t)sizes[i] : INT32_MAX;
    }
    if (space >= 0)
        h5->Sclose(space);
    return valid;
}

enum mn_status mn_h5_find(const struct mn_h5 *h5, hid_t root, const char *layer, const char *leaf,
                          hid_t *tensor, struct mn_shape *shape, struct mn_error *error)
{
    *tensor = mn_h5_open_tensor(h5, root, layer, leaf);
    if (*tensor < 0)
        return mn_fail(error, MN_BAD_INPUT,
                       strcmp(layer, "conv_preds") != 0
                           ? "there is no %s/%s: not Keras' MobileNet-V1"
                           : "there is no %s/%s: weights without the classifier (\"no_top\") "
                             "cannot name what is in a picture",
                       layer, leaf);
    if (is_plain_float(h5, *tensor) && tensor_shape(h5, *tensor, shape))
        return MN_OK;
    h5->Dclose(*tensor);
    return mn_fail(error, MN_BAD_INPUT, "%s/%s is not a plain array of floats", layer, leaf);
}

enum mn_status mn_h5_read(const struct mn_h5 *h5, hid_t root, const char *layer, const char *leaf,
                          const struct mn_shape *expected, float *values, struct mn_error *error)
{
    hid_t tensor;
    struct mn_shape found = {0};
    char name[64];
    if (mn_h5_find(h5, root, layer, leaf, &tensor, &found, error))
        return error->status;
    snprintf(name, sizeof name, "%s/%s", layer, leaf);
    enum mn_status status = mn_shape_check(name, &found, expected, error);
    if (status == MN_OK &&
        h5->Dread(tensor, *h5->native_float, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
        status = mn_fail(error, MN_BAD_INPUT, "%s cannot be read: the file is damaged", name);
    h5->Dclose(tensor);
    return status;
}

#else

typedef int mn_h5_left_out; /* a translation unit must not be empty */

#endif
