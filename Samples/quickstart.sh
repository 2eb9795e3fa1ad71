#!/usr/bin/env bash
# From a fresh clone to a first result: installs what is missing, builds, draws a small clip with sound, enlarges it,
# and makes a picture that shows the difference.
#
# Usage: Samples/quickstart.sh [FOLDER]     (the results go to FOLDER, default: upluma-quickstart)
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "${1:-upluma-quickstart}"
folder=$(cd "${1:-upluma-quickstart}" && pwd)

"$root/Samples/install.sh"
echo "Building (the first time takes a few minutes) ..."
swift build --package-path "$root" -c release --quiet
tools=$(swift build --package-path "$root" -c release --show-bin-path)

small="$folder/sample.mp4"
large="$folder/sample-original.mkv"
result="$folder/sample-2x.mkv"
echo "Drawing the sample clip, large, and reducing it ..."
"$root/Samples/make-clip.sh" "$tools" "$small" "$large"

echo "Enlarging it again ..."
"$tools/upluma" upscale "$small" -o "$result" --overwrite

"$tools/upluma" preview "$small" --at 0.5,1.2,2.5,3.5 --model sp-vdsr,sp-vdsr-lineart --reference "$large" \
    --no-estimate --overwrite -o "$folder/sample-preview.html" >/dev/null

"$root/Samples/compare.sh" "$tools" "$small" "$folder/comparison.png" "$large"

echo
echo "The small clip:  $small"
echo "The result:      $result"
echo "The comparison:  $folder/comparison.png   (pixels repeated, Lanczos, Upluma, the original)"
echo "The preview:     $folder/sample-preview.html   (a page to slide and zoom, in any browser)"
echo "Your own video:  $tools/upluma upscale INPUT -o OUTPUT.mkv"
