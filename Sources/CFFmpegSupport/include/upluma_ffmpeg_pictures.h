// Pictures that a decoder draws into, with defined contents: decoders that meet damage leave parts of them undrawn.
#ifndef UPLUMA_FFMPEG_PICTURES_H
#define UPLUMA_FFMPEG_PICTURES_H

/// Lets every picture that a decoder begins show the one it began before, or black where there is none, so that what
/// damage leaves undrawn is the same in every run. Call before the decoder is opened, and without frame threads.
///
/// `context` is an AVCodecContext, whose `opaque` is taken for this. Returns 0, or a negative AVERROR without memory.
int upluma_ffmpeg_fill_pictures(void *context);

/// Gives back what `upluma_ffmpeg_fill_pictures` took; call before the context is freed.
void upluma_ffmpeg_forget_pictures(void *context);

#endif
