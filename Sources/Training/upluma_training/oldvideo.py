"""Training pairs for old video: pictures made into shots, reduced, soiled, coded, and decoded.

What is large stays as clean as the picture it comes from; what is small is what a decoder would
hand over. Shots that share a size are coded together in a reel, as shots share a file. Strengths are
fixed within a reel and spread over reels, to cover what rate control gives the clips of `rates`.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from . import codings, data, pictures
from .filters import resample
from .imresize import imresize, round_to_codes
from .shots import PAN_ROOM, pick, shot

Pairs = list[tuple[np.ndarray, np.ndarray]]

SCALE = 2
FRAMES = 12
"""Of a shot."""
KEPT = 3
"""Frames of a shot that become pairs; neighbours hold much the same."""
REEL = 6
"""Shots of a reel."""


@dataclass(frozen=True)
class Take:
    """How a picture becomes a shot: reduced by `scaling`, seen through a window, perhaps warped."""

    scaling: float
    window: tuple[int, int]
    """(height, width) in large-picture pixels; multiples of 4, since the small one is 4:2:0."""
    warped: bool = False


TAKES = {
    "bsd200": (
        Take(1.0, (288, 448)),
        Take(1.0, (288, 448)),
        Take(0.8, (224, 336)),
        Take(1.0, (224, 336), warped=True),
        Take(0.6, (160, 256)),
    ),
    "yang91": (Take(1.0, (144, 176)), Take(1.0, (144, 176)), Take(0.8, (144, 176))),
}
"""By the picture's folder. Pictures higher than wide are turned first."""

CLEAN = "clean"
QUANTISERS = (2, 3, 4, 5, 6, 8, 10, 13, 17, 22)
RATE_FACTORS = (14, 17, 19, 21, 23, 25, 27, 30, 33, 36)
TREATMENTS = {
    CLEAN: 0.15,
    "mpeg2": 0.22,
    "mpeg2-interlaced": 0.06,
    "mpeg1": 0.05,
    "mpeg4": 0.13,
    "mpeg4-matrix": 0.03,
    "xvid": 0.08,
    "divx3": 0.03,
    "flv": 0.03,
    "h264": 0.14,
    "h264-web": 0.08,
}
"""Shares of the reels: a name of `codings.CODINGS`, or not coded at all."""

REDUCTIONS = {"bicubic": 0.82, "lanczos3": 0.06, "area": 0.06, "mitchell": 0.06}
"""Shares of the shots: how the small pictures were made. Coded video only; clean is bicubic."""
NOISY, NOISE = 0.25, (0.6, 2.5)
"""Share of the coded shots with noise, and its standard deviation in codes."""
SOFT = 0.5
"""Share of the interlaced shots softened from row to row, as studios do against flicker."""


