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

clip="$folder/sample.mp4"
result="$folder/sample-2x.mkv"
echo "Drawing the sample clip ..."
"$root/Samples/make-clip.sh" "$tools" "$clip"

echo "Enlarging it ..."
"$tools/upluma" upscale "$clip" -o "$result" --overwrite

"$root/Samples/compare.sh" "$tools" "$clip" "$folder/comparison.png"

echo
echo "The result:      $result"
echo "The comparison:  $folder/comparison.png   (left: Lanczos, right: Upluma)"
echo "Your own video:  $tools/upluma upscale INPUT -o OUTPUT.mkv"
