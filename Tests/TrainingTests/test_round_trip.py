"""The arithmetic of Samples/round-trip.py, and the whole of it with a stand-in for the tool."""

import importlib.util
import json
import math
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT

SCRIPT = ROOT / "Samples" / "round-trip.py"


@pytest.fixture(scope="module")
def trip():
    spec = importlib.util.spec_from_file_location("round_trip", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CURVE = [(100.0, 30.0), (210.0, 33.0), (430.0, 35.5), (900.0, 37.1)]


def test_psnr(trip):
    plane = np.full((4, 6), 100, np.uint8)
    assert trip.psnr(trip.mean_square(plane, plane)) == trip.EXACT
    assert trip.psnr(trip.mean_square(plane, plane + 5)) == pytest.approx(10 * math.log10(255**2 / 25))
    # Codes do not wrap around.
    assert trip.psnr(trip.mean_square(plane * 0, plane * 0 + 255)) == pytest.approx(0)


def test_slopes_of_a_straight_line_and_of_a_peak(trip):
    x = np.array([0.0, 1, 3, 4])
    assert trip.slopes(x, 2 * x + 1) == pytest.approx([2, 2, 2, 2])
    assert trip.slopes(x, np.array([0.0, 1, 0, 3]))[1:3] == pytest.approx([0, 0])


def test_integral_is_that_of_the_polynomial(trip):
    x = np.array([0.0, 1, 2.5, 4])
    # Straight lines are met exactly, and any curve is passed at its points.
    assert trip.integral(x, 3 * x + 2, 0.5, 3.5) == pytest.approx(1.5 * (3.5**2 - 0.5**2) + 6)
    y = np.array([0.0, 1, 1.2, 4])
    for i, value in enumerate(y[:-1]):
        step = 1e-6
        assert trip.integral(x, y, x[i], x[i] + step) / step == pytest.approx(value, abs=1e-5)
    # Monotone between the points: no part is above its higher end.
    parts = [trip.integral(x, y, a, a + 0.1) / 0.1 for a in np.arange(1, 2.4, 0.1)]
    assert all(1 <= part <= 1.2 for part in parts) and parts == sorted(parts)


@pytest.mark.parametrize("share", [0.5, 0.9, 1.0, 1.25])
def test_bd_rate_of_a_curve_at_a_share_of_the_rate(trip, share):
    other = [(share * rate, quality) for rate, quality in CURVE]
    assert trip.bd_rate(CURVE, other) == pytest.approx(100 * (share - 1), abs=1e-9)
    assert trip.bd_rate(CURVE, other[::-1]) == pytest.approx(100 * (share - 1), abs=1e-9)


def test_bd_rate_over_the_common_part(trip):
    # 20 % less rate above 33 dB, the same line in log rate beyond.
    line = [(100 * math.exp(0.2 * (q - 30)), q) for q in (30.0, 32, 34, 36)]
    other = [(80 * math.exp(0.2 * (q - 30)), q) for q in (33.0, 35, 37, 39)]
    assert trip.bd_rate(line, other) == pytest.approx(-20)


def test_bd_rate_that_there_is_none_of(trip):
    better = [(rate, quality + 20) for rate, quality in CURVE]
    assert trip.bd_rate(CURVE, better) is None
    assert trip.bd_rate(CURVE, CURVE[:1]) is None
    assert trip.bd_rate(CURVE, [(100, 30), (200, 29), (300, 33)]) is None


def test_matching_factors(trip):
    probes = [(20, 8000.0), (30, 2000.0), (40, 500.0)]
    assert trip.matching_factors(probes, [4000, 2000, 1000, 100, 9000]) == [25, 30, 35, 40, 20]


def test_factors_by_name(trip):
    assert [trip.factor(name) for name in ("car-2x", "car-4x-bicubic", "lanczos3-2x")] == [2, 4, 2]
    with pytest.raises(SystemExit, match="sp-vdsr"):
        trip.factor("sp-vdsr")


STAND_IN = """#!/bin/sh
# upluma downscale|upscale IN -o OUT --model NAME …, by FFmpeg's own filters.
mode=$1 input=$2 output=$4 model=$6
case $mode in downscale) size=iw/2:ih/2 ;; *) size=iw*2:ih*2 ;; esac
case $model in lanczos3*) flags=lanczos ;; *) flags=bicubic ;; esac
case "$*" in *libx264*) encoder="-c:v libx264 -crf" ;; *) encoder="-c:v ffv1 -strict" ;; esac
crf=-1
while [ $# -gt 0 ]; do [ "$1" = --crf ] && crf=$2; shift; done
exec ffmpeg -v error -nostdin -y -i "$input" -vf "scale=$size:flags=$flags" $encoder $crf "$output"
"""


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="FFmpeg is not installed")
def test_the_whole_script(tmp_path):
    tool, clip, pictures = tmp_path / "upluma", tmp_path / "clip.mkv", tmp_path / "pictures"
    tool.write_text(STAND_IN)
    tool.chmod(0o755)
    pictures.mkdir()
    make = ["ffmpeg", "-v", "error", "-nostdin", "-f", "lavfi", "-i"]
    subprocess.run([*make, "testsrc2=s=130x98:r=10:d=1,noise=alls=6", "-pix_fmt", "yuv420p", "-c:v", "ffv1", clip], check=True)
    subprocess.run([*make, "testsrc2=s=64x48", "-frames:v", "1", pictures / "a.png"], check=True)
    done = subprocess.run(
        [sys.executable, SCRIPT, tool, clip, "--downscalers", "lanczos3-2x,bicubic-2x", "--pairs", "bicubic-2x=bicubic"]
        + ["--crf", "20,38", "--duration", "0.5", "--pictures", pictures, "--json", tmp_path / "out.json"],
        stdout=subprocess.PIPE, text=True, check=True,
    )
    found = json.loads((tmp_path / "out.json").read_text())
    result = found["clips"][0]
    assert (result["width"], result["height"], result["frames"]) == (128, 96, 5)
    assert list(result["lines"]) == ["lanczos3-2x", "bicubic-2x", "no downscale"]
    for points in result["lines"].values():
        rates, quality = [p["kbps"] for p in points], [p["psnr_y"] for p in points]
        assert rates == sorted(rates, reverse=True) and quality == sorted(quality, reverse=True)
    # Libx264 is told a rate factor, and meets the rate within a tenth or so; five frames are few.
    for whole, small in zip(result["lines"]["no downscale"], result["lines"]["lanczos3-2x"]):
        assert whole["kbps"] == pytest.approx(small["kbps"], rel=0.35) or whole["crf"] in (20, 51)
    assert result["bd_rate"]["lanczos3-2x"] == pytest.approx(0)
    assert all(0.5 < bits < 24 for bits in result["lossless_bits"].values())
    assert set(found["picture_bits"]) == {"lanczos3-2x", "bicubic-2x"}
    table = done.stdout
    assert "| clip.mkv | bicubic-2x → bicubic |" in table and "luma of pictures" in table
