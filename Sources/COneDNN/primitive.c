#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { MOST_ARGUMENTS = 16 };

static dnnl_alg_kind_t eltwise_kind(upluma_dnn_function function) {
    switch (function) {
    case UPLUMA_DNN_TANH: return dnnl_eltwise_tanh;
    case UPLUMA_DNN_SIGMOID: return dnnl_eltwise_logistic;
    case UPLUMA_DNN_CLIP: return dnnl_eltwise_clip;
    case UPLUMA_DNN_LINEAR: return dnnl_eltwise_linear;
    default: return dnnl_eltwise_relu;
    }
}

static dnnl_status_t append(dnnl_post_ops_t post_ops, upluma_dnn_post_op op) {
    switch (op.function) {
    case UPLUMA_DNN_SUM:
#if DNNL_VERSION_MAJOR >= 3
        return dnnl_post_ops_append_sum(post_ops, 1, 0, dnnl_data_type_undef);
#else
        return dnnl_post_ops_append_sum(post_ops, 1);
#endif
    case UPLUMA_DNN_PRELU: return dnnl_post_ops_append_prelu(post_ops, 1 << 1);
    default:
#if DNNL_VERSION_MAJOR >= 3
        return dnnl_post_ops_append_eltwise(post_ops, eltwise_kind(op.function), op.alpha, op.beta);
#else
        return dnnl_post_ops_append_eltwise(post_ops, 1, eltwise_kind(op.function), op.alpha, op.beta);
#endif
    }
}

/// Attributes with the scratchpad left to the caller, so that threads can share the primitive.
static dnnl_status_t make_attributes(dnnl_primitive_attr_t *attributes, const upluma_dnn_post_op *ops, int count) {
    dnnl_status_t status = dnnl_primitive_attr_create(attributes);
    if (status != dnnl_success) return status;
    status = dnnl_primitive_attr_set_scratchpad_mode(*attributes, dnnl_scratchpad_mode_user);
    if (status == dnnl_success && count > 0) {
        dnnl_post_ops_t post_ops = NULL;
        status = dnnl_post_ops_create(&post_ops);
        for (int i = 0; i < count && status == dnnl_success; ++i) {
            status = append(post_ops, ops[i]);
        }
        if (status == dnnl_success) status = dnnl_primitive_attr_set_post_ops(*attributes, post_ops);
        if (post_ops) dnnl_post_ops_destroy(post_ops);
    }
    if (status != dnnl_success) dnnl_primitive_attr_destroy(*attributes);
    return status;
}

/// Takes over the description, which is destroyed with the primitive, or here when there is none.
static upluma_dnn_status finish(
    upluma_dnn_primitive **primitive, dnnl_status_t status, dnnl_primitive_desc_t description) {
    if (status != dnnl_success) return upluma_dnn_status_of(status);
    upluma_dnn_primitive *made = malloc(sizeof *made);
    if (!made) {
        dnnl_primitive_desc_destroy(description);
        return UPLUMA_DNN_OUT_OF_MEMORY;
    }
    made->description = description;
    status = dnnl_primitive_create(&made->handle, description);
    if (status != dnnl_success) {
        dnnl_primitive_desc_destroy(description);
        free(made);
        return upluma_dnn_status_of(status);
    }
    *primitive = made;
    return UPLUMA_DNN_OK;
}

/// The four descriptors of a convolution, all left to the primitive but the bias.
typedef struct convolution_layouts {
    upluma_dnn_layout *source, *weights, *bias, *target;
} convolution_layouts;

static void destroy_layouts(convolution_layouts *layouts) {
    if (layouts->source) upluma_dnn_layout_destroy(layouts->source);
    if (layouts->weights) upluma_dnn_layout_destroy(layouts->weights);
    if (layouts->bias) upluma_dnn_layout_destroy(layouts->bias);
    if (layouts->target) upluma_dnn_layout_destroy(layouts->target);
}

