"""`python -m upluma_training COMMAND`: see `--help` of each command."""

import argparse
import dataclasses
from pathlib import Path

from .car_recipes import CAR_RECIPES, CarRecipe
from .recipes import QUANTIZED, RECIPES, Recipe


def _like(old, text: str):
    """The value of `text`, of the type that `old` has."""
    if isinstance(old, tuple):
        kind = type(old[0]) if old else int
        return tuple(kind(part) for part in text.split(","))
    if isinstance(old, bool):
        return {"true": True, "false": False}[text.lower()]
    return type(old)(text)


def changed(recipe: Recipe | CarRecipe, changes: list[str]) -> Recipe | CarRecipe:
    """The recipe with `KEY=VALUE` changes; values take the type of what they replace."""
    values = {}
    for change in changes:
        key, separator, text = change.partition("=")
        if not separator or key not in recipe.as_dict():
            raise SystemExit(f"--set {change}: no such setting; see upluma_training/recipes.py")
        old = getattr(recipe, key)
        values[key] = _like(old, text)
    return dataclasses.replace(recipe, **values)


def _train(arguments: argparse.Namespace) -> None:
    from . import car_training, quantize, train

    recipe = changed((RECIPES | CAR_RECIPES)[arguments.recipe], arguments.set)
    settings = {key: getattr(arguments, key) for key in ("minutes", "resume", "device", "threads")}
    if isinstance(recipe, CarRecipe):
        car_training.run(recipe, arguments.data, arguments.out, **settings)
    else:
        make = quantize.Quantizer if recipe.network in QUANTIZED else None
        train.run(recipe, arguments.data, arguments.out, cache=arguments.cache, make=make, **settings)


def _precisions(arguments: argparse.Namespace) -> None:
    from . import precisions

    weights = arguments.weights or precisions.shipped()
    others = arguments.int8 or [precisions.in_8_bits(path) for path in weights]
    if len(weights) != len(others):
        raise SystemExit(f"{len(weights)} files in float32, but {len(others)} in 8 bits")
    large = precisions.planes(arguments.data, arguments.clips, arguments.every)
    rows = precisions.measure(list(zip(weights, others)), large)
    print(precisions.as_json(rows) if arguments.json else precisions.table(rows))


def _export(arguments: argparse.Namespace) -> None:
    from . import car_export, checkpoint
    from .export import export

    if car_export.is_pair(checkpoint.read(arguments.checkpoint)):
        facts = car_export.write(arguments.checkpoint, arguments.out, arguments.guide_out)
    else:
        facts = export(arguments.checkpoint, arguments.out, arguments.data, arguments.clips)
    for key, value in facts.items():
        print(f"{key}: {value}")


def _curves(arguments: argparse.Namespace) -> None:
    from .curves import draw

    draw(arguments.runs, arguments.out, arguments.x, arguments.y)


def _goldens(arguments: argparse.Namespace) -> None:
    from . import goldens

    if not arguments.check:
        print(f"wrote {len(goldens.write(goldens.ROOT))} files")
    elif problems := goldens.check():
        raise SystemExit("\n".join(problems))
    else:
        print(f"every golden file agrees to {goldens.TOLERANCE}")


def _evaluate(arguments: argparse.Namespace) -> None:
    from . import evaluate

    result = evaluate.evaluate(
        arguments.data,
        arguments.weights,
        arguments.clips,
        every=arguments.every,
        rounded=not arguments.float_small,
        full_range=arguments.full_range,
    )
    print(evaluate.as_json(result) if arguments.json else evaluate.table(result))


def _published(arguments: argparse.Namespace) -> None:
    from . import published

    result = published.compare(arguments.data, arguments.weights, arguments.others)
    print(published.as_json(result) if arguments.json else published.table(result))


def _round_trips(arguments: argparse.Namespace) -> None:
    from . import round_trips

    try:
        result = round_trips.measure(arguments.data, arguments.pairs, arguments.scale)
    except ValueError as error:
        raise SystemExit(f"round-trips: {error}") from error
    print(round_trips.as_json(result) if arguments.json else round_trips.table(result))


