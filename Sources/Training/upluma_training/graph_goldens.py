"""Golden files of the operations that networks are made of, each by PyTorch's own function, in float64.

The metadata is what the Swift test builds the operation from: `operation` and its numbers.
"""

import numpy as np
import torch
import torch.nn.functional as F

Golden = tuple[dict[str, np.ndarray], dict[str, str]]

BATCH_NORM_EPS = 1e-5


def _draw(shape: tuple[int, ...], seed: int, scale: float = 1.0) -> torch.Tensor:
    """Normally distributed, rounded to what the file will hold."""
    values = np.random.default_rng(seed).normal(0, scale, shape).astype(np.float32)
    return torch.from_numpy(values).double()


def _weights(outputs: int, inputs: int, rows: int, columns: int, seed: int) -> torch.Tensor:
    return _draw((outputs, inputs, rows, columns), seed, (1 / (inputs * rows * columns)) ** 0.5)


def _golden(tensors: dict[str, torch.Tensor], operation: str, **facts: object) -> Golden:
    arrays = {key: value.float().numpy() for key, value in tensors.items()}
    return arrays, {"operation": operation} | {key: str(value) for key, value in facts.items()}


def _convolution(
    size: tuple[int, int], inputs: int, outputs: int, kernel: tuple[int, int], seed: int,
    stride: int = 1, dilation: int = 1, padding: tuple[int, int] = (0, 0), mode: str = "zeros",
) -> Golden:
    """`padding` rows and columns on both sides; `mode` as nn.Conv2d's."""
    layer = torch.nn.Conv2d(
        inputs, outputs, kernel, stride=stride, dilation=dilation, padding=padding, padding_mode=mode
    ).double()
    picture, weight = _draw((1, inputs, *size), seed), _weights(outputs, inputs, *kernel, seed + 1)
    bias = _draw((outputs,), seed + 2, 0.3)
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
        output = layer(picture)
    return _golden(
        {"input": picture, "weight": weight, "bias": bias, "output": output},
        "convolution", stride=stride, dilation=dilation, rows=padding[0], columns=padding[1], mode=mode,
    )


def _transposed(
    size: tuple[int, int], inputs: int, outputs: int, kernel: int, seed: int,
    stride: int, padding: int, output_padding: int,
) -> Golden:
    picture = _draw((1, inputs, *size), seed)
    weight = _weights(outputs, inputs, kernel, kernel, seed + 1).transpose(0, 1).contiguous()
    bias = _draw((outputs,), seed + 2, 0.3)
    output = F.conv_transpose2d(
        picture, weight, bias, stride=stride, padding=padding, output_padding=output_padding
    )
    return _golden(
        {"input": picture, "weight": weight, "bias": bias, "output": output},
        "transposed", stride=stride, padding=padding, output_padding=output_padding,
    )


def _padded(mode: str, insets: tuple[int, int, int, int], seed: int) -> Golden:
    """`insets` top, bottom, left, right."""
    top, bottom, left, right = insets
    picture = _draw((1, 3, 7, 6), seed)
    output = F.pad(picture, (left, right, top, bottom), mode=mode)
    return _golden(
        {"input": picture, "output": output}, "padding",
        mode=mode, top=top, bottom=bottom, left=left, right=right,
    )


