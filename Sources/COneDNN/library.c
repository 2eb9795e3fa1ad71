// For RTLD_DEFAULT.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

#include "internal.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *upluma_dnn_version(void) {
    return TEXT(DNNL_VERSION_MAJOR) "." TEXT(DNNL_VERSION_MINOR) "." TEXT(DNNL_VERSION_PATCH);
}

void upluma_dnn_limit_cpu(int level) {
#if defined(__x86_64__)
    const dnnl_cpu_isa_t isa[] = {dnnl_cpu_isa_sse41, dnnl_cpu_isa_avx2, dnnl_cpu_isa_avx512_core};
    if (level >= 0 && level < 3) (void)dnnl_set_max_cpu_isa(isa[level]);
#else
    (void)level;
#endif
}

bool upluma_dnn_has_bf16(void) {
#if defined(__x86_64__)
    // Higher levels have the bits of those they include.
    return (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16;
#else
    return false;
#endif
}

void upluma_dnn_set_threads(int count) {
    // Whichever OpenMP the library was linked with is in the process already; linking one here could bring in another.
    void (*set)(int) = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    if (set) set(count);
}

upluma_dnn_status upluma_dnn_engine_create(upluma_dnn_engine **engine) {
    upluma_dnn_engine *made = malloc(sizeof *made);
    if (!made) return UPLUMA_DNN_OUT_OF_MEMORY;
    const dnnl_status_t status = dnnl_engine_create(&made->handle, dnnl_cpu, 0);
    if (status != dnnl_success) {
        free(made);
        return upluma_dnn_status_of(status);
    }
    *engine = made;
    return UPLUMA_DNN_OK;
}

void upluma_dnn_engine_destroy(upluma_dnn_engine *engine) {
    dnnl_engine_destroy(engine->handle);
    free(engine);
}

upluma_dnn_status upluma_dnn_stream_create(upluma_dnn_stream **stream, upluma_dnn_engine *engine) {
    upluma_dnn_stream *made = malloc(sizeof *made);
    if (!made) return UPLUMA_DNN_OUT_OF_MEMORY;
    made->engine = engine->handle;
    const dnnl_status_t status = dnnl_stream_create(&made->handle, engine->handle, dnnl_stream_in_order);
    if (status != dnnl_success) {
        free(made);
        return upluma_dnn_status_of(status);
    }
    *stream = made;
    return UPLUMA_DNN_OK;
}

void upluma_dnn_stream_destroy(upluma_dnn_stream *stream) {
    dnnl_stream_destroy(stream->handle);
    free(stream);
}
