#include <stdlib.h>

#include "internal.h"

static upluma_dnn_status create(
    upluma_dnn_layout **layout, const int64_t dims[4], upluma_dnn_type type, dnnl_format_tag_t tag) {
    upluma_dnn_layout *made = malloc(sizeof *made);
    if (!made) return UPLUMA_DNN_OUT_OF_MEMORY;
    made->type = upluma_dnn_data_type(type);
#if DNNL_VERSION_MAJOR >= 3
    const dnnl_status_t status = dnnl_memory_desc_create_with_tag(&made->md, 4, dims, made->type, tag);
#else
    const dnnl_status_t status = dnnl_memory_desc_init_by_tag(&made->md, 4, dims, made->type, tag);
#endif
    if (status != dnnl_success) {
        free(made);
        return upluma_dnn_status_of(status);
    }
    *layout = made;
    return UPLUMA_DNN_OK;
}

upluma_dnn_status upluma_dnn_layout_create(
    upluma_dnn_layout **layout, const int64_t dims[4], upluma_dnn_type type, upluma_dnn_format format) {
    const dnnl_format_tag_t tags[] = {dnnl_format_tag_any, dnnl_nchw, dnnl_iohw};
    return create(layout, dims, type, tags[format]);
}

/// The orders of features there are, by the channels that lie side by side; 0 stands for all of them.
static const struct {
    dnnl_format_tag_t tag;
    int block;
} orders[] = {{dnnl_nchw, 1}, {dnnl_nChw16c, 16}, {dnnl_nChw8c, 8}, {dnnl_nChw4c, 4}, {dnnl_nhwc, 0}};

enum { ORDER_COUNT = sizeof orders / sizeof *orders };

upluma_dnn_status upluma_dnn_layout_create_blocked(
    upluma_dnn_layout **layout, const int64_t dims[4], upluma_dnn_type type, int block) {
    for (int i = 0; i < ORDER_COUNT; ++i) {
        if (orders[i].block == block || (orders[i].block == 0 && block == dims[1])) {
            return create(layout, dims, type, orders[i].tag);
        }
    }
    return UPLUMA_DNN_UNSUPPORTED;
}

upluma_dnn_status upluma_dnn_layout_create_strided(
    upluma_dnn_layout **layout, int count, const int64_t *dims, const int64_t *strides, upluma_dnn_type type) {
    dnnl_dims_t own_dims = {0}, own_strides = {0};
    if (count < 1 || count > 6) return UPLUMA_DNN_UNSUPPORTED;
    for (int i = 0; i < count; ++i) {
        own_dims[i] = dims[i];
        own_strides[i] = strides[i];
    }
    upluma_dnn_layout *made = malloc(sizeof *made);
    if (!made) return UPLUMA_DNN_OUT_OF_MEMORY;
    made->type = upluma_dnn_data_type(type);
#if DNNL_VERSION_MAJOR >= 3
    const dnnl_status_t status =
        dnnl_memory_desc_create_with_strides(&made->md, count, own_dims, made->type, own_strides);
#else
    const dnnl_status_t status =
        dnnl_memory_desc_init_by_strides(&made->md, count, own_dims, made->type, own_strides);
#endif
    if (status != dnnl_success) {
        free(made);
        return upluma_dnn_status_of(status);
    }
    *layout = made;
    return UPLUMA_DNN_OK;
}

upluma_dnn_status upluma_dnn_layout_copy(upluma_dnn_layout **layout, upluma_dnn_md md, dnnl_data_type_t type) {
    upluma_dnn_layout *made = malloc(sizeof *made);
    if (!made) return UPLUMA_DNN_OUT_OF_MEMORY;
    made->type = type;
#if DNNL_VERSION_MAJOR >= 3
    const dnnl_status_t status = dnnl_memory_desc_clone(&made->md, md);
    if (status != dnnl_success) {
        free(made);
        return upluma_dnn_status_of(status);
    }
#else
    made->md = *md;
#endif
    *layout = made;
    return UPLUMA_DNN_OK;
}

void upluma_dnn_layout_destroy(upluma_dnn_layout *layout) {
#if DNNL_VERSION_MAJOR >= 3
    dnnl_memory_desc_destroy(layout->md);
#endif
    free(layout);
}

size_t upluma_dnn_layout_bytes(const upluma_dnn_layout *layout) { return dnnl_memory_desc_get_size(MD(layout)); }

bool upluma_dnn_layout_equal(const upluma_dnn_layout *a, const upluma_dnn_layout *b) {
    return dnnl_memory_desc_equal(MD(a), MD(b)) != 0;
}

upluma_dnn_type upluma_dnn_layout_type(const upluma_dnn_layout *layout) {
    return layout->type == dnnl_bf16 ? UPLUMA_DNN_BF16 : UPLUMA_DNN_F32;
}

int upluma_dnn_layout_block(const upluma_dnn_layout *layout, const int64_t dims[4]) {
    for (int i = 0; i < ORDER_COUNT; ++i) {
        upluma_dnn_layout *candidate = NULL;
        if (create(&candidate, dims, upluma_dnn_layout_type(layout), orders[i].tag) != UPLUMA_DNN_OK) continue;
        const bool equal = upluma_dnn_layout_equal(candidate, layout);
        upluma_dnn_layout_destroy(candidate);
        if (equal) return orders[i].block == 0 ? (int)dims[1] : orders[i].block;
    }
    return 0;
}
