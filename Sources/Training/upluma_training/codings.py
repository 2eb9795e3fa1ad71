"""The codings old video comes in, through the `ffmpeg` tool: luma frames there and back again."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import clips

FRAME_RATE = 25
"""Of the frames that are coded for training; MPEG-1 allows only the rates of television."""


@dataclass(frozen=True)
class Coding:
    """One way of coding: the encoder with its options, and how its strength is stated."""

    encoder: tuple[str, ...]
    """ffmpeg's arguments, from `-c:v` on."""
    strength: str = "-qscale:v"
    """The option that takes the quantiser (or, for H.264, the rate factor)."""
    is_interlaced: bool = False
    """Frames are pairs of fields, the upper first; the decoder is followed by a deinterlacer."""


CODINGS = {
    # Two B frames and a group of half a second: what every DVD holds.
    "mpeg2": Coding(("mpeg2video", "-g", "15", "-bf", "2")),
    "mpeg2-interlaced": Coding(
        ("mpeg2video", "-g", "15", "-bf", "2", "-flags", "+ildct+ilme", "-top", "1"), is_interlaced=True
    ),
    "mpeg1": Coding(("mpeg1video", "-g", "15", "-bf", "2")),
    "mpeg4": Coding(("mpeg4", "-g", "250", "-bf", "2", "-mbd", "rd", "-trellis", "1")),
    "mpeg4-matrix": Coding(("mpeg4", "-g", "250", "-bf", "1", "-mpeg_quant", "1")),
    # Without B frames, since FFmpeg's wrapper loses frames with them.
    "xvid": Coding(("libxvid", "-g", "250", "-bf", "0")),
    "divx3": Coding(("msmpeg4", "-g", "250")),
    "flv": Coding(("flv", "-g", "100")),
    "h264": Coding(("libx264", "-preset", "medium"), "-crf"),
    "h264-web": Coding(("libx264", "-preset", "veryfast", "-profile:v", "baseline"), "-crf"),
}


def round_trip(frames: np.ndarray, name: str, strength: float) -> np.ndarray:
    """N x H x W uint8 luma codes (even sides), coded with `CODINGS[name]` and decoded again.

    Chroma is grey. The frames come back in order and number, deinterlaced by `bwdif` (one frame for
    two fields) where the coding is interlaced.

    Raises `clips.ClipError` when ffmpeg is missing, lacks the encoder or loses a frame.
    """
    coding = CODINGS[name]
    count, height, width = frames.shape
    grey = np.full((height // 2) * (width // 2) * 2, 128, np.uint8).tobytes()
    raw = b"".join(frame.tobytes() + grey for frame in frames)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.nut"
        encode = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p"]
        encode += ["-s", f"{width}x{height}", "-r", str(FRAME_RATE), "-i", "-", "-threads", "1"]
        encode += ["-c:v", *coding.encoder, coding.strength, str(strength), str(path)]
        clips.output(encode, f"{name} at {strength}", raw)
        fields = "setfield=tff,bwdif=mode=send_frame:parity=tff:deint=all," if coding.is_interlaced else ""
        decoded = clips.luma(path, height, width, fields)
    if len(decoded) != count:
        raise clips.ClipError(f"{name} at {strength}: {len(decoded)} of {count} frames came back")
    return decoded
