// A thin face of oneDNN: memory layouts and primitives, without the differences between its versions 2 and 3.
//
// Tensors have four dimensions (1, channels, height, width). Objects are made once, never change, and may be used by many
// threads at once; whoever makes one destroys it. Functions that can fail return a status and write nothing then.
#ifndef UPLUMA_DNN_H
#define UPLUMA_DNN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef enum upluma_dnn_status {
    UPLUMA_DNN_OK = 0,
    /// The library has nothing that does this here.
    UPLUMA_DNN_UNSUPPORTED = 1,
    UPLUMA_DNN_OUT_OF_MEMORY = 2,
    UPLUMA_DNN_FAILED = 3,
} upluma_dnn_status;

typedef enum upluma_dnn_type {
    UPLUMA_DNN_F32 = 0,
    UPLUMA_DNN_BF16 = 1,
} upluma_dnn_type;

/// The processor, as the library sees it.
typedef struct upluma_dnn_engine upluma_dnn_engine;
/// How a tensor's values lie in memory; with `any`, that is left to the primitive.
typedef struct upluma_dnn_layout upluma_dnn_layout;
/// An operation made ready for its sizes.
typedef struct upluma_dnn_primitive upluma_dnn_primitive;
/// Something for one thread to run primitives in.
typedef struct upluma_dnn_stream upluma_dnn_stream;

// MARK: Library

/// "2.6.3"
const char *upluma_dnn_version(void);

/// Lowers what the library may use of the processor: 0 nothing wider than SSE 4.1, 1 up to AVX2, 2 up to AVX-512 without
/// BF16. Before anything else is called; later calls have no effect.
void upluma_dnn_limit_cpu(int level);

/// Whether products of bfloat16 are an instruction here.
bool upluma_dnn_has_bf16(void);

/// Threads that work for the calling thread from now on; 1 keeps everything in it. Without OpenMP in the library this
/// does nothing.
void upluma_dnn_set_threads(int count);

upluma_dnn_status upluma_dnn_engine_create(upluma_dnn_engine *_Nullable *_Nonnull engine);
void upluma_dnn_engine_destroy(upluma_dnn_engine *engine);
upluma_dnn_status upluma_dnn_stream_create(upluma_dnn_stream *_Nullable *_Nonnull stream, upluma_dnn_engine *engine);
void upluma_dnn_stream_destroy(upluma_dnn_stream *stream);

// MARK: Layouts

typedef enum upluma_dnn_format {
    UPLUMA_DNN_ANY = 0,
    /// Planar: NCHW; for weights OIHW.
    UPLUMA_DNN_PLAIN = 1,
    /// Weights of transposed convolutions: IOHW for dimensions given as OIHW.
    UPLUMA_DNN_SWAPPED = 2,
} upluma_dnn_format;

upluma_dnn_status upluma_dnn_layout_create(
    upluma_dnn_layout *_Nullable *_Nonnull layout, const int64_t dims[_Nonnull 4], upluma_dnn_type type,
    upluma_dnn_format format);

/// Of features: blocks of `block` channels side by side, one of 1 (planar), 4, 8, 16, or all channels (NHWC).
upluma_dnn_status upluma_dnn_layout_create_blocked(
    upluma_dnn_layout *_Nullable *_Nonnull layout, const int64_t dims[_Nonnull 4], upluma_dnn_type type, int block);

/// `count` dimensions, at most 6, each with the number of values from one index to the next.
upluma_dnn_status upluma_dnn_layout_create_strided(
    upluma_dnn_layout *_Nullable *_Nonnull layout, int count, const int64_t *dims, const int64_t *strides,
    upluma_dnn_type type);

void upluma_dnn_layout_destroy(upluma_dnn_layout *layout);
size_t upluma_dnn_layout_bytes(const upluma_dnn_layout *layout);
bool upluma_dnn_layout_equal(const upluma_dnn_layout *a, const upluma_dnn_layout *b);
upluma_dnn_type upluma_dnn_layout_type(const upluma_dnn_layout *layout);

/// The `block` that makes this layout; 0 when there is none.
int upluma_dnn_layout_block(const upluma_dnn_layout *layout, const int64_t dims[_Nonnull 4]);

// MARK: Primitives

typedef enum upluma_dnn_function {
    /// max(x, 0) + alpha · min(x, 0)
    UPLUMA_DNN_RELU = 0,
    UPLUMA_DNN_TANH = 1,
    UPLUMA_DNN_SIGMOID = 2,
    /// Limited to alpha...beta.
    UPLUMA_DNN_CLIP = 3,
    /// alpha · x + beta
    UPLUMA_DNN_LINEAR = 4,
    /// As `RELU` with an alpha for each channel: argument (UPLUMA_DNN_POST, index).
    UPLUMA_DNN_PRELU = 5,
    /// Plus what the destination held before; a post-op only.
    UPLUMA_DNN_SUM = 6,
} upluma_dnn_function;

