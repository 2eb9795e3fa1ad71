"""Learning curves: read as written, drawn with every run."""

import pytest

from upluma_training import curves, train


def _run(folder, values):
    folder.mkdir()
    rows = [f"{1000 * (i + 1)},{i + 1}.0,5.0,1e-3,{value}," for i, value in enumerate(values)]
    (folder / train.CURVE).write_text("\n".join([",".join(train.COLUMNS), *rows]) + "\n")
    return folder


def test_curves_are_drawn(tmp_path):
    runs = [_run(tmp_path / "first", [30, 31.5]), _run(tmp_path / "second", [29, 32.25])]
    assert curves.read(runs[0])[1]["held_out"] == 31.5 and "set5" not in curves.read(runs[0])[0]
    curves.draw(runs, tmp_path / "a.svg")
    curves.draw(runs, tmp_path / "b.png", x="step")
    assert (tmp_path / "a.svg").read_text().count("<path") > 2
    assert (tmp_path / "b.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no learning curve"):
        curves.draw([tmp_path], tmp_path / "a.svg")
    with pytest.raises(ValueError, match="no column set5"):
        curves.draw([_run(tmp_path / "run", [30])], tmp_path / "a.svg", y="set5")