def reduced(frames: np.ndarray, reduction: str) -> np.ndarray:
    """N x 2h x 2w uint8 to N x h x w float64 codes, by a name of `REDUCTIONS`."""
    count, height, width = frames.shape
    if reduction == "area":
        return frames.reshape(count, height // 2, 2, width // 2, 2).mean(axis=(2, 4))
    law = "catmullrom" if reduction == "bicubic" else reduction
    return np.stack([resample(frame, law, height // 2, width // 2) for frame in frames])


def noise(shape: tuple[int, ...], random: np.random.Generator) -> np.ndarray:
    """Grain for N x h x w frames, new in each: normal, with a deviation drawn from `NOISE`.

    Half of it is blurred over three rows and columns, as film grain reaches over pixels.
    """
    grain = random.standard_normal(shape)
    if random.random() < 0.5:
        for axis in (1, 2):
            grain = (np.roll(grain, 1, axis) + 2 * grain + np.roll(grain, -1, axis)) / 4
        grain /= 6 / 16  # The deviation that is left.
    return grain * random.uniform(*NOISE)


@dataclass(frozen=True)
class Treatment:
    """What happens to the small frames of a reel."""

    coding: str
    strength: float = 0


def treatment(number: int, seed: int) -> Treatment:
    """That of reel `number`. Consecutive reels are spread evenly over shares and strengths."""
    # Additive sequences by the plastic number: even in both axes for any count of reels.
    share = (0.5 + seed * 0.37 + number * 0.7548776662466927) % 1
    place = (0.5 + seed * 0.61 + number * 0.5698402909980532) % 1
    for name, part in TREATMENTS.items():
        if share < part or name == list(TREATMENTS)[-1]:
            break
        share -= part
    if name == CLEAN:
        return Treatment(CLEAN)
    steps = RATE_FACTORS if codings.CODINGS[name].strength == "-crf" else QUANTISERS
    return Treatment(name, steps[int(place * len(steps))])


def small_frames(large: np.ndarray, what: Treatment, random: np.random.Generator) -> np.ndarray:
    """The frames of one shot as they enter the encoder: N x h x w uint8.

    For interlaced codings `large` has two frames for each that comes back, woven row by row.
    """
    if what.coding == CLEAN:
        return round_to_codes(reduced(large, "bicubic"))
    small = reduced(large, pick(REDUCTIONS, random))
    if codings.CODINGS[what.coding].is_interlaced:
        if random.random() < SOFT:
            above, below = np.roll(small, 1, 1), np.roll(small, -1, 1)
            above[:, 0], below[:, -1] = small[:, 0], small[:, -1]
            small = (above + 6 * small + below) / 8
        woven = small[0::2].copy()
        woven[:, 1::2] = small[1::2, 1::2]
        small = woven
    if random.random() < NOISY:
        small = small + noise(small.shape, random)
    return round_to_codes(small)


def reel_pairs(shots: list[tuple[np.ndarray, Take]], what: Treatment, seed: tuple[int, ...]) -> Pairs:
    """`KEPT` pairs of each shot: `shots` are pictures (H x W uint8) and how they are taken, one window size."""
    random = np.random.default_rng(seed)
    is_interlaced = what.coding != CLEAN and codings.CODINGS[what.coding].is_interlaced
    fields = 2 if is_interlaced else 1
    larges, smalls = [], []
    for picture, take in shots:
        large = shot(picture, take.window, fields * FRAMES, take.warped, random)
        smalls.append(small_frames(large, what, random))
        # The deinterlacer keeps the first field of a pair, so its moment is what is to be found.
        larges.append(large[::fields])
    small = np.concatenate(smalls)
    if what.coding != CLEAN:
        small = codings.round_trip(small, what.coding, what.strength)
    result = []
    for n, large in enumerate(larges):
        for frame in sorted(random.choice(np.arange(1, FRAMES), KEPT, replace=False)):
            result.append((small[n * FRAMES + frame].copy(), large[frame].copy()))
    return result


def _taken(files: list[Path], random: np.random.Generator) -> dict[tuple[int, int], list]:
    """All takes of all pictures by window, each list in random order."""
    found: dict[tuple[int, int], list] = {}
    for path in files:
        picture = pictures.read_luma(path)
        if picture.shape[0] > picture.shape[1]:
            picture = np.rot90(picture)
        for take in TAKES[path.parent.name]:
            scaled = picture
            if take.scaling != 1:
                scaled = round_to_codes(imresize(picture, take.scaling))
            found.setdefault(take.window, []).append((scaled, take))
    for takes in found.values():
        random.shuffle(takes)
    return found


def make_pairs(files: list[Path], seed: int) -> Pairs:
    """Pairs of all `files`, whose folders are named in `TAKES`; one process, one thread of ffmpeg."""
    result, number = [], 0
    for window, takes in sorted(_taken(files, np.random.default_rng(seed)).items()):
        for first in range(0, len(takes), REEL):
            result += reel_pairs(takes[first : first + REEL], treatment(number, seed), (seed, number))
            number += 1
    return result


def _fingerprint(files: list[Path]) -> str:
    """Changes with the pictures' names and with what is done to them."""
    settings = {
        "takes": {name: [asdict(take) for take in takes] for name, takes in TAKES.items()},
        "codings": {name: asdict(coding) for name, coding in codings.CODINGS.items()},
        "treatments": TREATMENTS,
        "strengths": (QUANTISERS, RATE_FACTORS),
        "soil": (REDUCTIONS, NOISY, NOISE, SOFT),
        "counts": (FRAMES, KEPT, REEL, PAN_ROOM),
        "files": [path.name for path in files],
        "version": 1,
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]


def _write(path: Path, pairs: Pairs) -> None:
    """One array a size and side, whole or not at all."""
    by_size: dict[str, list] = {}
    for n, (small, large) in enumerate(pairs):
        by_size.setdefault("{}x{}".format(*small.shape), []).append((n, small, large))
    arrays = {}
    for size, members in by_size.items():
        for key, column in (("order", 0), ("small", 1), ("large", 2)):
            arrays[f"{size}-{key}"] = np.stack([member[column] for member in members])
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with open(partial, "wb") as file:
        np.savez(file, **arrays)
    os.replace(partial, path)


def _read(path: Path) -> Pairs:
    found = []
    with np.load(path) as arrays:
        for size in sorted({name.rpartition("-")[0] for name in arrays.files}):
            order, small, large = (arrays[f"{size}-{key}"] for key in ("order", "small", "large"))
            found += zip(order.tolist(), small, large)
    return [(small, large) for _, small, large in sorted(found, key=lambda member: member[0])]


def training_pairs(data_folder: Path, cache_folder: Path, seed: int = 1) -> Pairs:
    """(small h x w, large 2h x 2w) uint8 luma codes of the training pictures under `data_folder`.

    Made once, in about four minutes on one core, and kept in `cache_folder` as one file of about
    0.35 GB; the same seed gives the same pairs as long as ffmpeg's encoders are the same. Held-out
    pictures (`data.training_files`) are not used.

    Raises `clips.ClipError` when ffmpeg or one of the encoders is missing.
    """
    files, _ = data.training_files(data_folder)
    path = Path(cache_folder) / f"oldvideo-{seed}-{_fingerprint(files)}.npz"
    if not path.exists():
        _write(path, make_pairs(files, seed))
    return _read(path)


def held_out_pairs(data_folder: Path, cache_folder: Path, seed: int = 1) -> Pairs:
    """The same of the ten held-out pictures: for choosing between recipes."""
    _, files = data.training_files(data_folder)
    path = Path(cache_folder) / f"oldvideo-held-{seed}-{_fingerprint(files)}.npz"
    if not path.exists():
        _write(path, make_pairs(files, seed))
    return _read(path)