/// Something done to the results of a primitive before they are stored.
typedef struct upluma_dnn_post_op {
    upluma_dnn_function function;
    float alpha;
    float beta;
} upluma_dnn_post_op;

typedef struct upluma_dnn_convolution {
    /// (1, channels, height, width)
    int64_t source[4];
    int64_t target[4];
    /// Rows and columns, as everything below.
    int64_t kernel[2];
    int64_t stride[2];
    /// 1 for a dense kernel.
    int64_t dilation[2];
    /// Top, left.
    int64_t before[2];
    /// Bottom, right; for transposed convolutions they may be negative.
    int64_t after[2];
    bool transposed;
    /// Of source and weights; the bias is f32.
    upluma_dnn_type type;
    upluma_dnn_type target_type;
} upluma_dnn_convolution;

/// Weights are (output, input, row, column) for both kinds.
upluma_dnn_status upluma_dnn_convolution_create(
    upluma_dnn_primitive *_Nullable *_Nonnull primitive, upluma_dnn_engine *engine,
    const upluma_dnn_convolution *convolution, const upluma_dnn_post_op *_Nullable post_ops, int post_op_count);

upluma_dnn_status upluma_dnn_reorder_create(
    upluma_dnn_primitive *_Nullable *_Nonnull primitive, upluma_dnn_engine *engine, const upluma_dnn_layout *source,
    const upluma_dnn_layout *target);

/// Any function but `PRELU` and `SUM`; source and target have the same layout and may be the same memory.
upluma_dnn_status upluma_dnn_eltwise_create(
    upluma_dnn_primitive *_Nullable *_Nonnull primitive, upluma_dnn_engine *engine, const upluma_dnn_layout *layout,
    upluma_dnn_post_op function);

/// `PRELU` alone; the slopes, UPLUMA_DNN_WEIGHTS, are (1, channels, 1, 1), f32.
upluma_dnn_status upluma_dnn_prelu_create(
    upluma_dnn_primitive *_Nullable *_Nonnull primitive, upluma_dnn_engine *engine, const upluma_dnn_layout *layout,
    const upluma_dnn_layout *slopes);

typedef enum upluma_dnn_combination {
    UPLUMA_DNN_ADD = 0,
    UPLUMA_DNN_SUBTRACT = 1,
    UPLUMA_DNN_MULTIPLY = 2,
    UPLUMA_DNN_DIVIDE = 3,
} upluma_dnn_combination;

/// Dimensions of `second` are those of the others, or 1 where one value serves all.
upluma_dnn_status upluma_dnn_binary_create(
    upluma_dnn_primitive *_Nullable *_Nonnull primitive, upluma_dnn_engine *engine, upluma_dnn_combination combination,
    const upluma_dnn_layout *first, const upluma_dnn_layout *second, const upluma_dnn_layout *target,
    const upluma_dnn_post_op *_Nullable post_ops, int post_op_count);

/// Along the channels; the sources' layouts decide the target's.
upluma_dnn_status upluma_dnn_concat_create(
    upluma_dnn_primitive *_Nullable *_Nonnull primitive, upluma_dnn_engine *engine, int count,
    const upluma_dnn_layout *_Nonnull const *_Nonnull sources);

void upluma_dnn_primitive_destroy(upluma_dnn_primitive *primitive);

/// Bytes of working memory that running it needs (UPLUMA_DNN_SCRATCHPAD).
size_t upluma_dnn_primitive_scratchpad_bytes(const upluma_dnn_primitive *primitive);

/// Whether it is the library's plain implementation, many times slower than what it has for the usual cases.
bool upluma_dnn_primitive_is_plain(const upluma_dnn_primitive *primitive);

/// What a tensor is to a primitive.
typedef enum upluma_dnn_role {
    UPLUMA_DNN_SOURCE = 0,
    /// The second operand of a binary primitive.
    UPLUMA_DNN_SECOND = 1,
    UPLUMA_DNN_TARGET = 2,
    UPLUMA_DNN_WEIGHTS = 3,
    UPLUMA_DNN_BIAS = 4,
    UPLUMA_DNN_SCRATCHPAD = 5,
    /// What post-op `index` reads.
    UPLUMA_DNN_POST = 6,
    /// Source `index` of a concatenation.
    UPLUMA_DNN_PART = 7,
} upluma_dnn_role;

/// A copy of the layout a primitive settled on, for source, target or weights.
upluma_dnn_status upluma_dnn_primitive_layout(
    upluma_dnn_layout *_Nullable *_Nonnull layout, const upluma_dnn_primitive *primitive, upluma_dnn_role role);

typedef struct upluma_dnn_argument {
    upluma_dnn_role role;
    int index;
    /// Nil for the scratchpad.
    const upluma_dnn_layout *_Nullable layout;
    void *memory;
} upluma_dnn_argument;

/// At most 16 arguments.
upluma_dnn_status upluma_dnn_execute(
    const upluma_dnn_primitive *primitive, upluma_dnn_stream *stream, const upluma_dnn_argument *arguments, int count);

#pragma clang assume_nonnull end

#endif
