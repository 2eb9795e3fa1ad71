"""Drawings: the same from the same seed, no two alike, in range; and the article's protocol on them."""

import math

import numpy as np
import pytest
from PIL import Image

from upluma_training import article, lineart, pictures
from upluma_training.__main__ import parser
from upluma_training.filters import resample
from upluma_training.lineart import TEST, TRAIN, gallery, picture, scenes, sets
from upluma_training.lineart.canvas import Canvas, Gradient
from upluma_training.lineart.colours import palette
from upluma_training.lineart.curves import arc, rectangle, smooth


KNOWN = np.array([[77, 72, 82, 88], [64, 62, 60, 62], [98, 84, 106, 77], [86, 78, 87, 106]])


@pytest.fixture(scope="module")
def drawings() -> list[np.ndarray]:
    """Eight of the test stream, 128 x 160 luma."""
    return lineart.held_out(8, (128, 160), workers=1)


def test_the_same_seed_is_the_same_picture():
    assert np.array_equal(picture(3, 96, 112, 1), picture(3, 96, 112, 1))


def test_pictures_do_not_change_unnoticed():
    """Means over 4 x 4 blocks of one picture; whoever changes them on purpose raises `sets.VERSION`."""
    blocks = picture(0, 64, 64, 4, TEST).astype(float).reshape(4, 16, 4, 16, 3).mean(axis=(1, 3, 4))
    # Levels of 255. Another libm or Pillow may move single edge pixels, which a block of 256 averages.
    assert np.abs(blocks - KNOWN).max() <= 3, np.round(blocks).astype(int).tolist()


def test_different_seeds_numbers_and_streams_differ():
    kinds = [(0, 0, TRAIN), (0, 1, TRAIN), (1, 0, TRAIN), (0, 0, TEST), (0, 1, TEST), (1, 0, TEST)]
    made = [picture(seed, 64, 64, index, stream) for seed, index, stream in kinds]
    for i, one in enumerate(made):
        for other in made[:i]:
            assert np.mean(np.abs(one.astype(int) - other)) > 2


@pytest.mark.parametrize("height, width", [(16, 16), (17, 63), (101, 33)])
def test_any_size_from_sixteen_pixels(height, width):
    made = picture(5, height, width)
    assert made.shape == (height, width, 3) and made.dtype == np.uint8


def test_smaller_pictures_are_refused():
    with pytest.raises(ValueError, match="16 pixels or more"):
        picture(5, 15, 64)


@pytest.mark.parametrize("scene", scenes.SCENES, ids=lambda scene: scene.__name__)
def test_every_scene_draws_something(scene):
    random = np.random.default_rng(8)
    canvas = Canvas(96, 120)
    scene(canvas, random, palette(random))
    made = canvas.picture()
    assert made.shape == (96, 120, 3)
    # Levels of 255: a blank sheet has 0, the plainest page about 15.
    assert made.std() > 5


def test_luma_is_of_limited_range_and_varied(drawings):
    for drawing in drawings:
        assert drawing.shape == (128, 160) and drawing.dtype == np.uint8
        assert 16 <= drawing.min() and drawing.max() <= 235
    means = [drawing.mean() for drawing in drawings]
    assert np.ptp(means) > 30


def test_luma_is_what_reading_the_file_gives(tmp_path):
    (path,) = gallery.write(tmp_path, 1, 4, 48, 64, TRAIN, tmp_path / "sheet.png")
    assert np.array_equal(pictures.read_luma(path), sets.luma_picture(TRAIN, 4, 0, 48, 64))
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size == (68, 52)


def test_sets_are_kept_and_begin_alike(tmp_path):
    first = lineart.training_pictures(3, (40, 48), 1, tmp_path)
    (path,) = tmp_path.glob("*.npy")
    written = path.stat().st_mtime_ns
    again = lineart.training_pictures(3, (40, 48), 1, tmp_path)
    fewer = lineart.training_pictures(2, (40, 48), 1, workers=1)
    assert path.stat().st_mtime_ns == written
    assert all(np.array_equal(a, b) for a, b in zip(first, again))
    assert all(np.array_equal(a, b) for a, b in zip(first, fewer))
    held = lineart.held_out(3, (40, 48), tmp_path)
    assert not any(np.array_equal(a, b) for a in first for b in held)