static upluma_dnn_status make_layouts(convolution_layouts *layouts, const upluma_dnn_convolution *it) {
    const int64_t weights[4] = {it->target[1], it->source[1], it->kernel[0], it->kernel[1]};
    const int64_t bias[1] = {it->target[1]}, one[1] = {1};
    upluma_dnn_status status = upluma_dnn_layout_create(&layouts->source, it->source, it->type, UPLUMA_DNN_ANY);
    if (status == UPLUMA_DNN_OK) {
        status = upluma_dnn_layout_create(&layouts->weights, weights, it->type, UPLUMA_DNN_ANY);
    }
    if (status == UPLUMA_DNN_OK) {
        status = upluma_dnn_layout_create_strided(&layouts->bias, 1, bias, one, UPLUMA_DNN_F32);
    }
    if (status == UPLUMA_DNN_OK) {
        status = upluma_dnn_layout_create(&layouts->target, it->target, it->target_type, UPLUMA_DNN_ANY);
    }
    return status;
}

upluma_dnn_status upluma_dnn_convolution_create(
    upluma_dnn_primitive **primitive, upluma_dnn_engine *engine, const upluma_dnn_convolution *convolution,
    const upluma_dnn_post_op *post_ops, int post_op_count) {
    convolution_layouts layouts = {NULL, NULL, NULL, NULL};
    upluma_dnn_status made = make_layouts(&layouts, convolution);
    dnnl_primitive_attr_t attributes;
    if (made == UPLUMA_DNN_OK) {
        made = upluma_dnn_status_of(make_attributes(&attributes, post_ops, post_op_count));
    }
    if (made != UPLUMA_DNN_OK) {
        destroy_layouts(&layouts);
        return made;
    }
    const upluma_dnn_convolution it = *convolution;
    const dnnl_dims_t strides = {it.stride[0], it.stride[1]};
    const dnnl_dims_t dilates = {it.dilation[0] - 1, it.dilation[1] - 1};
    const dnnl_dims_t before = {it.before[0], it.before[1]}, after = {it.after[0], it.after[1]};
    const upluma_dnn_md source = MD(layouts.source), weights = MD(layouts.weights), bias = MD(layouts.bias),
                        target = MD(layouts.target);
    dnnl_primitive_desc_t description = NULL;
    dnnl_status_t status;
    if (it.transposed) {
#if DNNL_VERSION_MAJOR >= 3
        status = dnnl_deconvolution_forward_primitive_desc_create(
            &description, engine->handle, dnnl_forward_inference, dnnl_deconvolution_direct, source, weights, bias,
            target, strides, dilates, before, after, attributes);
#else
        dnnl_deconvolution_desc_t operation;
        status = dnnl_dilated_deconvolution_forward_desc_init(
            &operation, dnnl_forward_inference, dnnl_deconvolution_direct, source, weights, bias, target, strides,
            dilates, before, after);
        if (status == dnnl_success) {
            status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->handle, NULL);
        }
#endif
    } else {
#if DNNL_VERSION_MAJOR >= 3
        status = dnnl_convolution_forward_primitive_desc_create(
            &description, engine->handle, dnnl_forward_inference, dnnl_convolution_direct, source, weights, bias,
            target, strides, dilates, before, after, attributes);
#else
        dnnl_convolution_desc_t operation;
        status = dnnl_dilated_convolution_forward_desc_init(
            &operation, dnnl_forward_inference, dnnl_convolution_direct, source, weights, bias, target, strides,
            dilates, before, after);
        if (status == dnnl_success) {
            status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->handle, NULL);
        }
#endif
    }
    dnnl_primitive_attr_destroy(attributes);
    destroy_layouts(&layouts);
    return finish(primitive, status, description);
}

upluma_dnn_status upluma_dnn_reorder_create(
    upluma_dnn_primitive **primitive, upluma_dnn_engine *engine, const upluma_dnn_layout *source,
    const upluma_dnn_layout *target) {
    dnnl_primitive_attr_t attributes;
    dnnl_status_t status = make_attributes(&attributes, NULL, 0);
    if (status != dnnl_success) return upluma_dnn_status_of(status);
    dnnl_primitive_desc_t description = NULL;
    status = dnnl_reorder_primitive_desc_create(
        &description, MD(source), engine->handle, MD(target), engine->handle, attributes);
    dnnl_primitive_attr_destroy(attributes);
    return finish(primitive, status, description);
}

