#ifdef MN_HAVE_HDF5

#include "h5_library.h"

#include "../base/library.h"

static const struct mn_symbol symbols[] = {
    {"H5open", offsetof(struct mn_h5, open)},
    {"H5Aclose", offsetof(struct mn_h5, Aclose)},
    {"H5Aexists", offsetof(struct mn_h5, Aexists)},
    {"H5Aget_space", offsetof(struct mn_h5, Aget_space)},
    {"H5Aget_type", offsetof(struct mn_h5, Aget_type)},
    {"H5Aopen", offsetof(struct mn_h5, Aopen)},
    {"H5Aread", offsetof(struct mn_h5, Aread)},
    {"H5Dclose", offsetof(struct mn_h5, Dclose)},
    {"H5Dget_create_plist", offsetof(struct mn_h5, Dget_create_plist)},
    {"H5Dget_space", offsetof(struct mn_h5, Dget_space)},
    {"H5Dget_type", offsetof(struct mn_h5, Dget_type)},
    {"H5Dopen2", offsetof(struct mn_h5, Dopen2)},
    {"H5Dread", offsetof(struct mn_h5, Dread)},
    {"H5Eset_auto2", offsetof(struct mn_h5, Eset_auto2)},
    {"H5Fclose", offsetof(struct mn_h5, Fclose)},
    {"H5Fopen", offsetof(struct mn_h5, Fopen)},
    {"H5Gclose", offsetof(struct mn_h5, Gclose)},
    {"H5Gget_info", offsetof(struct mn_h5, Gget_info)},
    {"H5Iget_type", offsetof(struct mn_h5, Iget_type)},
    {"H5Lexists", offsetof(struct mn_h5, Lexists)},
#if H5_VERSION_GE(1, 12, 0) /* then H5Lget_info is a macro */
    {"H5Lget_info2", offsetof(struct mn_h5, Lget_info)},
#else
    {"H5Lget_info", offsetof(struct mn_h5, Lget_info)},
#endif
    {"H5Lget_name_by_idx", offsetof(struct mn_h5, Lget_name_by_idx)},
    {"H5Oclose", offsetof(struct mn_h5, Oclose)},
    {"H5Oopen", offsetof(struct mn_h5, Oopen)},
    {"H5PLset_loading_state", offsetof(struct mn_h5, PLset_loading_state)},
    {"H5Pclose", offsetof(struct mn_h5, Pclose)},
    {"H5Pcreate", offsetof(struct mn_h5, Pcreate)},
    {"H5Pget_external_count", offsetof(struct mn_h5, Pget_external_count)},
    {"H5Pget_layout", offsetof(struct mn_h5, Pget_layout)},
    {"H5Pset_fapl_core", offsetof(struct mn_h5, Pset_fapl_core)},
    {"H5Pset_file_image", offsetof(struct mn_h5, Pset_file_image)},
    {"H5Sclose", offsetof(struct mn_h5, Sclose)},
    {"H5Sget_simple_extent_dims", offsetof(struct mn_h5, Sget_simple_extent_dims)},
    {"H5Sget_simple_extent_ndims", offsetof(struct mn_h5, Sget_simple_extent_ndims)},
    {"H5Sget_simple_extent_npoints", offsetof(struct mn_h5, Sget_simple_extent_npoints)},
    {"H5Tclose", offsetof(struct mn_h5, Tclose)},
    {"H5Tget_class", offsetof(struct mn_h5, Tget_class)},
    {"H5Tget_size", offsetof(struct mn_h5, Tget_size)},
    {"H5Tis_variable_str", offsetof(struct mn_h5, Tis_variable_str)},
    {"H5free_memory", offsetof(struct mn_h5, free_memory)},
    {"H5T_NATIVE_FLOAT_g", offsetof(struct mn_h5, native_float)},
    {"H5P_CLS_FILE_ACCESS_ID_g", offsetof(struct mn_h5, file_access)},
    {NULL, 0},
};

enum mn_status mn_h5_load(struct mn_h5 *h5, struct mn_error *error)
{
    if (mn_library_load(MN_HDF5_LIBRARY, symbols, h5, error))
        return error->status;
    if (h5->open() < 0)
        return mn_fail(error, MN_FAILED, "%s does not start: install it again", MN_HDF5_LIBRARY);
    return MN_OK;
}

#else

typedef int mn_h5_library_left_out; /* a translation unit must not be empty */

#endif
