#!/bin/bash
# Makes Sources/Training/.venv and installs this package with its tests in it; does nothing when
# that has been done for this pyproject.toml. Needs python3 (3.10 or later), or apt to get it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

stamp=.venv/stamp
want="$(cat pyproject.toml setup.sh | sha256sum | cut -d' ' -f1)"
if [[ -x .venv/bin/python && -f $stamp && $(<"$stamp") == "$want" ]]; then
    exit 0
fi

as_root() {
    if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi
}

rm -rf .venv
if ! python3 -m venv .venv; then
    # Debian and Ubuntu keep venv's ensurepip in a package of its own.
    rm -rf .venv
    as_root apt-get update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y python3-venv
    python3 -m venv .venv
fi

pip() {
    .venv/bin/python -m pip --disable-pip-version-check --no-input "$@"
}

# PyTorch for the processor is a tenth of the size of the CUDA build that PyPI serves.
cpu_torch='torch==2.13.0+cpu'
pip install --quiet "$cpu_torch" \
    || pip install --quiet "$cpu_torch" --index-url https://download.pytorch.org/whl/cpu \
    || pip install --quiet 'torch>=2.4'
pip install --quiet --editable '.[test]'
echo "$want" >"$stamp"
