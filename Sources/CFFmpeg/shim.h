// FFmpeg as UplumaMedia sees it: the library headers, and inline wrappers for what Swift cannot import
// (macros that compute, variadic functions, arrays inside structs) or what changed its name between FFmpeg 5.1 and
// later releases. Nothing else belongs here.
#ifndef CFFMPEG_SHIM_H
#define CFFMPEG_SHIM_H

#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/crc.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/md5.h>
#include <libavutil/sha.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/samplefmt.h>
#include <libswscale/swscale.h>
#include <string.h>

// Macros that compute.
static const int cff_error_again = AVERROR(EAGAIN);
static const int cff_error_eof = AVERROR_EOF;
static const int cff_error_exit = AVERROR_EXIT;
static const int cff_error_invalid_data = AVERROR_INVALIDDATA;
static const int cff_error_option_not_found = AVERROR_OPTION_NOT_FOUND;
static const int cff_error_filter_not_found = AVERROR_FILTER_NOT_FOUND;
static const int cff_error_no_memory = AVERROR(ENOMEM);
static const int64_t cff_no_pts = AV_NOPTS_VALUE;

/// Stream side data lives in the codec parameters since libavcodec 60.31 (FFmpeg 6.1), in the stream before.
#define CFF_SIDE_DATA_IN_PARAMETERS (LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100))

// Frames.

static inline uint8_t *cff_frame_data(const AVFrame *frame, int plane) { return frame->data[plane]; }
static inline int cff_frame_linesize(const AVFrame *frame, int plane) { return frame->linesize[plane]; }

/// Lends one plane to a frame; `owner` is handed to `release` when the last reference to the memory goes. 0 or an error.
static inline int cff_frame_lend_plane(AVFrame *frame, int plane, uint8_t *data, int linesize, size_t size,
                                       void (*release)(void *opaque, uint8_t *data), void *owner) {
    AVBufferRef *buffer = av_buffer_create(data, size, release, owner, AV_BUFFER_FLAG_READONLY);
    if (!buffer) return AVERROR(ENOMEM);
    frame->buf[plane] = buffer;
    frame->data[plane] = data;
    frame->linesize[plane] = linesize;
    return 0;
}

static inline int64_t cff_frame_duration(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return frame->duration;
#else
    return frame->pkt_duration;
#endif
}

static inline void cff_frame_set_duration(AVFrame *frame, int64_t duration) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    frame->duration = duration;
#else
    frame->pkt_duration = duration;
#endif
}

/// Position in the file of the packet that a frame was decoded from; -1 when unknown.
static inline int64_t cff_frame_position(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    (void)frame;
    return -1;
#else
    return frame->pkt_pos;
#endif
}

static inline int cff_frame_is_interlaced(const AVFrame *frame) {
#ifdef AV_FRAME_FLAG_INTERLACED
    return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return frame->interlaced_frame;
#endif
}

static inline int cff_frame_is_top_field_first(const AVFrame *frame) {
#ifdef AV_FRAME_FLAG_INTERLACED
    return (frame->flags & AV_FRAME_FLAG_TOP_FIELD_FIRST) != 0;
#else
    return frame->top_field_first;
#endif
}

static inline void cff_frame_set_fields(AVFrame *frame, int interlaced, int top_field_first) {
#ifdef AV_FRAME_FLAG_INTERLACED
    frame->flags &= ~(AV_FRAME_FLAG_INTERLACED | AV_FRAME_FLAG_TOP_FIELD_FIRST);
    if (interlaced) frame->flags |= AV_FRAME_FLAG_INTERLACED;
    if (top_field_first) frame->flags |= AV_FRAME_FLAG_TOP_FIELD_FIRST;
#else
    frame->interlaced_frame = interlaced;
    frame->top_field_first = top_field_first;
#endif
}