upluma_dnn_status upluma_dnn_eltwise_create(
    upluma_dnn_primitive **primitive, upluma_dnn_engine *engine, const upluma_dnn_layout *layout,
    upluma_dnn_post_op function) {
    dnnl_primitive_attr_t attributes;
    dnnl_status_t status = make_attributes(&attributes, NULL, 0);
    if (status != dnnl_success) return upluma_dnn_status_of(status);
    const dnnl_alg_kind_t kind = eltwise_kind(function.function);
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_eltwise_forward_primitive_desc_create(
        &description, engine->handle, dnnl_forward_inference, kind, MD(layout), MD(layout), function.alpha,
        function.beta, attributes);
#else
    dnnl_eltwise_desc_t operation;
    status = dnnl_eltwise_forward_desc_init(
        &operation, dnnl_forward_inference, kind, MD(layout), function.alpha, function.beta);
    if (status == dnnl_success) {
        status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->handle, NULL);
    }
#endif
    dnnl_primitive_attr_destroy(attributes);
    return finish(primitive, status, description);
}

upluma_dnn_status upluma_dnn_prelu_create(
    upluma_dnn_primitive **primitive, upluma_dnn_engine *engine, const upluma_dnn_layout *layout,
    const upluma_dnn_layout *slopes) {
    dnnl_primitive_attr_t attributes;
    dnnl_status_t status = make_attributes(&attributes, NULL, 0);
    if (status != dnnl_success) return upluma_dnn_status_of(status);
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_prelu_forward_primitive_desc_create(
        &description, engine->handle, dnnl_forward_inference, MD(layout), MD(slopes), MD(layout), attributes);
#else
    dnnl_prelu_desc_t operation;
    status = dnnl_prelu_forward_desc_init(&operation, dnnl_forward_inference, MD(layout), MD(slopes));
    if (status == dnnl_success) {
        status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->handle, NULL);
    }
#endif
    dnnl_primitive_attr_destroy(attributes);
    return finish(primitive, status, description);
}

upluma_dnn_status upluma_dnn_binary_create(
    upluma_dnn_primitive **primitive, upluma_dnn_engine *engine, upluma_dnn_combination combination,
    const upluma_dnn_layout *first, const upluma_dnn_layout *second, const upluma_dnn_layout *target,
    const upluma_dnn_post_op *post_ops, int post_op_count) {
    const dnnl_alg_kind_t kinds[] = {dnnl_binary_add, dnnl_binary_sub, dnnl_binary_mul, dnnl_binary_div};
    dnnl_primitive_attr_t attributes;
    dnnl_status_t status = make_attributes(&attributes, post_ops, post_op_count);
    if (status != dnnl_success) return upluma_dnn_status_of(status);
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_binary_primitive_desc_create(
        &description, engine->handle, kinds[combination], MD(first), MD(second), MD(target), attributes);
#else
    dnnl_binary_desc_t operation;
    status = dnnl_binary_desc_init(&operation, kinds[combination], MD(first), MD(second), MD(target));
    if (status == dnnl_success) {
        status = dnnl_primitive_desc_create(&description, &operation, attributes, engine->handle, NULL);
    }
#endif
    dnnl_primitive_attr_destroy(attributes);
    return finish(primitive, status, description);
}

upluma_dnn_status upluma_dnn_concat_create(
    upluma_dnn_primitive **primitive, upluma_dnn_engine *engine, int count, const upluma_dnn_layout *const *sources) {
    dnnl_primitive_attr_t attributes;
    dnnl_status_t status = make_attributes(&attributes, NULL, 0);
    if (status != dnnl_success) return upluma_dnn_status_of(status);
    dnnl_memory_desc_t *layouts = calloc((size_t)count, sizeof *layouts);
    if (!layouts) {
        dnnl_primitive_attr_destroy(attributes);
        return UPLUMA_DNN_OUT_OF_MEMORY;
    }
    for (int i = 0; i < count; ++i) {
        layouts[i] = sources[i]->md;
    }
    dnnl_primitive_desc_t description = NULL;
#if DNNL_VERSION_MAJOR >= 3
    status = dnnl_concat_primitive_desc_create(
        &description, engine->handle, NULL, count, 1, (const_dnnl_memory_desc_t const *)layouts, attributes);
#else
    status = dnnl_concat_primitive_desc_create(&description, NULL, count, 1, layouts, attributes, engine->handle);
#endif
    free(layouts);
    dnnl_primitive_attr_destroy(attributes);
    return finish(primitive, status, description);
}

