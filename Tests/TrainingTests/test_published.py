"""DAIR's files in `evaluate`, and networks beside the figures of the paper's tables."""

import itertools
import json
import math

import numpy as np
import pytest
from conftest import drawing
from PIL import Image

from upluma_training import evaluate, export, pictures, protocol, published
from upluma_training.__main__ import parser
from upluma_training.export import load_weights, save_weights
from upluma_training.families import FAMILIES
from upluma_training.networks.dair import DAIR, SHAPES
from upluma_training.networks.vdsr import VDSR
from upluma_training.published import FIGURES
from upluma_training.recipes import PAPER
from upluma_training.seeded import SEEDED, seeded_network

SCALES = (2, 3, 4)


@pytest.fixture(scope="module")
def tests(tmp_path_factory):
    """Three pictures as set5, one as set14, laid out as the test sets are."""
    folder = tmp_path_factory.mktemp("tests")
    for key, seeds in (("set5", (1, 2, 3)), ("set14", (4,))):
        (folder / "test" / key).mkdir(parents=True)
        for seed in seeds:
            Image.fromarray(drawing(48, 60, seed)).save(folder / "test" / key / f"{seed}.png")
    return folder


def written(folder, case):
    """A seeded network's file."""
    network = seeded_network(3, SEEDED[case])
    save_weights(network, folder / f"{case}.safetensors", network.metadata())
    return folder / f"{case}.safetensors"


@pytest.mark.parametrize(
    ("case", "scale"),
    [("dair-recur2-seeded", 2), ("dair-x3-seeded", 3), ("dair-prog-recur2-x4-seeded", 4), ("fcn-x3-seeded", 3)],
)
def test_evaluate_takes_files_of_stages(case, scale, tests, tmp_path, capsys):
    path = written(tmp_path, case)
    arguments = parser().parse_args(["evaluate", "--data", str(tests), "--weights", str(path), "--json"])
    arguments.run(arguments)
    result = json.loads(capsys.readouterr().out)
    network, facts = load_weights(path)
    assert result["scale"] == scale and set(result["sets"]) == {"set5", "set14"}
    scores = result["sets"]["set5"]["models"][facts["architecture"]]["images"]
    for file in pictures.files(tests / "test/set5"):
        expected = protocol.score(pictures.read_luma(file), protocol.by_network(network), scale)
        assert scores[file.name] == expected and math.isfinite(expected["psnr_y"])


def test_untrained_stages_are_near_a_filter(tests, tmp_path):
    """With its last layers' weights at zero a network is Catmull-Rom, and scores as that does."""
    network = DAIR(SHAPES["dair-light"](2))
    network.conv7.weight.data.zero_()
    save_weights(network, tmp_path / "a.safetensors", network.metadata())
    models = evaluate.evaluate(tests, tmp_path / "a.safetensors")["sets"]["set5"]["models"]
    # Bicubic is the same kernel; samples beyond the edge are mirrored there, here the edge is repeated.
    assert abs(models["dair"]["psnr_y"] - models["bicubic"]["psnr_y"]) < 0.1


def test_figures_are_those_that_are_printed():
    assert FIGURES["dair-5"][2]["set5"] == (37.42, 0.9582) and FIGURES["fcn"][4]["set14"] == (27.83, 0.7630)
    assert FIGURES["dair-prog-10"] == {4: {"set5": (31.47, 0.8858), "set14": (28.04, 0.7690)}}
    assert FIGURES["dair-final"][4]["bsd100"] == (27.25, 0.7263) and 3 not in FIGURES["lapsrn"]
    counts = {name: sum(map(len, scales.values())) for name, scales in FIGURES.items()}
    # Two sets at 4x; two at all scales; three at 2x and 4x; three at all.
    large = {"dair-asp2-20", "dair-asp3-20", "dair-prog-10"}
    first = {"dair-5", "dair-10", "dair-20", "fcn", "dair-recur1-10", "dair-recur2-10"}
    for name, count in counts.items():
        assert count == (2 if name in large else 6 if name in {*first, "lapsrn"} else 9), name
    assert large | first < set(counts) and len(counts) == 3 + 6 + 9


def test_figures_agree_with_each_other():
    for name, scales in FIGURES.items():
        for set_name in evaluate.SETS:
            column = [scales[scale][set_name] for scale in SCALES if set_name in scales.get(scale, {})]
            # Every step to a larger factor costs quality; a digit out of place would not.
            for (easy, easy_ssim), (hard, hard_ssim) in itertools.pairwise(column):
                assert 1 < easy - hard < 6.5 and 0.03 < easy_ssim - hard_ssim < 0.17, (name, set_name)
    # The final networks of 2x and 3x stand in both tables.
    for scale, set_name in itertools.product((2, 3), ("set5", "set14")):
        assert FIGURES["dair-final"][scale][set_name] == FIGURES["dair-recur2-10"][scale][set_name]


