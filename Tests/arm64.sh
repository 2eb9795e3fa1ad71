#!/usr/bin/env bash
# Compiles the C kernels for 64-bit ARM, where they are portable C that the compiler turns into NEON: without warnings, and
# with vector instructions in the loops that matter. Needs Swift's clang and libc6-dev-arm64-cross (Samples/install.sh).
set -euo pipefail
kernels=$(cd "$(dirname "$0")/../Sources/CUplumaKernels" && pwd)
clang=$(dirname "$(readlink -f "$(command -v swiftc)")")/clang
headers=/usr/aarch64-linux-gnu/include

compile() {
    "$clang" --target=aarch64-linux-gnu -std=c11 -O2 -Wall -Wextra -Werror -isystem "$headers" -I "$kernels/include" "$@" -o -
}

# By name: what a vectorised loop of each file must contain. (fmla is a fused multiply-add of vectors, fmax and scvtf work
# on vectors when their registers are called v0.4s.)
declare -A expected=([conv]='fmla.*\.4s' [enlarge]='fmla.*\.4s' [fir]='fmla.*\.4s' [peak]='fmla.*\.4s' [samples]='ucvtf.*\.4s')

status=0
for source in "$kernels"/*.c "$kernels"/x86/*.c; do
    name=$(basename "$source" .c)
    if ! assembly=$(compile -S "$source"); then
        echo "Tests/arm64.sh: $name.c does not compile for arm64 without warnings" >&2
        status=1
    elif [ -n "${expected[$name]:-}" ] && ! grep -qE "${expected[$name]}" <<<"$assembly"; then
        echo "Tests/arm64.sh: nothing in $name.c became vector instructions (${expected[$name]})" >&2
        status=1
    fi
done
[ $status -eq 0 ] && echo "The kernels compile for arm64, vectorised."
exit $status
