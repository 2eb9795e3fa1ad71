"""`yardsticks`: the layers of a network (`chains`), timed in other runtimes.

Input 1 x 1 x H x W float32, output float32. Needs the `yardsticks` extra; a runtime that is not installed is reported
as such, not left out.
"""

import json
import statistics
import time
from collections.abc import Callable

import numpy as np

from .chains import Subject
from .goldens import picture
from .runtimes import REDUCED_RUNTIMES, RUNTIMES, Unavailable

Run = Callable[[], np.ndarray]

BY_PRECISION = {"f32": RUNTIMES, "bf16": REDUCED_RUNTIMES["bf16"]}
"""Arithmetic of a whole network to the runtimes that have it."""

# Root mean square of the error over that of the exact result. In f32 sums of up to 576 products in other orders, or
# transformed (Winograd): 3e-6 after twenty layers of 64. In bf16 features and weights are rounded to eight bits of
# mantissa, by 2^-9 of themselves at most: two such errors a layer, each as if by chance, are sqrt(40) 2^-9 = 0.012 of
# the result after twenty layers (0.013 measured); SP-VDSR's residual, a rest of terms that cancel, is off by 0.021.
TOLERANCE = {"f32": 2e-5, "bf16": 0.04}

BF16_AT_LEAST = 2e-4
"""A result nearer than this to the exact one was not computed in bf16: runtimes pass over that wish where the processor
has no instructions for it. One rounding to eight bits is about 2^-10."""

CHECK_SIZE = (72, 104)
"""Rows and columns of the plane that runtimes are checked on."""


def relative_error(result: np.ndarray, exact: np.ndarray) -> float:
    """Root mean square of the difference over that of `exact`."""
    return float(np.sqrt(np.mean((result - exact) ** 2) / np.mean(exact**2)))


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


def checked_error(name: str, subject: Subject, precision: str, threads: int) -> float:
    """The runtime's relative error on a small plane; ValueError where it computes something else.

    Raises Unavailable where it is not installed, or has no such precision on this processor.
    """
    plane = picture(*CHECK_SIZE, 1)[None, None]
    _, run = BY_PRECISION[precision][name](subject.layers, subject.slope, subject.scale, plane, threads)
    result, exact = run(), subject.exact(plane)
    if result.shape != exact.shape:
        raise ValueError(f"{name} gives {result.shape}, not {exact.shape}")
    error = relative_error(result, exact)
    if not error <= TOLERANCE[precision]:
        raise ValueError(f"{name} computes something else: off by {error:.2g} of the result")
    if precision == "bf16" and error < BF16_AT_LEAST:
        raise Unavailable("computes in f32 on this processor")
    return error


def measure(
    subject: Subject,
    height: int,
    width: int,
    threads: int,
    frames: int = 30,
    precision: str = "f32",
    runtimes: str = "",
) -> dict:
    """Times every runtime whose name begins with `runtimes` on one seeded frame, after checking its output.

    Raises ValueError where none is called so, or one computes something else.
    """
    names = [name for name in BY_PRECISION[precision] if name.startswith(runtimes)]
    if not names:
        raise ValueError(f"no runtime '{runtimes}' in {precision}; there are {', '.join(BY_PRECISION[precision])}")
    plane = picture(height, width, 1)[None, None]
    results = []
    for name in names:
        result = {"runtime": name}
        try:
            error = checked_error(name, subject, precision, threads)
            prepare = BY_PRECISION[precision][name]
            version, run = prepare(subject.layers, subject.slope, subject.scale, plane, threads)
        except Unavailable as reason:
            results.append(result | {"unavailable": str(reason)})
            continue
        milliseconds = times(run, frames)
        median = statistics.median(milliseconds)
        results.append(
            result
            | {
                "version": version,
                "ms_median": round(median, 3),
                "ms_min": round(min(milliseconds), 3),
                "gflops": round(subject.operations_per_pixel * height * width / median / 1e6, 1),
                "relative_error": error,
            }
        )
    return {
        "network": subject.name,
        "part": subject.part,
        "precision": precision,
        "width": width,
        "height": height,
        "threads": threads,
        "frames": frames,
        "operations_per_input_pixel": subject.operations_per_pixel,
        "results": results,
    }


def table(result: dict) -> str:
    """The same as plain text, fastest first."""
    size = f"{result['width']}x{result['height']}"
    lines = [
        f"{result['network']} ({result['part']}), {size}, {result['precision']}, {result['threads']} threads",
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
