// FFmpeg's log, one finished line at a time: its own callback takes a va_list, which Swift cannot receive safely.
#ifndef UPLUMA_FFMPEG_LOG_H
#define UPLUMA_FFMPEG_LOG_H

/// Takes one log line without its line break. `level` is an AV_LOG_ constant. Called on whichever thread logs.
typedef void (*upluma_log_line)(int level, const char *text);

/// Sends FFmpeg's lines of level `level` and graver to `receiver` instead of standard error. Call once, before FFmpeg
/// is used; the receiver stays for the life of the process.
void upluma_ffmpeg_log_capture(int level, upluma_log_line receiver);

#endif