def test_every_recipe_of_the_paper_has_its_figures():
    for recipe in PAPER:
        names = published.names_in_paper(FAMILIES[recipe.network].of_recipe(recipe))
        assert recipe.name.removesuffix(f"-paper-x{recipe.scale}") in names
        assert all(recipe.scale in FIGURES[name] for name in names)
    assert published.names_in_paper(DAIR(SHAPES["dair-recur2-10"](3))) == ["dair-recur2-10", "dair-final"]


def test_other_sizes_have_none():
    assert published.names_in_paper(DAIR(SHAPES["dair-light"](2))) == []
    assert published.names_in_paper(VDSR()) == ["vdsr"] and published.names_in_paper(VDSR(widths=(1, 8, 1))) == []
    assert published.names_in_paper(seeded_network(1)) == []


def test_networks_stand_beside_the_paper(tests, tmp_path, capsys):
    paths = [written(tmp_path, case) for case in ("dair-seeded", "dair-x3-seeded")]
    srcnn = FAMILIES["srcnn"].of_metadata({"scale": "2"})
    save_weights(srcnn, tmp_path / "mine.safetensors", srcnn.metadata())
    paths.append(tmp_path / "mine.safetensors")
    command = ["published", "--data", str(tests), "--weights", *map(str, paths)]
    arguments = parser().parse_args([*command, "--json"])
    arguments.run(arguments)
    result = json.loads(capsys.readouterr().out)
    rows = {(row["network"], row["scale"]): row for row in result["rows"]}
    assert list(rows) == [("bicubic", 2), ("dair-seeded", 2), ("mine", 2), ("bicubic", 3), ("dair-x3-seeded", 3)]
    mine = rows["mine", 2]
    assert mine["in_paper"] == ["srcnn"] and mine["sets"]["bsd100"]["ours"] is None
    scores = [
        protocol.score(pictures.read_luma(file, True), protocol.by_network(srcnn), 2, rounded=False)
        for file in pictures.files(tests / "test/set5")
    ]
    psnr = sum(score["psnr_y"] for score in scores) / 3
    first = mine["sets"]["set5"]
    assert first["ours"][0] == pytest.approx(psnr) and first["paper"] == [36.66, 0.9542]
    assert first["difference"][0] == pytest.approx(psnr - 36.66)
    assert rows["dair-seeded", 2]["sets"]["set5"]["paper"] is None
    arguments = parser().parse_args([*command, "--others"])
    arguments.run(arguments)
    text = capsys.readouterr().out
    assert "floating point" in text.splitlines()[0]
    assert f"| `mine` (srcnn) | 2 | {psnr:.2f} / " in text and "; 36.66 / 0.9542; " in text
    assert "| `drrn` | 2 | -; 37.74 / 0.9591 |" in text and "`dair-prog-10`" not in text


def test_what_cannot_be_compared(tests, tmp_path):
    path = written(tmp_path, "dair-seeded")
    (tmp_path / "b").mkdir()
    with pytest.raises(ValueError, match="same name"):
        published.compare(tests, [path, written(tmp_path / "b", "dair-seeded")])
    with pytest.raises(FileNotFoundError, match="none of set5"):
        published.compare(tmp_path, [path])


def test_the_protocol_is_the_papers(shared):
    """Bicubic, which needs no training; Docs/Evaluation.md has what stays on Set14."""
    rows = published.compare(shared / "data", [export.SHIPPED / "sp-vdsr.safetensors"])["rows"]
    bicubic = next(row["sets"] for row in rows if row["network"] == "bicubic")
    for name, (psnr, ssim) in {"set5": (0.005, 5e-5), "set14": (0.015, 2e-4), "bsd100": (0.005, 5e-5)}.items():
        difference = bicubic[name]["difference"]
        assert abs(difference[0]) < psnr and abs(difference[1]) < ssim, name


def test_grey_pictures_as_stored(tmp_path):
    codes = drawing(32, 40, 1)
    Image.fromarray(codes).save(tmp_path / "grey.png")
    Image.fromarray(codes).convert("RGB").save(tmp_path / "colour.png")
    assert np.array_equal(pictures.read_luma(tmp_path / "grey.png", gray_as_stored=True), codes)
    limited = pictures.read_luma(tmp_path / "colour.png", gray_as_stored=True)
    assert np.array_equal(limited, pictures.read_luma(tmp_path / "grey.png"))
    assert abs(limited - (16 + codes * (219 / 255))).max() <= 0.51
