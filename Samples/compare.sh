#!/usr/bin/env bash
# Makes a picture of the middle of a clip's first frame, enlarged twice by Lanczos (left) and by the default network
# (right), each pixel shown three times its size so that the difference can be seen.
#
# Usage: compare.sh TOOLS CLIP OUTPUT.png [CROP]     (CROP: FFmpeg's crop of the enlarged picture, default 220:300:360:130)
set -euo pipefail
tools=$1
clip=$2
output=$3
crop=${4:-220:300:360:130}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for model in lanczos3 sp-vdsr; do
    "$tools/upluma" upscale "$clip" -o "$work/$model.mkv" --model "$model" --duration 0.04 --encoder ffv1 --progress none
done
ffmpeg -v error -y -i "$work/lanczos3.mkv" -i "$work/sp-vdsr.mkv" -filter_complex \
    "[0]crop=$crop,scale=iw*2:ih*2:flags=neighbor,pad=iw+4:ih:0:0:white[a];
     [1]crop=$crop,scale=iw*2:ih*2:flags=neighbor[b];[a][b]hstack" -frames:v 1 -update 1 "$output"
