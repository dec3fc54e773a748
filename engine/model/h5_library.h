/* libhdf5, loaded when a Keras file is read: it brings 30 libraries of networks and ciphers along,
 * which take longer to load than a picture takes to classify. Each function that is used is a
 * pointer here: h5->Fopen(...) is H5Fopen(...). Only for h5_tensor.c and keras_h5.c. */
#ifndef MN_H5_LIBRARY_H
#define MN_H5_LIBRARY_H

#include <hdf5.h>

#include "../base/error.h"

struct mn_h5 {
    __typeof__(H5open) *open;
    __typeof__(H5Aclose) *Aclose;
    __typeof__(H5Aexists) *Aexists;
    __typeof__(H5Aget_space) *Aget_space;
    __typeof__(H5Aget_type) *Aget_type;
    __typeof__(H5Aopen) *Aopen;
    __typeof__(H5Aread) *Aread;
    __typeof__(H5Dclose) *Dclose;
    __typeof__(H5Dget_create_plist) *Dget_create_plist;
    __typeof__(H5Dget_space) *Dget_space;
    __typeof__(H5Dget_type) *Dget_type;
    __typeof__(H5Dopen2) *Dopen2;
    __typeof__(H5Dread) *Dread;
    __typeof__(H5Eset_auto2) *Eset_auto2;
    __typeof__(H5Fclose) *Fclose;
    __typeof__(H5Fopen) *Fopen;
    __typeof__(H5Gclose) *Gclose;
    __typeof__(H5Gget_info) *Gget_info;
    __typeof__(H5Iget_type) *Iget_type;
    __typeof__(H5Lexists) *Lexists;
    __typeof__(H5Lget_info) *Lget_info;
    __typeof__(H5Lget_name_by_idx) *Lget_name_by_idx;
    __typeof__(H5Oclose) *Oclose;
    __typeof__(H5Oopen) *Oopen;
    __typeof__(H5PLset_loading_state) *PLset_loading_state;
    __typeof__(H5Pclose) *Pclose;
    __typeof__(H5Pcreate) *Pcreate;
    __typeof__(H5Pget_external_count) *Pget_external_count;
    __typeof__(H5Pget_layout) *Pget_layout;
    __typeof__(H5Pset_fapl_core) *Pset_fapl_core;
    __typeof__(H5Pset_file_image) *Pset_file_image;
    __typeof__(H5Sclose) *Sclose;
    __typeof__(H5Sget_simple_extent_dims) *Sget_simple_extent_dims;
    __typeof__(H5Sget_simple_extent_ndims) *Sget_simple_extent_ndims;
    __typeof__(H5Sget_simple_extent_npoints) *Sget_simple_extent_npoints;
    __typeof__(H5Tclose) *Tclose;
    __typeof__(H5Tget_class) *Tget_class;
    __typeof__(H5Tget_size) *Tget_size;
    __typeof__(H5Tis_variable_str) *Tis_variable_str;
    __typeof__(H5free_memory) *free_memory;
    /* what H5T_NATIVE_FLOAT and H5P_FILE_ACCESS stand for; valid after open() */
    const hid_t *native_float, *file_access;
};

/* Fills in the pointers and starts the library, which then stays until the process ends. Errors:
 * MN_FAILED where it is not installed. */
enum mn_status mn_h5_load(struct mn_h5 *h5, struct mn_error *error);

#endif
