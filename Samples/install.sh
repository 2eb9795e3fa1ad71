#!/usr/bin/env bash
# Installs the packages of apt-packages.txt that are missing. Needs apt; asks for root through sudo only when something
# is missing.
#
# Usage: Samples/install.sh [LIST...]
#   LIST  a further list of packages. What this system's apt does not know of it, or knows only as a name without a
#         package, is named and left out.
set -euo pipefail
lists=()
for list in "$@"; do lists+=("$(realpath "$list")"); done
cd "$(dirname "$0")"

if ! command -v swift >/dev/null; then
    echo "Upluma is built with Swift 6: install it from https://www.swift.org/install/linux/ and run this again." >&2
    exit 1
fi

# The packages of a list that are not installed.
missing_of() {
    local package
    grep -v '^#' "$1" | while read -r package; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
    done
}

mapfile -t missing < <(missing_of apt-packages.txt)
further=()
for list in ${lists[@]+"${lists[@]}"}; do
    mapfile -t -O "${#further[@]}" further < <(missing_of "$list")
done
[ $((${#missing[@]} + ${#further[@]})) -eq 0 ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
for package in ${further[@]+"${further[@]}"}; do
    # "(none)" where no source has it; nothing at all where it is not even a name.
    if LC_ALL=C apt-cache policy "$package" | grep -q 'Candidate: [^(]'; then
        missing+=("$package")
    else
        echo "No package $package here: the tests that need it will be skipped." >&2
    fi
done
[ ${#missing[@]} -eq 0 ] && exit 0
echo "Installing: ${missing[*]}" >&2
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