/// Undoes what copied properties say about coding: the encoder chooses picture types, and the picture is progressive.
static inline void cff_frame_forget_coding(AVFrame *frame) {
    frame->pict_type = AV_PICTURE_TYPE_NONE;
    frame->repeat_pict = 0;
    frame->quality = 0;
    frame->crop_top = frame->crop_bottom = frame->crop_left = frame->crop_right = 0;
    frame->pkt_dts = AV_NOPTS_VALUE;
    frame->flags = 0;
#ifndef AV_FRAME_FLAG_INTERLACED
    frame->key_frame = 0;
    frame->interlaced_frame = 0;
    frame->top_field_first = 0;
#endif
}

/// Drops side data that speaks of positions in the picture or of its coding: false once the picture has another size.
static inline void cff_frame_drop_sized_side_data(AVFrame *frame) {
    static const enum AVFrameSideDataType sized[] = {
        AV_FRAME_DATA_PANSCAN, AV_FRAME_DATA_MOTION_VECTORS, AV_FRAME_DATA_REGIONS_OF_INTEREST,
        AV_FRAME_DATA_VIDEO_ENC_PARAMS, AV_FRAME_DATA_DETECTION_BBOXES, AV_FRAME_DATA_FILM_GRAIN_PARAMS,
    };
    for (size_t i = 0; i < sizeof sized / sizeof sized[0]; i++) av_frame_remove_side_data(frame, sized[i]);
}

/// Points one plane at memory that outlives the frame's use.
static inline void cff_frame_point_plane(AVFrame *frame, int plane, uint8_t *data, int linesize) {
    frame->data[plane] = data;
    frame->linesize[plane] = linesize;
}

// Conversion. SwsContext is opaque up to FFmpeg 7.0 and a public struct later, which Swift sees as two types.

/// A converter without resizing, exact rather than fast; NULL when libswscale cannot. `matrix` is an SWS_CS_ constant.
static inline void *cff_scaler_open(int width, int height, enum AVPixelFormat from, enum AVPixelFormat to, int matrix,
                                    int from_full, int to_full) {
    int flags = SWS_POINT | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT | SWS_BITEXACT;
    struct SwsContext *scaler = sws_getContext(width, height, from, width, height, to, flags, NULL, NULL, NULL);
    if (!scaler) return NULL;
    const int *table = sws_getCoefficients(matrix);
    sws_setColorspaceDetails(scaler, table, from_full, table, to_full, 0, 1 << 16, 1 << 16);
    return scaler;
}

/// The number of rows written, or an error.
static inline int cff_scaler_run(void *scaler, const AVFrame *from, AVFrame *to, int height) {
    return sws_scale((struct SwsContext *)scaler, (const uint8_t *const *)from->data, from->linesize, 0, height,
                     to->data, to->linesize);
}

static inline void cff_scaler_close(void *scaler) { sws_freeContext((struct SwsContext *)scaler); }

// Formats.

static inline int cff_component_depth(const AVPixFmtDescriptor *format, int i) { return format->comp[i].depth; }
static inline int cff_component_shift(const AVPixFmtDescriptor *format, int i) { return format->comp[i].shift; }
static inline int cff_component_plane(const AVPixFmtDescriptor *format, int i) { return format->comp[i].plane; }
static inline int cff_component_step(const AVPixFmtDescriptor *format, int i) { return format->comp[i].step; }
static inline int cff_component_offset(const AVPixFmtDescriptor *format, int i) { return format->comp[i].offset; }

/// The formats an encoder takes, ended by AV_PIX_FMT_NONE; NULL when it takes any.
static inline const enum AVPixelFormat *cff_encoder_formats(const AVCodec *encoder) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
    const void *list = NULL;
    int count = 0;
    if (avcodec_get_supported_config(NULL, encoder, AV_CODEC_CONFIG_PIX_FORMAT, 0, &list, &count) < 0) return NULL;
    return (const enum AVPixelFormat *)list;
#else
    return encoder->pix_fmts;
#endif
}

