"""`yardsticks`: the six convolutions of SP-VDSR and the sub-pixel step, timed in other runtimes.

Input 1 x 1 x H x W float32, output the residual 1 x 1 x 2H x 2W, f32 arithmetic throughout. Needs the
`yardsticks` extra; a runtime that is not installed is reported as such, not left out.
"""

import copy
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from .export import SHIPPED, load_weights
from .goldens import picture
from .networks.sp_vdsr import LEAKY_SLOPE, Layer
from .runtimes import RUNTIMES, Unavailable

Run = Callable[[], np.ndarray]

# Sums of 72 products in another order, six layers deep, on residuals of order 0.1.
TOLERANCE = 1e-4


def operations_per_pixel(layers: list[Layer]) -> int:
    """Multiplications and additions of the convolutions per input pixel."""
    return 2 * sum(weight.numel() for weight, _ in layers)


def times(run: Run, frames: int) -> list[float]:
    """Milliseconds of `frames` runs, after three that warm up."""
    for _ in range(3):
        run()
    result = []
    for _ in range(frames):
        start = time.perf_counter()
        run()
        result.append(1000 * (time.perf_counter() - start))
    return result


def measure(
    weights: Path | None, height: int, width: int, threads: int, frames: int = 30
) -> dict:
    """Times every runtime on one seeded frame, after checking its output against float64."""
    network, _ = load_weights(weights or SHIPPED / "sp-vdsr.safetensors")
    plane = picture(height, width, 1)[None, None]
    exact = copy.deepcopy(network).double()
    with torch.inference_mode():
        expected = exact.residual(torch.from_numpy(plane).double()).numpy()
    results = []
    for name, prepare in RUNTIMES.items():
        result = {"runtime": name}
        try:
            version, run = prepare(network.layers(), LEAKY_SLOPE, network.shape.scale, plane, threads)
        except Unavailable as error:
            results.append(result | {"unavailable": str(error)})
            continue
        error = float(np.max(np.abs(run() - expected)))
        if not error <= TOLERANCE:
            raise ValueError(f"{name} computes something else: off by {error}")
        milliseconds = times(run, frames)
        median = statistics.median(milliseconds)
        results.append(
            result
            | {
                "version": version,
                "ms_median": round(median, 3),
                "ms_min": round(min(milliseconds), 3),
                "gflops": round(operations_per_pixel(network.layers()) * height * width / median / 1e6, 1),
                "largest_error": error,
            }
        )
    return {
        "network": "sp-vdsr",
        "precision": "f32",
        "width": width,
        "height": height,
        "threads": threads,
        "frames": frames,
        "operations_per_input_pixel": operations_per_pixel(network.layers()),
        "results": results,
    }


def table(result: dict) -> str:
    """The same as plain text, fastest first."""
    lines = [
        f"sp-vdsr convolutions, {result['width']}x{result['height']}, f32, {result['threads']} threads",
        f"{'runtime':<26}{'version':<24}{'ms median':>10}{'ms min':>9}{'GFLOP/s':>9}",
    ]
    for row in sorted(result["results"], key=lambda row: row.get("ms_median", float("inf"))):
        if "unavailable" in row:
            lines.append(f"{row['runtime']:<26}{row['unavailable']}")
        else:
            lines.append(
                f"{row['runtime']:<26}{row['version']:<24}"
                f"{row['ms_median']:>10.2f}{row['ms_min']:>9.2f}{row['gflops']:>9.1f}"
            )
    return "\n".join(lines)


def as_json(result: dict) -> str:
    """The whole result."""
    return json.dumps(result, indent=2)
