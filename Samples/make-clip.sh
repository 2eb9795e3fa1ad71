#!/usr/bin/env bash
# Draws the sample clip, 25 frames a second, four seconds, with a little tune: once large (640×480, lossless), and reduced
# to half the size and compressed with H.264, as an old web video would be.
#
# Usage: make-clip.sh TOOLS SMALL.mp4 LARGE.mkv     (TOOLS: the folder of the built programs)
set -euo pipefail
tools=$1
small=$2
large=$3
tune='0.2*sin(2*PI*t*(330+55*mod(floor(t*2)\,4)))*exp(-3*mod(t\,0.5))'
tags=(-colorspace smpte170m -color_primaries smpte170m -color_trc smpte170m -color_range tv)

"$tools/SampleClip" 640 | ffmpeg -v error -y -f yuv4mpegpipe -i - -pix_fmt yuv420p -c:v ffv1 "${tags[@]}" "$large"
ffmpeg -v error -y -i "$large" -f lavfi -i "aevalsrc=$tune:s=44100:d=4" -vf scale=iw/2:ih/2:flags=bicubic+accurate_rnd \
    -c:v libx264 -crf 14 "${tags[@]}" -c:a aac -b:a 96k -metadata title="Upluma sample" "$small"
