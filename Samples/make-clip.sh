#!/usr/bin/env bash
# Draws the sample clip: 320×240, 25 frames a second, four seconds, H.264 with a little tune.
#
# Usage: make-clip.sh TOOLS OUTPUT     (TOOLS: the folder of the built programs)
set -euo pipefail
tools=$1
output=$2
tune='0.2*sin(2*PI*t*(330+55*mod(floor(t*2)\,4)))*exp(-3*mod(t\,0.5))'
"$tools/SampleClip" 320 | ffmpeg -v error -y -f yuv4mpegpipe -i - -f lavfi -i "aevalsrc=$tune:s=44100:d=4" \
    -pix_fmt yuv420p -c:v libx264 -crf 14 -colorspace smpte170m -color_range tv -c:a aac -b:a 96k \
    -metadata title="Upluma sample" "$output"
