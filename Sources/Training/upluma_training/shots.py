"""Short shots from still pictures: what a camera makes of them when it rests, pans, zooms or turns."""

import numpy as np
import torch

from .imresize import imresize, round_to_codes

MOTIONS = {"rest": 0.15, "pan": 0.85}
"""Shares of the motions that leave every picture sample as it is."""
WARPS = {"zoom": 0.6, "turn": 0.4}
"""Shares of the motions that resample the picture."""
MAXIMUM_SPEED = 5
"""Of a pan: large-picture pixels a frame, each way. Odd speeds move the small picture by half pixels."""
PAN_ROOM = 24
"""Rows and columns a window leaves free for a pan, in large-picture pixels."""


def pick(shares: dict[str, float], random: np.random.Generator) -> str:
    """A name, as often as its share says; shares sum to one."""
    names = list(shares)
    place = np.searchsorted(np.cumsum(list(shares.values())), random.random(), side="right")
    return names[min(int(place), len(names) - 1)]


def padded(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """The picture, mirrored at its lower and right edge until it is at least that large."""
    missing = [max(want - have, 0) for want, have in zip((height, width), picture.shape)]
    return np.pad(picture, [(0, side) for side in missing], mode="symmetric") if any(missing) else picture


def shot(
    picture: np.ndarray, window: tuple[int, int], frames: int, warped: bool, random: np.random.Generator
) -> np.ndarray:
    """`frames` x height x width uint8 luma of `window` (height, width) moving over `picture` (uint8).

    Without `warped` the frames are cuts of the picture, sample for sample; with it they are
    resampled, and show the picture reduced by 1.25 to 1.5, so that the resampling costs no sharpness.
    """
    if warped:
        return _warped(padded(picture, *(round(1.3 * side) for side in window)), window, frames, random)
    picture = padded(picture, *window)
    height, width = window
    room = np.array(picture.shape) - window
    speed = np.zeros(2)
    if pick(MOTIONS, random) == "pan":
        # Slow pans are common and fast ones are not; fractions make some frames stay.
        speed = np.sign(random.uniform(-1, 1, 2)) * MAXIMUM_SPEED * random.random(2) ** 1.5
    start = random.random(2) * room
    result = np.empty((frames, height, width), np.uint8)
    for n in range(frames):
        # Whoever reaches the picture's end comes back.
        place = np.mod(start + n * speed, 2 * room + 1e-9)
        y, x = np.floor(np.where(place > room, 2 * room - place, place) + 0.5).astype(int)
        result[n] = picture[y : y + height, x : x + width]
    return result


def _warped(
    picture: np.ndarray, window: tuple[int, int], frames: int, random: np.random.Generator
) -> np.ndarray:
    """Zoom or turn about the middle of the picture, with a little drift."""
    height, width = window
    zoom = random.uniform(1.25, 1.5)
    rate, turn_rate = 0.0, 0.0
    if pick(WARPS, random) == "zoom":
        rate = random.uniform(-0.012, 0.012)
    else:
        turn_rate = np.radians(random.uniform(-0.6, 0.6))
    angle = np.radians(random.uniform(-2, 2))
    drift = random.uniform(-0.6, 0.6, 2)
    # Sampled at twice the size and reduced by 2 with its antialiasing filter.
    rows = (torch.arange(2 * height) + 0.5) / 2 - height / 2
    columns = (torch.arange(2 * width) + 0.5) / 2 - width / 2
    rows, columns = torch.meshgrid(rows, columns, indexing="ij")
    plane = torch.from_numpy(picture.astype(np.float32))[None, None]
    result = np.empty((frames, height, width), np.uint8)
    for n in range(frames):
        size, turned = zoom * (1 + rate * n), angle + turn_rate * n
        y = size * (np.cos(turned) * rows + np.sin(turned) * columns) + drift[0] * n
        x = size * (np.cos(turned) * columns - np.sin(turned) * rows) + drift[1] * n
        place = torch.stack([2 * x / picture.shape[1], 2 * y / picture.shape[0]], -1)[None]
        sampled = torch.nn.functional.grid_sample(
            plane, place, mode="bicubic", padding_mode="reflection", align_corners=False
        )
        result[n] = round_to_codes(imresize(sampled[0, 0].numpy(), 0.5))
    return result