/// The frame rates an encoder takes, ended by 0/0; NULL when it takes any.
static inline const AVRational *cff_encoder_rates(const AVCodec *encoder) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
    const void *list = NULL;
    int count = 0;
    if (avcodec_get_supported_config(NULL, encoder, AV_CODEC_CONFIG_FRAME_RATE, 0, &list, &count) < 0) return NULL;
    return (const AVRational *)list;
#else
    return encoder->supported_framerates;
#endif
}

/// The sample formats an encoder takes, ended by AV_SAMPLE_FMT_NONE; NULL when it takes any.
static inline const enum AVSampleFormat *cff_encoder_sample_formats(const AVCodec *encoder) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
    const void *list = NULL;
    int count = 0;
    if (avcodec_get_supported_config(NULL, encoder, AV_CODEC_CONFIG_SAMPLE_FORMAT, 0, &list, &count) < 0) return NULL;
    return (const enum AVSampleFormat *)list;
#else
    return encoder->sample_fmts;
#endif
}

/// The sample rates an encoder takes, ended by 0; NULL when it takes any.
static inline const int *cff_encoder_sample_rates(const AVCodec *encoder) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
    const void *list = NULL;
    int count = 0;
    if (avcodec_get_supported_config(NULL, encoder, AV_CODEC_CONFIG_SAMPLE_RATE, 0, &list, &count) < 0) return NULL;
    return (const int *)list;
#else
    return encoder->supported_samplerates;
#endif
}

/// The channel layouts an encoder takes, ended by one without channels; NULL when it takes any.
static inline const AVChannelLayout *cff_encoder_layouts(const AVCodec *encoder) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100)
    const void *list = NULL;
    int count = 0;
    if (avcodec_get_supported_config(NULL, encoder, AV_CODEC_CONFIG_CHANNEL_LAYOUT, 0, &list, &count) < 0) return NULL;
    return (const AVChannelLayout *)list;
#else
    return encoder->ch_layouts;
#endif
}

/// Whether a codec of sound has a name in AVI, under which Matroska holds it, too.
static inline int cff_has_acm_name(enum AVCodecID codec) {
    const struct AVCodecTag *const tables[] = {avformat_get_riff_audio_tags(), NULL};
    return av_codec_get_tag(tables, codec) != 0;
}

// Sound.

/// The planes of a sound frame, as sample queues want them.
static inline void **cff_frame_planes(AVFrame *frame) { return (void **)frame->extended_data; }

// Streams.

static inline AVStream *cff_stream(const AVFormatContext *context, int i) { return context->streams[i]; }
static inline AVChapter *cff_chapter(const AVFormatContext *context, int i) { return context->chapters[i]; }
static inline AVProgram *cff_program(const AVFormatContext *context, int i) { return context->programs[i]; }

/// The display matrix of a stream, or NULL.
static inline const int32_t *cff_stream_display_matrix(const AVStream *stream) {
#if CFF_SIDE_DATA_IN_PARAMETERS
    const AVPacketSideData *data = av_packet_side_data_get(stream->codecpar->coded_side_data,
                                                           stream->codecpar->nb_coded_side_data,
                                                           AV_PKT_DATA_DISPLAYMATRIX);
    return data && data->size >= 36 ? (const int32_t *)data->data : NULL;
#else
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
    return data && size >= 36 ? (const int32_t *)data : NULL;
#endif
}

/// The side data of a stream: `*count` entries, or NULL with none.
static inline const AVPacketSideData *cff_stream_side_data(const AVStream *stream, int *count) {
#if CFF_SIDE_DATA_IN_PARAMETERS
    *count = stream->codecpar->nb_coded_side_data;
    return stream->codecpar->coded_side_data;
#else
    *count = stream->nb_side_data;
    return stream->side_data;
#endif
}

/// One number of a mastering display: 0...5 the chromaticities of red, green and blue (x, y), 6 and 7 those of white, 8 the
/// least and 9 the greatest luminance in cd/m2; 0/0 when it is not given.
static inline AVRational cff_mastering_value(const AVMasteringDisplayMetadata *data, int i) {
    AVRational none = {0, 0};
    if (i < 8) {
        if (!data->has_primaries) return none;
        return i < 6 ? data->display_primaries[i / 2][i % 2] : data->white_point[i - 6];
    }
    if (!data->has_luminance) return none;
    return i == 8 ? data->min_luminance : data->max_luminance;
}