def _car_chroma(arguments: argparse.Namespace) -> None:
    from . import car_chroma
    from .export import SHIPPED

    result = car_chroma.measure(arguments.data, arguments.weights or SHIPPED / "car-2x.safetensors")
    print(car_chroma.as_json(result) if arguments.json else car_chroma.table(result))


def _oldvideo(arguments: argparse.Namespace) -> None:
    from . import rates

    result = rates.measure(
        arguments.clips,
        dict(arguments.weights),
        arguments.cache,
        every=arguments.every,
        rates=arguments.bits_per_pixel,
        scale=arguments.scale,
    )
    print(rates.as_json(result) if arguments.json else rates.table(result))


def _yardsticks(arguments: argparse.Namespace) -> None:
    from . import chains, yardsticks
    from .export import SHIPPED

    width, height = arguments.size
    try:
        if arguments.chain:
            subject = chains.of_chain(arguments.chain)
        else:
            subject = chains.of_file(arguments.weights or SHIPPED / "sp-vdsr.safetensors")
        result = yardsticks.measure(
            subject, height, width, arguments.threads, arguments.frames, arguments.precision, arguments.runtimes
        )
    except ValueError as error:
        raise SystemExit(f"yardsticks: {error}") from error
    print(yardsticks.as_json(result) if arguments.json else yardsticks.table(result))


def _draw(arguments: argparse.Namespace) -> None:
    from .lineart import TEST, TRAIN, gallery

    width, height = arguments.size
    stream = TEST if arguments.test else TRAIN
    paths = gallery.write(
        arguments.out, arguments.count, arguments.seed, height, width, stream, arguments.sheet
    )
    print(f"wrote {len(paths)} pictures to {arguments.out}")


def _article(arguments: argparse.Namespace) -> None:
    from . import article, lineart, pictures

    if arguments.pictures is not None:
        drawings = [pictures.read_luma(path) for path in pictures.files(arguments.pictures)]
    else:
        drawings = lineart.held_out(arguments.count, folder=arguments.cache)
    result = article.compare(drawings, arguments.weights, arguments.scale)
    print(article.as_json(result) if arguments.json else article.table(result))


def _contest(arguments: argparse.Namespace) -> None:
    from . import article, contest

    result = contest.run(arguments.cache, arguments.minutes, arguments.out)
    print(article.as_json(result) if arguments.json else article.table(result))