def _functions() -> dict[str, Golden]:
    """Functions of single values on five channels."""
    picture, slopes = _draw((1, 5, 4, 7), 60, 2.0), _draw((5,), 61)
    mean, gain, shift = _draw((5,), 62), _draw((5,), 63), _draw((5,), 64)
    variance = _draw((5,), 65).abs() + 0.1
    normalised = F.batch_norm(picture, mean, variance, gain, shift, training=False, eps=BATCH_NORM_EPS)
    statistics = {"mean": mean, "variance": variance, "gain": gain, "shift": shift}
    return {
        "relu": _golden({"input": picture, "output": F.relu(picture)}, "leaky", slope=0),
        "leaky": _golden({"input": picture, "output": F.leaky_relu(picture, 0.2)}, "leaky", slope=0.2),
        "prelu": _golden({"input": picture, "slope": slopes, "output": F.prelu(picture, slopes)}, "prelu"),
        "tanh": _golden({"input": picture, "output": torch.tanh(picture)}, "tanh"),
        "sigmoid": _golden({"input": picture, "output": torch.sigmoid(picture)}, "sigmoid"),
        "clamp": _golden(
            {"input": picture, "output": picture.clamp(-0.5, 0.75)}, "clamp", lowest=-0.5, highest=0.75
        ),
        "batch-norm": _golden(
            {"input": picture, "output": normalised} | statistics, "batch-norm", eps=BATCH_NORM_EPS
        ),
    }


def _combinations() -> dict[str, Golden]:
    first, second, one = _draw((1, 5, 4, 7), 70), _draw((1, 5, 4, 7), 71), _draw((1, 1, 4, 7), 72)
    divisor = one.abs() + 0.5
    return {
        "add": _golden({"input": first, "second": second, "output": first + second}, "add"),
        "subtract-one": _golden({"input": first, "second": one, "output": first - one}, "subtract"),
        "multiply": _golden({"input": first, "second": second, "output": first * second}, "multiply"),
        "divide-one": _golden({"input": first, "second": divisor, "output": first / divisor}, "divide"),
        "concatenate": _golden(
            {"input": first, "second": one, "output": torch.cat([first, one], 1)}, "concatenation"
        ),
    }


def goldens() -> dict[str, Golden]:
    """Every operation, at odd sizes, with the strides and paddings of the papers' networks."""
    shuffled, large = _draw((1, 18, 3, 5), 50), _draw((1, 3, 6, 8), 51)
    cases = {
        "convolution-3x3": _convolution((9, 7), 2, 3, (3, 3), 10, padding=(1, 1)),
        "convolution-9x9": _convolution((11, 10), 1, 4, (9, 9), 13, padding=(4, 4)),
        "convolution-1x1": _convolution((3, 5), 6, 5, (1, 1), 16),
        "convolution-1x5": _convolution((6, 9), 2, 3, (1, 5), 19, padding=(0, 2)),
        "convolution-stride-2": _convolution((10, 9), 3, 4, (3, 3), 22, stride=2, padding=(1, 1)),
        "convolution-2x2-stride-2": _convolution((8, 11), 3, 4, (2, 2), 25, stride=2),
        "convolution-dilated": _convolution((13, 12), 2, 3, (3, 3), 28, dilation=4, padding=(4, 4)),
        "convolution-reflect": _convolution((7, 8), 3, 4, (5, 5), 31, padding=(2, 2), mode="reflect"),
        "convolution-replicate": _convolution((6, 5), 2, 3, (3, 3), 34, padding=(1, 1), mode="replicate"),
        "transposed-3x3": _transposed((5, 6), 4, 3, 3, 37, stride=2, padding=1, output_padding=1),
        "transposed-4x4": _transposed((4, 7), 3, 2, 4, 40, stride=2, padding=1, output_padding=0),
        "transposed-9x9": _transposed((5, 4), 3, 1, 9, 43, stride=3, padding=4, output_padding=2),
        "pad-reflect": _padded("reflect", (3, 0, 2, 5), 46),
        "pad-replicate": _padded("replicate", (1, 4, 0, 3), 47),
        "pad-zero-and-cut": _padded("constant", (2, -3, -1, 4), 48),
        "shuffle-3": _golden({"input": shuffled, "output": F.pixel_shuffle(shuffled, 3)}, "shuffle", factor=3),
        "unshuffle-2": _golden({"input": large, "output": F.pixel_unshuffle(large, 2)}, "unshuffle", factor=2),
    }
    return {f"{name}.safetensors": golden for name, golden in (cases | _functions() | _combinations()).items()}