/// Whether side data still tells the truth once the stream's pictures were coded anew.
static inline int cff_side_data_survives_encoding(enum AVPacketSideDataType type) {
    switch (type) {
    case AV_PKT_DATA_DISPLAYMATRIX:
    case AV_PKT_DATA_STEREO3D:
    case AV_PKT_DATA_SPHERICAL:
    case AV_PKT_DATA_MASTERING_DISPLAY_METADATA:
    case AV_PKT_DATA_CONTENT_LIGHT_LEVEL:
    case AV_PKT_DATA_ICC_PROFILE:
        return 1;
    default:
        return 0;
    }
}

static inline int cff_put_stream_side_data(AVStream *stream, enum AVPacketSideDataType type, const uint8_t *bytes,
                                           size_t size) {
#if CFF_SIDE_DATA_IN_PARAMETERS
    AVPacketSideData *data = av_packet_side_data_new(&stream->codecpar->coded_side_data,
                                                     &stream->codecpar->nb_coded_side_data, type, size, 0);
    if (!data) return AVERROR(ENOMEM);
    memcpy(data->data, bytes, size);
#else
    uint8_t *data = av_stream_new_side_data(stream, type, size);
    if (!data) return AVERROR(ENOMEM);
    memcpy(data, bytes, size);
#endif
    return 0;
}

/// Copies the side data of a stream: all of it, or what survives encoding. 0 or an error.
static inline int cff_copy_stream_side_data(AVStream *to, const AVStream *from, int encoded) {
#if CFF_SIDE_DATA_IN_PARAMETERS
    if (!encoded) return 0;  // avcodec_parameters_copy has done it.
    const AVPacketSideData *all = from->codecpar->coded_side_data;
    int count = from->codecpar->nb_coded_side_data;
#else
    const AVPacketSideData *all = from->side_data;
    int count = from->nb_side_data;
#endif
    for (int i = 0; i < count; i++) {
        if (encoded && !cff_side_data_survives_encoding(all[i].type)) continue;
        int status = cff_put_stream_side_data(to, all[i].type, all[i].data, all[i].size);
        if (status < 0) return status;
    }
    return 0;
}

/// Adds an empty chapter to a context that will be written; NULL without memory. Its memory belongs to the context.
static inline AVChapter *cff_add_chapter(AVFormatContext *context, int64_t id, AVRational time_base, int64_t start,
                                         int64_t end) {
    AVChapter *chapter = (AVChapter *)av_mallocz(sizeof *chapter);
    if (!chapter) return NULL;
    int count = (int)context->nb_chapters;
    if (av_dynarray_add_nofree(&context->chapters, &count, chapter) < 0) {
        av_free(chapter);
        return NULL;
    }
    context->nb_chapters = (unsigned)count;
    chapter->id = id;
    chapter->time_base = time_base;
    chapter->start = start;
    chapter->end = end;
    return chapter;
}

/// Turns codec parameters into those of an attached file with the content `bytes`. 0 or an error.
static inline int cff_parameters_hold_file(AVCodecParameters *parameters, const uint8_t *bytes, int size) {
    uint8_t *copy = (uint8_t *)av_mallocz((size_t)size + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!copy) return AVERROR(ENOMEM);
    memcpy(copy, bytes, (size_t)size);
    av_freep(&parameters->extradata);
    parameters->extradata = copy;
    parameters->extradata_size = size;
    parameters->codec_type = AVMEDIA_TYPE_ATTACHMENT;
    parameters->codec_tag = 0;
    return 0;
}

/// Whether this libavformat's Matroska muxer writes the display matrix.
static inline int cff_matroska_holds_rotation(void) {
    return LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 10, 100);
}

#endif
