"""The sheet that drawings are made on: four times as fine as the picture, reduced by box at the end."""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from .colours import Colour
from .curves import normals, rectangle, taper

FINE = 4
# Outline points drawn as one polygon: few enough that a bent line does not cover itself, which the
# even-odd rule of Pillow's polygons would leave blank.
CHUNK = 8
# Pillow fills the pixels on a polygon's edges too, so it comes out this much wider (fine pixels).
EDGE = 1.0


class Gradient:
    """Two colours, blended along a line or (`round`) from a centre outwards.

    `start` and `stop` are points in pixels; a round one starts at `start` and ends at the distance
    of `stop`.
    """

    def __init__(self, first: Colour, last: Colour, start, stop, round: bool = False) -> None:
        self.first, self.last, self.start, self.stop, self.round = first, last, start, stop, round

    def over(self, box: tuple[int, int, int, int]) -> Image.Image:
        """The colours of `box` (left, top, right, bottom, in fine pixels), that large."""
        left, top, right, bottom = box
        height, width = -(-(bottom - top) // FINE), -(-(right - left) // FINE)
        y, x = np.ogrid[0:height, 0:width]
        x, y = x + left / FINE + 0.5 - self.start[0], y + top / FINE + 0.5 - self.start[1]
        dx, dy = self.stop[0] - self.start[0], self.stop[1] - self.start[1]
        square = max(dx * dx + dy * dy, 1e-6)
        t = np.sqrt((x * x + y * y) / square) if self.round else (x * dx + y * dy) / square
        t = np.clip(t, 0, 1).astype(np.float32)[..., None]
        first, last = np.float32(self.first), np.float32(self.last)
        colours = Image.fromarray((first + (last - first) * t + 0.5).astype(np.uint8))
        return colours.resize((width * FINE, height * FINE), Image.Resampling.BILINEAR).crop(
            (0, 0, right - left, bottom - top)
        )


Paint = Colour | Gradient


class Canvas:
    """A picture in the making. All lengths and points are in pixels of the final picture."""

    def __init__(self, height: int, width: int, colour: Colour = (255, 255, 255)) -> None:
        self.height, self.width = height, width
        self.image = Image.new("RGB", (width * FINE, height * FINE), colour)
        self.draw = ImageDraw.Draw(self.image)

    @property
    def size(self) -> float:
        """The shorter side: what figures are measured by."""
        return min(self.height, self.width)

    @property
    def frame(self) -> np.ndarray:
        """The whole sheet as a shape."""
        return rectangle(0, 0, self.width, self.height)

    def picture(self) -> np.ndarray:
        """height x width x 3 uint8."""
        return np.asarray(self.image.reduce(FINE))

    def fill(self, points: np.ndarray, paint: Paint) -> None:
        """Fills a closed shape, flat or with a gradient."""
        if isinstance(paint, Gradient):
            self._mix(self._masks([points]), paint)
        else:
            self.draw.polygon(_fine(points), fill=paint)

    def fill_within(self, points: np.ndarray, within: np.ndarray, paint: Paint, opacity: float = 1.0) -> None:
        """Fills what `points` and `within` have in common."""
        self._mix(self._masks([points, within]), paint, opacity)

    def fill_outside(self, points: np.ndarray, hole: np.ndarray, paint: Paint, opacity: float = 1.0) -> None:
        """Fills `points` without `hole`: the second tone of a cel, with the shape moved as its hole."""
        self._mix(self._masks([points], hole), paint, opacity)

    def veil(self, points: np.ndarray, paint: Paint, opacity: float) -> None:
        """Fills a closed shape that what lies below shines through."""
        self._mix(self._masks([points]), paint, opacity)

    def stroke(
        self, points: np.ndarray, width, colour: Colour, ends: tuple[float, float] = (0.3, 0.3)
    ) -> None:
        """An ink line along `points`, `width` pixels at its widest (or one width for each point).

        `ends` are the shares of its length over which it tapers to nothing, 0 for a blunt end.
        """
        if len(points) < 2:
            return
        half = np.broadcast_to(np.asarray(width, dtype=np.float64), len(points)) / 2
        half = half * taper(len(points), *ends)
        half = np.maximum(half - EDGE / (2 * FINE), 0)[:, None]
        side = normals(points) * half
        left, right = points + side, points - side
        for start in range(0, len(points) - 1, CHUNK - 1):
            part = slice(start, start + CHUNK)
            self.draw.polygon(_fine(np.concatenate([left[part], right[part][::-1]])), fill=colour)
        self._joints(points, half[:, 0], colour)

    def _joints(self, points: np.ndarray, half: np.ndarray, colour: Colour) -> None:
        """Discs where a wide line bends enough for its pieces to leave a gap."""
        along = np.diff(points, axis=0)
        heading = np.arctan2(along[:, 1], along[:, 0])
        turn = np.abs((np.diff(heading) + np.pi) % (2 * np.pi) - np.pi)
        for i in np.nonzero((turn * half[1:-1] > 0.35) & (half[1:-1] > 0.3))[0] + 1:
            (x, y), r = points[i] * FINE, half[i] * FINE
            self.draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def outline(self, points: np.ndarray, width: float, colour: Colour, swell: float = 0.35) -> None:
        """The contour of a closed shape; its width swells and thins by `swell` as a pen's does."""
        closed = np.concatenate([points, points[:2]])
        phase = points[0].sum() + np.linspace(0, 4 * np.pi, len(closed))
        self.stroke(closed, width * (1 - swell / 2 + swell / 2 * np.sin(phase)), colour, (0, 0))

    def edges(self, corners: np.ndarray, width: float, colour: Colour, closed: bool = True) -> None:
        """Straight blunt lines from corner to corner, as drawn with a ruler."""
        corners = np.asarray(corners, dtype=np.float64)
        ends = np.roll(corners, -1, axis=0) if closed else corners[1:]
        half = max(width - EDGE / FINE, 0) / 2
        for start, stop in zip(corners, ends):
            along = stop - start
            along = along / max(np.hypot(*along), 1e-9) * half
            side = np.array([along[1], -along[0]])
            first, last = start - along * 0.7, stop + along * 0.7
            self.draw.polygon(
                _fine(np.array([first + side, last + side, last - side, first - side])), fill=colour
            )

    def text(
        self,
        at,
        words: str,
        size: float,
        colour: Colour,
        angle: float = 0,
        border: float = 0,
        border_colour: Colour = (0, 0, 0),
    ) -> None:
        """Words centred at a point, `size` pixels high, turned by `angle` degrees, maybe bordered."""
        font, edge = _font(max(int(size * FINE), 4)), int(round(border * FINE))
        left, top, right, bottom = font.getbbox(words, stroke_width=edge)
        extent = (int(right - left) + 8, int(bottom - top) + 8)
        for thick, paint in ((edge, border_colour), (0, colour)):
            if thick == 0 or edge:
                mask = Image.new("L", extent)
                spot = (4 - left, 4 - top)
                ImageDraw.Draw(mask).text(spot, words, fill=255, font=font, stroke_width=thick)
                if angle:
                    mask = mask.rotate(angle, Image.Resampling.BICUBIC, expand=True)
                corner = (int(at[0] * FINE - mask.width / 2), int(at[1] * FINE - mask.height / 2))
                self.image.paste(paint, (*corner, corner[0] + mask.width, corner[1] + mask.height), mask)

    def blur(self, radius: float) -> None:
        """Puts everything drawn so far out of focus; `radius` is a Gaussian's deviation."""
        soft = self.image.reduce(FINE).filter(ImageFilter.GaussianBlur(radius))
        self.image.paste(soft.resize(self.image.size, Image.Resampling.BILINEAR))

    def glow(self, points: np.ndarray, colour: Colour, radius: float, opacity: float) -> None:
        """Light around a shape, by screen blending with its blurred mask."""
        mask = Image.new("L", (self.width, self.height))
        ImageDraw.Draw(mask).polygon([tuple(p) for p in points.tolist()], fill=int(255 * opacity))
        mask = mask.filter(ImageFilter.GaussianBlur(radius)).resize(
            self.image.size, Image.Resampling.BILINEAR
        )
        lit = ImageChops.screen(self.image, Image.new("RGB", self.image.size, colour))
        self.image.paste(lit, (0, 0), mask)

    def paste(self, other: "Canvas", left: float, top: float, within: np.ndarray | None = None) -> None:
        """Puts another canvas on this one, cut to a shape of this one's."""
        corner = (int(left * FINE), int(top * FINE))
        if within is None:
            self.image.paste(other.image, corner)
            return
        mask = Image.new("L", other.image.size)
        ImageDraw.Draw(mask).polygon(_fine(within - np.array([left, top])), fill=255)
        self.image.paste(other.image, corner, mask)

    def colours(self, picture: np.ndarray) -> None:
        """Covers the sheet with a coarse picture (h x w x 3 uint8), enlarged smoothly."""
        self.image.paste(Image.fromarray(picture).resize(self.image.size, Image.Resampling.BICUBIC))

    def _masks(self, shapes: list[np.ndarray], hole: np.ndarray | None = None):
        """The common part of shapes as (box in fine pixels, L mask), or None where it is empty."""
        low = np.max([shape.min(axis=0) for shape in shapes], axis=0) * FINE
        high = np.min([shape.max(axis=0) for shape in shapes], axis=0) * FINE
        left, top = (max(int(value) - 1, 0) for value in low)
        right, bottom = min(int(high[0]) + 2, self.image.width), min(int(high[1]) + 2, self.image.height)
        if right <= left or bottom <= top:
            return None
        offset = np.array([left, top]) / FINE
        mask = None
        for shape in shapes:
            layer = Image.new("L", (right - left, bottom - top))
            ImageDraw.Draw(layer).polygon(_fine(shape - offset), fill=255)
            mask = layer if mask is None else ImageChops.darker(mask, layer)
        if hole is not None:
            ImageDraw.Draw(mask).polygon(_fine(hole - offset), fill=0)
        return (left, top, right, bottom), mask

    def _mix(self, masked, paint: Paint, opacity: float = 1.0) -> None:
        if masked is None:
            return
        box, mask = masked
        if opacity < 1:
            mask = mask.point(lambda value: int(value * opacity))
        self.image.paste(paint.over(box) if isinstance(paint, Gradient) else paint, box, mask)


def _fine(points: np.ndarray) -> list[float]:
    return (np.asarray(points) * FINE).ravel().tolist()


_FONTS: dict[int, ImageFont.FreeTypeFont] = {}


def _font(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own scalable font; no font of the system takes part."""
    if size not in _FONTS:
        font = ImageFont.load_default(size=size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise RuntimeError("Pillow was built without FreeType; install a Pillow wheel from PyPI")
        # The plain layout, so that installed shaping libraries make no difference.
        _FONTS[size] = font.font_variant(layout_engine=ImageFont.Layout.BASIC)
    return _FONTS[size]
