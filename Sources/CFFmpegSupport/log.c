#include "upluma_ffmpeg_log.h"

#include <libavutil/log.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static _Atomic(upluma_log_line) line_receiver;

static void on_log(void *context, int level, const char *format, va_list arguments) {
    if (level > av_log_get_level()) return;
    upluma_log_line receiver = atomic_load(&line_receiver);
    if (!receiver) return;
    char line[1024];
    int print_prefix = 0;  // Without FFmpeg's own "[h264 @ 0x...]", whose address tells a user nothing.
    av_log_format_line2(context, level, format, arguments, line, (int)sizeof line, &print_prefix);
    size_t length = strlen(line);
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r')) line[--length] = 0;
    if (length > 0) receiver(level, line);
}

void upluma_ffmpeg_log_capture(int level, upluma_log_line receiver) {
    atomic_store(&line_receiver, receiver);
    av_log_set_level(level);
    av_log_set_callback(on_log);
}
