// What the files of the shim share: the objects behind the opaque types, and the two spellings of a memory descriptor.
//
// In version 2 a descriptor is a struct passed by address, in version 3 a handle; `MD` gives what functions take.
#ifndef UPLUMA_DNN_INTERNAL_H
#define UPLUMA_DNN_INTERNAL_H

#include <oneapi/dnnl/dnnl.h>

#include "upluma_dnn.h"

struct upluma_dnn_engine {
    dnnl_engine_t handle;
};

struct upluma_dnn_stream {
    dnnl_stream_t handle;
    dnnl_engine_t engine;
};

struct upluma_dnn_layout {
    dnnl_memory_desc_t md;
    dnnl_data_type_t type;
};

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t upluma_dnn_md;
#define MD(layout) ((layout)->md)
#else
typedef const dnnl_memory_desc_t *upluma_dnn_md;
#define MD(layout) (&(layout)->md)
#endif

struct upluma_dnn_primitive {
    dnnl_primitive_desc_t description;
    dnnl_primitive_t handle;
};

static inline upluma_dnn_status upluma_dnn_status_of(dnnl_status_t status) {
    switch (status) {
    case dnnl_success: return UPLUMA_DNN_OK;
    case dnnl_out_of_memory: return UPLUMA_DNN_OUT_OF_MEMORY;
    case dnnl_unimplemented: return UPLUMA_DNN_UNSUPPORTED;
    default: return UPLUMA_DNN_FAILED;
    }
}

static inline dnnl_data_type_t upluma_dnn_data_type(upluma_dnn_type type) {
    return type == UPLUMA_DNN_BF16 ? dnnl_bf16 : dnnl_f32;
}

/// A layout that owns a copy of `md`.
upluma_dnn_status upluma_dnn_layout_copy(upluma_dnn_layout **layout, upluma_dnn_md md, dnnl_data_type_t type);

#endif
