#!/usr/bin/env bash
# Makes a picture of a part of a clip's first frame, enlarged twice: by repeating its pixels, by Lanczos, by the default
# model; and last, when given, the same part of the large original. Every pixel is shown three times its size, so that
# the difference can be seen. With the original, the luma PSNR of that frame is printed, too.
#
# Usage: compare.sh TOOLS SMALL OUTPUT.png [LARGE]
set -euo pipefail
tools=$1
small=$2
output=$3
large=${4:-}
crop=${CROP:-112:160:74:246}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

inputs=()
for model in nearest lanczos3 auto; do
    # Chroma by the same filter as luma where luma is filtered; a network's chroma is Lanczos.
    chroma=$([ "$model" = auto ] && echo lanczos3 || echo "$model")
    "$tools/upluma" upscale "$small" -o "$work/$model.mkv" --model "$model" --chroma "$chroma" --duration 0.04 \
        --encoder ffv1 --progress none
    inputs+=(-i "$work/$model.mkv")
    [ -z "$large" ] && continue
    psnr=$(ffmpeg -hide_banner -i "$work/$model.mkv" -i "$large" -lavfi psnr=shortest=1 -f null - 2>&1 | sed -n 's/.*PSNR y:\([0-9.]*\).*/\1/p')
    printf 'Against the original: %-9s %.2f dB (PSNR of luma, first frame)\n' "$model" "$psnr"
done
[ -z "$large" ] || inputs+=(-i "$large")
count=$((${#inputs[@]} / 2))
graph=""
panels=""
for ((panel = 0; panel < count; panel++)); do
    graph+="[$panel]crop=$crop,scale=iw*3:ih*3:flags=neighbor,pad=iw+6:ih:0:0:white[p$panel];"
    panels+="[p$panel]"
done
ffmpeg -v error -y "${inputs[@]}" -filter_complex "$graph${panels}hstack=$count,crop=iw-6:ih:0:0" -frames:v 1 -update 1 "$output"