void upluma_dnn_primitive_destroy(upluma_dnn_primitive *primitive) {
    dnnl_primitive_destroy(primitive->handle);
    dnnl_primitive_desc_destroy(primitive->description);
    free(primitive);
}

static upluma_dnn_md query(const upluma_dnn_primitive *primitive, dnnl_query_t what) {
    return dnnl_primitive_desc_query_md(primitive->description, what, 0);
}

size_t upluma_dnn_primitive_scratchpad_bytes(const upluma_dnn_primitive *primitive) {
    const upluma_dnn_md md = query(primitive, dnnl_query_scratchpad_md);
    return md ? dnnl_memory_desc_get_size(md) : 0;
}

bool upluma_dnn_primitive_is_plain(const upluma_dnn_primitive *primitive) {
    const char *name = NULL;
    const dnnl_status_t status =
        dnnl_primitive_desc_query(primitive->description, dnnl_query_impl_info_str, 0, (void *)&name);
    return status == dnnl_success && name && strncmp(name, "ref", 3) == 0;
}

upluma_dnn_status upluma_dnn_primitive_layout(
    upluma_dnn_layout **layout, const upluma_dnn_primitive *primitive, upluma_dnn_role role) {
    const upluma_dnn_md md = query(
        primitive, role == UPLUMA_DNN_SOURCE    ? dnnl_query_src_md
                   : role == UPLUMA_DNN_WEIGHTS ? dnnl_query_weights_md
                                                : dnnl_query_dst_md);
    if (!md) return UPLUMA_DNN_FAILED;
#if DNNL_VERSION_MAJOR >= 3
    dnnl_data_type_t type;
    if (dnnl_memory_desc_query(md, dnnl_query_data_type, &type) != dnnl_success) return UPLUMA_DNN_FAILED;
    return upluma_dnn_layout_copy(layout, md, type);
#else
    return upluma_dnn_layout_copy(layout, md, md->data_type);
#endif
}

static int argument_name(upluma_dnn_argument argument) {
    switch (argument.role) {
    case UPLUMA_DNN_SOURCE: return DNNL_ARG_SRC;
    case UPLUMA_DNN_SECOND: return DNNL_ARG_SRC_1;
    case UPLUMA_DNN_TARGET: return DNNL_ARG_DST;
    case UPLUMA_DNN_WEIGHTS: return DNNL_ARG_WEIGHTS;
    case UPLUMA_DNN_BIAS: return DNNL_ARG_BIAS;
    case UPLUMA_DNN_SCRATCHPAD: return DNNL_ARG_SCRATCHPAD;
    case UPLUMA_DNN_POST: return DNNL_ARG_ATTR_MULTIPLE_POST_OP(argument.index) | DNNL_ARG_WEIGHTS;
    case UPLUMA_DNN_PART: return DNNL_ARG_MULTIPLE_SRC + argument.index;
    }
    return 0;
}

upluma_dnn_status upluma_dnn_execute(
    const upluma_dnn_primitive *primitive, upluma_dnn_stream *stream, const upluma_dnn_argument *arguments, int count) {
    dnnl_exec_arg_t given[MOST_ARGUMENTS];
    if (count > MOST_ARGUMENTS) return UPLUMA_DNN_FAILED;
    dnnl_status_t status = dnnl_success;
    int made = 0;
    while (made < count && status == dnnl_success) {
        const upluma_dnn_argument argument = arguments[made];
        const upluma_dnn_md md =
            argument.layout ? MD(argument.layout) : query(primitive, dnnl_query_scratchpad_md);
        given[made].arg = argument_name(argument);
        status = dnnl_memory_create(&given[made].memory, md, stream->engine, argument.memory);
        if (status == dnnl_success) ++made;
    }
    if (status == dnnl_success) {
        status = dnnl_primitive_execute(primitive->handle, stream->handle, count, given);
    }
    if (status == dnnl_success) status = dnnl_stream_wait(stream->handle);
    for (int i = 0; i < made; ++i) {
        dnnl_memory_destroy(given[i].memory);
    }
    return upluma_dnn_status_of(status);
}
