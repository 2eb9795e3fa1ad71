#!/usr/bin/env bash
# Installs what is missing, builds without warnings in debug and release (the kernels for arm64, too), and runs every test.
#
# Usage: Tests/run.sh [--training]
#   --training  also sets up PyTorch in a virtual environment of the project's own, runs the training package's tests,
#               and checks that the golden files can be made again.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

training=false
case "${1:-}" in
    "") ;;
    --training) training=true ;;
    *) echo "usage: Tests/run.sh [--training]" >&2; exit 64 ;;
esac

Samples/install.sh Tests/apt-packages.txt

# Builds with the given arguments; fails on an error and on any warning in the package's own sources.
build() {
    local log
    log=$(mktemp)
    echo "swift build $*"
    if ! swift build "$@" >"$log" 2>&1 || grep -qE "^$root/.*warning:" "$log"; then
        grep -E 'error:|warning:' "$log" || tail -30 "$log"
        echo "Tests/run.sh: the build failed or has warnings" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

swift format lint --strict --recursive Package.swift Sources Tests Samples
Tests/arm64.sh
build
# The tests run optimised code, as users do (unoptimised kernels would take many times as long), built in a folder of
# their own because of -enable-testing.
optimised=(-c release --scratch-path .build/tests -Xswiftc -enable-testing)
build "${optimised[@]}" --build-tests
swift test "${optimised[@]}" --skip-build

if $training; then
    Sources/Training/setup.sh
    Sources/Training/.venv/bin/python -m pytest -q -ra Tests/TrainingTests
    Sources/Training/.venv/bin/python -m upluma_training goldens --check
fi
