"""Old video: shots, codings, pairs, and the measurement at stated rates. Clips are made by ffmpeg here."""

import re
import shutil
import subprocess

import numpy as np
import pytest
from conftest import ROOT, drawing

from upluma_training import clips, codings, export, oldvideo, rates, shots
from upluma_training.__main__ import parser
from upluma_training.imresize import reduce_to_codes, round_to_codes
from upluma_training.metrics import psnr
from upluma_training.oldvideo import CLEAN, Take, Treatment
from upluma_training.protocol import lanczos3

WEIGHTS = ROOT / "Sources/UplumaNetworks/Resources/sp-vdsr.safetensors"


def encoders() -> str:
    if shutil.which("ffmpeg") is None:
        return ""
    command = ["ffmpeg", "-v", "error", "-hide_banner", "-encoders"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


ENCODERS = encoders()
needs_ffmpeg = pytest.mark.skipif(not ENCODERS, reason="ffmpeg is not installed")


def has(coding: str) -> bool:
    return re.search(rf"\s{codings.CODINGS[coding].encoder[0]}\s", ENCODERS) is not None


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return drawing(160, 208, 7)


@pytest.fixture(scope="module")
def moving(picture) -> np.ndarray:
    """Twelve small frames, 64 x 80, each three large pixels on from the one before."""
    large = np.stack([picture[n : n + 128, 3 * n : 3 * n + 160] for n in range(12)])
    return oldvideo.small_frames(large, Treatment(CLEAN), np.random.default_rng(0))


def test_an_unwarped_shot_is_cuts_of_its_picture(picture):
    random = np.random.default_rng(3)
    for _ in range(6):
        for frame in shots.shot(picture, (128, 176), 5, False, random):
            found = np.lib.stride_tricks.sliding_window_view(picture, frame.shape)
            assert (found == frame).all(axis=(2, 3)).any()


def test_a_warped_shot_moves_and_keeps_its_level(picture):
    frames = shots.shot(picture, (96, 128), 6, True, np.random.default_rng(4)).astype(float)
    assert frames.shape == (6, 96, 128) and np.abs(frames[5] - frames[0]).mean() > 0.5
    # A resampling whose weights do not sum to one would shift this by far more than the motion does.
    assert abs(frames.mean() - picture[32:-32, 40:-40].mean()) < 8


def test_a_small_picture_is_mirrored_to_the_window():
    wide = shots.padded(drawing(40, 50, 1), 48, 50)
    assert wide.shape == (48, 50) and np.array_equal(wide[40:], wide[39:31:-1])


def test_bicubic_reduction_is_the_protocols(picture):
    small = round_to_codes(oldvideo.reduced(picture[None], "bicubic"))[0].astype(int)
    difference = np.abs(small - reduce_to_codes(picture, 2))
    # The same sums in another order: halves may round the other way.
    assert difference.max() <= 1 and (difference != 0).mean() < 0.01


@pytest.mark.parametrize("reduction", oldvideo.REDUCTIONS)
def test_reductions_keep_levels_and_place(reduction):
    ramp = np.tile(np.arange(64.0) * 2 + 40, (48, 1))
    small = oldvideo.reduced(ramp[None].astype(np.uint8), reduction)[0]
    # Away from the mirrored sides a ramp is sampled between two columns, by any symmetric filter.
    assert np.allclose(small[:, 6:-6], (np.arange(32) * 4 + 41.0)[None, 6:-6], atol=1e-9)


def test_noise_has_the_stated_deviation_and_no_memory():
    for seed in range(4):
        grain = oldvideo.noise((6, 80, 90), np.random.default_rng(seed))
        assert oldvideo.NOISE[0] * 0.95 < grain.std() < oldvideo.NOISE[1] * 1.05
        assert abs(np.corrcoef(grain[0].ravel(), grain[1].ravel())[0, 1]) < 0.06


def test_treatments_come_in_their_shares():
    given = [oldvideo.treatment(number, seed=1) for number in range(400)]
    for name, share in oldvideo.TREATMENTS.items():
        # An even sequence of 400 is within a few reels of every share.
        assert abs(sum(each.coding == name for each in given) - 400 * share) <= 6
    assert {each.strength for each in given if each.coding == "mpeg2"} == set(oldvideo.QUANTISERS)
    assert abs(sum(oldvideo.TREATMENTS.values()) - 1) < 1e-9
    assert abs(sum(oldvideo.REDUCTIONS.values()) - 1) < 1e-9
    assert set(oldvideo.TREATMENTS) - {CLEAN} == set(codings.CODINGS)


@needs_ffmpeg
@pytest.mark.parametrize("name", codings.CODINGS)
def test_codings_give_every_frame_back_in_its_place(name, moving):
    if not has(name):
        pytest.skip(f"this ffmpeg has no encoder {codings.CODINGS[name].encoder[0]}")
    is_crf = codings.CODINGS[name].strength == "-crf"
    fine, coarse = (codings.round_trip(moving, name, s) for s in ((14, 36) if is_crf else (2, 22)))
    near = np.array([[psnr(a, b) for b in moving] for a in fine])
    assert np.array_equal(near.argmax(axis=1), np.arange(12))
    # Every frame moved 1.5 pixels, so a lost phase or a stretched range would show at once.
    lowest = 22 if codings.CODINGS[name].is_interlaced else 33
    assert near.diagonal().min() > lowest
    assert psnr(moving[6], coarse[6]) < near[6, 6]


@needs_ffmpeg
def test_an_interlaced_shot_comes_back_at_the_moment_of_its_first_field(picture):
    take, what = Take(1.0, (128, 160)), Treatment("mpeg2-interlaced", 2)
    pairs = oldvideo.reel_pairs([(picture, take)], what, (5, 0))
    assert len(pairs) == oldvideo.KEPT
    for small, large in pairs:
        assert psnr(large, round_to_codes(lanczos3(2)(small)), 8) > 24


@needs_ffmpeg
def test_pairs_are_cached_repeatable_and_of_the_trained_pictures(data_folder, tmp_path, monkeypatch):
    takes = {"yang91": (Take(1.0, (64, 56)),), "bsd200": (Take(1.0, (64, 72)), Take(0.8, (48, 64), True))}
    monkeypatch.setattr(oldvideo, "TAKES", takes)
    usable = {name: 1.0 for name in ("clean", "mpeg2")}
    monkeypatch.setattr(oldvideo, "TREATMENTS", {name: 0.5 for name in usable})
    pairs = oldvideo.training_pairs(data_folder, tmp_path, seed=2)
    # Six files: four of yang91 in one take, two of bsd200 (ten are held out) in two.
    assert len(pairs) == oldvideo.KEPT * (4 + 2 * 2)
    for small, large in pairs:
        assert small.dtype == large.dtype == np.uint8
        assert large.shape == (2 * small.shape[0], 2 * small.shape[1])
        # That they belong together: the enlarged small picture is near the large one.
        assert psnr(large, round_to_codes(lanczos3(2)(small)), 2) > 18
    (file,) = tmp_path.iterdir()
    stamp = file.stat().st_mtime_ns
    again = oldvideo.training_pairs(data_folder, tmp_path, seed=2)
    fresh = oldvideo.training_pairs(data_folder, tmp_path / "other", seed=2)
    assert file.stat().st_mtime_ns == stamp
    for one, two, three in zip(pairs, again, fresh, strict=True):
        assert all(np.array_equal(a, b) and np.array_equal(a, c) for a, b, c in zip(one, two, three))
    assert not np.array_equal(oldvideo.training_pairs(data_folder, tmp_path, seed=3)[0][0], pairs[0][0])


@pytest.fixture(scope="module")
def clip_folder(tmp_path_factory):
    """Forty-eight frames of 130 x 102: no multiples of four, so the edge is cut."""
    folder = tmp_path_factory.mktemp("clips")
    source = "testsrc2=size=130x102:rate=24000/1001:duration=2"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p"]
    subprocess.run([*command, "-c:v", "ffv1", str(folder / "test.mkv")], check=True)
    return folder


@needs_ffmpeg
def test_clips_are_reduced_as_the_protocol_has_it(clip_folder, tmp_path):
    (clip,) = clips.files(clip_folder)
    small = rates.reduced(clip, tmp_path)
    assert clips.size(small) == (50, 64)
    large = [frame[:100, :128] for frame in clips.luma_frames(clip, 16)]
    for a, b in zip(large, clips.luma_frames(small, 16), strict=True):
        assert np.array_equal(reduce_to_codes(a, 2), b)


@needs_ffmpeg
@pytest.mark.skipif(not (has("mpeg2") and has("mpeg4") and has("h264")), reason="this ffmpeg lacks encoders")
def test_rates_are_measured_for_every_codec(clip_folder, tmp_path):
    arguments = ["oldvideo", "--clips", str(clip_folder), "--cache", str(tmp_path), "--weights", f"a={WEIGHTS}"]
    parsed = parser().parse_args([*arguments, "--every", "16", "--bits-per-pixel", "2,0.4"])
    result = rates.measure(parsed.clips, dict(parsed.weights), parsed.cache, parsed.every, parsed.bits_per_pixel)
    rows = result["rows"]
    assert [(row["codec"], row["rate"]) for row in rows] == [(c, r) for c in rates.CODECS for r in ("2", "0.4")]
    for high, low in zip(rows[::2], rows[1::2]):
        assert high["bits_per_pixel"] > low["bits_per_pixel"] > 0.2
        assert high["psnr_y"]["lanczos3"] > low["psnr_y"]["lanczos3"]
        # What the report calls bits per pixel and kbit/s are one measurement.
        pixels = 64 * 50 * 24000 / 1001
        assert high["kbits_per_second"] * 1000 == pytest.approx(high["bits_per_pixel"] * pixels, rel=0.01)
    summary = result["models"]["a"]
    mean = np.mean([row["psnr_y"]["a"] for row in rows])
    worst = min(row["psnr_y"]["a"] - row["psnr_y"]["lanczos3"] for row in rows)
    assert summary["psnr_y"] == pytest.approx(mean)
    assert summary["worst_against_lanczos3"] == pytest.approx(worst)
    assert len(rates.table(result).splitlines()) == 2 + len(rows) + len(rates.CODECS) + 2


def test_blank_frames_are_left_out():
    blank, drawn = np.full((40, 40), 16, np.uint8), drawing(40, 40, 1)
    models = {"lanczos3": lanczos3(2)}
    smalls = [reduce_to_codes(frame, 2) for frame in (blank, drawn)]
    assert rates.scores([blank, drawn], smalls, models) == rates.scores([drawn], smalls[1:], models)
    with pytest.raises(ValueError, match="1 decoded frames for 2"):
        rates.scores([blank, drawn], smalls[:1], models)


def test_networks_run_until_the_scale_is_reached():
    small = drawing(48, 64, 3)
    once, twice = (rates.model(export.SHIPPED / "sp-vdsr.safetensors", scale) for scale in (2, 4))
    assert np.array_equal(twice(small), once(once(small))) and twice(small).shape == (192, 256)
    with pytest.raises(ValueError, match="enlarges by 3"):
        rates.model(export.SHIPPED / "sp-vdsr-x3.safetensors", 4)