def test_a_stroke_is_as_wide_as_asked():
    for width in (0.7, 1.5, 8.0):
        canvas = Canvas(32, 64)
        canvas.stroke(np.array([[-10.0, 16.3], [32.0, 16.3], [74.0, 16.3]]), width, (0, 0, 0), (0, 0))
        ink = 1 - canvas.picture()[:, 32, 0] / 255
        # Pixels. A quarter is one sample of the fine sheet: what its whole coordinates can round off.
        assert ink.sum() == pytest.approx(width, abs=0.26)


def test_shapes_within_and_outside_others():
    canvas, disc = Canvas(40, 40), arc((20, 20), 15, 15)
    canvas.fill_within(rectangle(0, 0, 20, 40), disc, (255, 0, 0))
    canvas.fill_outside(rectangle(20, 0, 20, 40), disc, (0, 0, 255))
    canvas.fill_within(rectangle(50, 0, 20, 40), disc, (0, 255, 0))
    made = canvas.picture()
    assert made[20, 10].tolist() == [255, 0, 0] and made[20, 30].tolist() == [255, 255, 255]
    assert made[2, 38].tolist() == [0, 0, 255] and made[2, 2].tolist() == [255, 255, 255]


def test_a_gradient_runs_from_colour_to_colour():
    canvas = Canvas(20, 64)
    canvas.fill(canvas.frame, Gradient((10, 20, 30), (210, 220, 230), (0, 0), (64, 0)))
    row = canvas.picture()[10].astype(int)
    # Levels: half a pixel is 1.6 of them, and two roundings.
    assert np.abs(row[:, 0] - (10 + 200 * (np.arange(64) + 0.5) / 64)).max() <= 2
    assert np.all(row[:, 1] - row[:, 0] == 10)


def test_curves_pass_through_their_knots():
    knots = np.array([[0, 0], [3, 5], [9, 4], [12, -3]], dtype=float)
    assert np.allclose(smooth(knots, pieces=10)[::10], knots)
    assert np.allclose(smooth(knots, closed=True, pieces=10)[::10], knots)


def test_catmull_rom_is_the_reduction_of_the_papers(drawings):
    exact = resample(drawings[0], "catmullrom", 64, 80)
    # Half a level: the one rounding. 1e-9 leaves room for sums in another order.
    assert np.abs(np.clip(exact, 0, 255) - article.small_picture(drawings[0], 2)).max() <= 0.5 + 1e-9


def test_filters_come_in_the_expected_order(drawings):
    result = article.compare(drawings, [])
    models = result["models"]
    order = ["lanczos3", "catmullrom", "mitchell", "bilinear"]
    values = [models[name]["psnr_y"] for name in order]
    assert values == sorted(values, reverse=True)
    assert models["lanczos3"]["above_lanczos3"] == 0
    assert article.table(result).splitlines()[2].startswith("lanczos3")


def test_a_picture_that_comes_back_is_infinitely_good(drawings):
    flat = np.full((9, 13), 90, np.uint8)
    assert article.score(flat, article.fir("bilinear", 2), 2) == math.inf
    whole = drawings[0]
    assert article.score(whole, lambda small: whole.astype(float), 2) == math.inf
    # The border counts: one wrong corner pixel is seen.
    spoilt = whole.astype(float)
    spoilt[0, 0] += 10
    assert article.score(whole, lambda small: spoilt, 2) == pytest.approx(
        10 * math.log10(255**2 * whole.size / 100), abs=1e-9
    )


def test_article_command_reads_a_folder_and_scores_weights(tmp_path, capsys):
    from upluma_training.export import SHIPPED

    gallery.write(tmp_path / "png", 2, 0, 64, 64, TEST)
    command = ["article", "--pictures", str(tmp_path / "png"), "--weights", str(SHIPPED / "sp-vdsr.safetensors")]
    arguments = parser().parse_args(command)
    arguments.run(arguments)
    printed = capsys.readouterr().out
    assert "2 pictures" in printed and "sp-vdsr" in printed