def size(text: str) -> tuple[int, int]:
    """(width, height) of `WIDTHxHEIGHT`."""
    try:
        width, height = map(int, text.split("x"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not WIDTHxHEIGHT") from error
    return width, height


def named_file(text: str) -> tuple[str, Path]:
    """(name, path) of `NAME=FILE`."""
    name, separator, path = text.partition("=")
    if not (name and separator and path):
        raise argparse.ArgumentTypeError(f"{text} is not NAME=FILE")
    return name, Path(path)


def numbers(text: str) -> tuple[float, ...]:
    """Positive numbers parted by commas."""
    try:
        values = tuple(map(float, text.split(",")))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a list of numbers parted by commas") from error
    if min(values) <= 0:
        raise argparse.ArgumentTypeError(f"{text}: give numbers above 0")
    return values


def parser() -> argparse.ArgumentParser:
    """The command line."""
    main = argparse.ArgumentParser(prog="python -m upluma_training", description=__doc__)
    commands = main.add_subparsers(required=True, metavar="COMMAND")

    in_8_bits = sorted(name for name in RECIPES if RECIPES[name].network in QUANTIZED)
    for name, recipes, does in (
        ("train", sorted((set(RECIPES) | set(CAR_RECIPES)) - set(in_8_bits)), "train a network by a recipe"),
        ("quantize", in_8_bits, "put a network that ships into 8 bits, and train it on in them"),
    ):
        train = commands.add_parser(name, help=does)
        train.add_argument("--recipe", choices=recipes, required=True)
        train.add_argument("--data", type=Path, required=True, help="holds train/yang91, train/bsd200")
        train.add_argument("--out", type=Path, required=True, help="folder of the run")
        train.add_argument("--minutes", type=float, help="stop after this long; --resume goes on")
        train.add_argument("--cache", type=Path, help="folder for pictures that are made once")
        train.add_argument("--resume", action="store_true")
        train.add_argument("--device", default="cpu", help="cpu or cuda")
        train.add_argument("--threads", type=int, default=2)
        train.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
        train.set_defaults(run=_train)

    precisions = commands.add_parser("precisions", help="what 8 bits cost, in dB, on pictures and clips")
    precisions.add_argument("--data", type=Path, required=True, help="holds test/set5, test/set14")
    precisions.add_argument("--clips", type=Path, help="folder of video files, measured too")
    precisions.add_argument("--weights", type=Path, nargs="*", default=[], help="float32 files; default: all that ship")
    precisions.add_argument("--int8", type=Path, nargs="*", default=[], help="their files in 8 bits; default: beside")
    precisions.add_argument("--every", type=int, default=24, help="use each N-th frame of a clip")
    precisions.add_argument("--json", action="store_true")
    precisions.set_defaults(run=_precisions)

    export = commands.add_parser("export", help="write a checkpoint's weights as safetensors")
    export.add_argument("--checkpoint", type=Path, required=True)
    export.add_argument("--out", type=Path, required=True)
    export.add_argument("--guide-out", type=Path, help="file of the upscaler that a downscaler learned with")
    export.add_argument("--data", type=Path, help="measure Set5 in here for the metadata; of 8 bits Set14 too")
    export.add_argument("--clips", type=Path, help="measure what 8 bits cost on these video files too")
    export.set_defaults(run=_export)

    curves = commands.add_parser("curves", help="draw the learning curves of runs")
    curves.add_argument("runs", type=Path, nargs="+", help="folders that train wrote")
    curves.add_argument("--out", type=Path, required=True, help="picture: .svg, .png or .pdf")
    curves.add_argument("--x", choices=["minutes", "step"], default="minutes")
    curves.add_argument("--y", choices=["held_out", "set5"], default="held_out")
    curves.set_defaults(run=_curves)

    goldens = commands.add_parser("goldens", help="write the golden files of the Swift tests")
    goldens.add_argument("--check", action="store_true", help="compare instead of writing")
    goldens.set_defaults(run=_goldens)

    evaluate = commands.add_parser("evaluate", help="PSNR and SSIM on test pictures and clips")
    evaluate.add_argument("--data", type=Path, required=True, help="holds test/set5, …")
    evaluate.add_argument("--weights", type=Path, required=True)
    evaluate.add_argument("--clips", type=Path, help="folder of video files, measured too")
    evaluate.add_argument("--every", type=int, default=24, help="use each N-th frame of a clip")
    evaluate.add_argument(
        "--float-small", action="store_true", help="keep small pictures unrounded, as papers do"
    )
    evaluate.add_argument("--full-range", action="store_true", help="stretch luma to 0..255 first")
    evaluate.add_argument("--json", action="store_true")
    evaluate.set_defaults(run=_evaluate)

    published = commands.add_parser("published", help="networks beside the DAIR paper's tables 1 and 2")
    published.add_argument("--data", type=Path, required=True, help="holds test/set5, …")
    published.add_argument("--weights", type=Path, nargs="+", required=True)
    published.add_argument("--others", action="store_true", help="list the paper's other networks too")
    published.add_argument("--json", action="store_true")
    published.set_defaults(run=_published)

    trips = commands.add_parser("round-trips", help="reduced and enlarged again, beside the CAR paper's tables")
    trips.add_argument("--data", type=Path, required=True, help="holds test/set5, …")
    trips.add_argument(
        "--pairs", nargs="+", required=True, metavar="DOWN->UP", help="each a weights file, or bicubic; DOWN may be fitted"
    )
    trips.add_argument("--scale", type=int, default=2, help="of pairs without a network")
    trips.add_argument("--json", action="store_true")
    trips.set_defaults(run=_round_trips)

    chroma = commands.add_parser("car-chroma", help="ways to reduce chroma beside a downscaler's luma")
    chroma.add_argument("--data", type=Path, required=True, help="holds test/set5, …")
    chroma.add_argument("--weights", type=Path, help="a downscaler by 2 (default: car-2x)")
    chroma.add_argument("--json", action="store_true")
    chroma.set_defaults(run=_car_chroma)

    oldvideo = commands.add_parser("oldvideo", help="PSNR on clips coded as old video was")
    oldvideo.add_argument("--clips", type=Path, required=True, help="folder of video files")
    oldvideo.add_argument(
        "--weights", type=named_file, nargs="+", action="extend", required=True, metavar="NAME=FILE"
    )
    oldvideo.add_argument("--cache", type=Path, required=True, help="folder that keeps the coded clips")
    oldvideo.add_argument("--every", type=int, default=24, help="use each N-th frame of a clip")
    oldvideo.add_argument("--scale", type=int, default=2, help="how many times the clips are reduced")
    oldvideo.add_argument(
        "--bits-per-pixel", type=numbers, metavar="B,B,…", help="instead of each codec's three rates"
    )
    oldvideo.add_argument("--json", action="store_true")
    oldvideo.set_defaults(run=_oldvideo)

    yardsticks = commands.add_parser("yardsticks", help="time a network's layers in other runtimes")
    timed = yardsticks.add_mutually_exclusive_group()
    timed.add_argument("--weights", type=Path, help="sp-vdsr (default: the file that ships), or dair: its FCN alone")
    timed.add_argument("--chain", metavar="1-8x5-4", help="3x3 convolutions by their channels, weights seeded")
    yardsticks.add_argument("--precision", choices=["f32", "bf16"], default="f32")
    yardsticks.add_argument("--runtimes", default="", metavar="NAME", help="only those whose names begin so")
    yardsticks.add_argument("--size", type=size, default=(720, 480), metavar="WxH")
    yardsticks.add_argument("--threads", type=int, default=2)
    yardsticks.add_argument("--frames", type=int, default=30)
    yardsticks.add_argument("--json", action="store_true")
    yardsticks.set_defaults(run=_yardsticks)

    draw = commands.add_parser("draw", help="draw line art and cel-style pictures")
    draw.add_argument("--out", type=Path, required=True, help="folder for the PNG files")
    draw.add_argument("--count", type=int, default=24)
    draw.add_argument("--seed", type=int, default=0)
    draw.add_argument("--size", type=size, default=(512, 512), metavar="WxH")
    draw.add_argument("--sheet", type=Path, help="also write one picture of all of them")
    draw.add_argument("--test", action="store_true", help="of the held-out stream; seed 0 is the test set")
    draw.set_defaults(run=_draw)

    article = commands.add_parser("article", help="PSNR on held-out line art, by the article's protocol")
    article.add_argument("--weights", type=Path, nargs="*", default=[], help="networks to score too")
    article.add_argument("--scale", type=int, default=2)
    article.add_argument("--count", type=int, default=24, help="pictures of the test set")
    article.add_argument("--cache", type=Path, help="folder to keep the drawn pictures in")
    article.add_argument("--pictures", type=Path, help="a folder of image files to use instead")
    article.add_argument("--json", action="store_true")
    article.set_defaults(run=_article)

    contest = commands.add_parser("contest", help="train the article's networks alike and compare them")
    contest.add_argument("--cache", type=Path, required=True, help="folder to keep the drawn pictures in")
    contest.add_argument("--minutes", type=float, default=5, help="processor time for each network")
    contest.add_argument("--out", type=Path, help="folder for the weights")
    contest.add_argument("--json", action="store_true")
    contest.set_defaults(run=_contest)
    return main


def main() -> None:
    """Parses the command line and runs the command."""
    arguments = parser().parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
