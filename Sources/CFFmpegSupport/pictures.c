#include "upluma_ffmpeg_pictures.h"

#include <libavcodec/avcodec.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <string.h>

/// Zeros everywhere, the edges that decoders draw beyond the picture included.
static void clear(AVFrame *frame) {
    for (int i = 0; i < AV_NUM_DATA_POINTERS && frame->buf[i]; i++) {
        memset(frame->buf[i]->data, 0, (size_t)frame->buf[i]->size);
    }
}

static void blacken(AVFrame *frame) {
    ptrdiff_t linesizes[4];
    for (int i = 0; i < 4; i++) linesizes[i] = frame->linesize[i];
    // Formats that cannot be filled stay zero.
    av_image_fill_black(frame->data, linesizes, (enum AVPixelFormat)frame->format, AVCOL_RANGE_UNSPECIFIED,
                        frame->width, frame->height);
}

static int get_filled(AVCodecContext *context, AVFrame *frame, int flags) {
    int status = avcodec_default_get_buffer2(context, frame, flags);
    if (status < 0) return status;
    AVFrame *last = (AVFrame *)context->opaque;
    clear(frame);
    if (last->buf[0] && last->format == frame->format && last->width == frame->width && last->height == frame->height) {
        av_image_copy(frame->data, frame->linesize, (const uint8_t **)last->data, last->linesize,
                      (enum AVPixelFormat)frame->format, frame->width, frame->height);
    } else {
        blacken(frame);
    }
    av_frame_unref(last);
    return av_frame_ref(last, frame);
}

int upluma_ffmpeg_fill_pictures(void *context) {
    AVCodecContext *decoder = (AVCodecContext *)context;
    if (!(decoder->codec->capabilities & AV_CODEC_CAP_DR1)) return 0;
    AVFrame *last = av_frame_alloc();
    if (!last) return AVERROR(ENOMEM);
    decoder->opaque = last;
    decoder->get_buffer2 = get_filled;
    return 0;
}

void upluma_ffmpeg_forget_pictures(void *context) {
    AVCodecContext *decoder = (AVCodecContext *)context;
    AVFrame *last = (AVFrame *)decoder->opaque;
    av_frame_free(&last);
    decoder->opaque = NULL;
}
