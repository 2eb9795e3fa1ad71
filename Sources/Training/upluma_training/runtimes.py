"""One network of convolutions, prepared for each runtime that Upluma is compared with.

Every `prepare` takes (layers, slope, scale, plane, threads): layers are (weight OIHW, bias O) with kernels of odd
sizes and zero padding, all but the last followed by a leaky ReLU (of slope 0: by a ReLU); the last one's channels are
shuffled to scale x scale sub-pixels (1: not at all); plane is 1 x 1 x H x W float32. It returns the runtime's version
and a function that runs one frame.
"""

import tempfile
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F


class Unavailable(RuntimeError):
    """The runtime is not installed."""


def _module(name: str):
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Unavailable(f"not installed (pip install {name.split('.')[0]})") from error


def _pytorch(layout: torch.memory_format, kind: torch.dtype = torch.float32):
    def prepare(layers, slope, scale, plane, threads):
        torch.set_num_threads(threads)
        weights = [(w.detach().to(kind).contiguous(memory_format=layout), b.detach().to(kind)) for w, b in layers]
        luma = torch.from_numpy(plane).to(kind).contiguous(memory_format=layout)

        @torch.inference_mode()
        def run() -> np.ndarray:
            features = luma
            for weight, bias in weights[:-1]:
                features = F.conv2d(features, weight, bias, padding=weight.shape[-1] // 2)
                features = F.leaky_relu_(features, slope) if slope else F.relu_(features)
            result = F.conv2d(features, *weights[-1], padding=weights[-1][0].shape[-1] // 2)
            return (F.pixel_shuffle(result, scale) if scale > 1 else result).float().numpy()

        return torch.__version__, run

    return prepare


def onnx_model(layers, slope: float, scale: int, height: int, width: int) -> bytes:
    """The network as ONNX (opset 13): `luma` 1 x 1 x H x W to `residual` 1 x C x scale*H x scale*W."""
    onnx = _module("onnx")
    helper, numpy_helper = onnx.helper, onnx.numpy_helper
    nodes, constants, previous = [], [], "luma"
    for i, (weight, bias) in enumerate(layers):
        constants.append(numpy_helper.from_array(weight.detach().numpy(), f"weight{i}"))
        constants.append(numpy_helper.from_array(bias.detach().numpy(), f"bias{i}"))
        inputs, kernel = [previous, f"weight{i}", f"bias{i}"], weight.shape[-1]
        attributes = {"pads": [kernel // 2] * 4, "kernel_shape": [kernel] * 2}
        nodes.append(helper.make_node("Conv", inputs, [f"conv{i}"], **attributes))
        previous = f"conv{i}"
        if i < len(layers) - 1:
            # Runtimes need not know that a leaky ReLU of slope 0 is a plain one, and have faster code for that.
            kind, settings = ("LeakyRelu", {"alpha": slope}) if slope else ("Relu", {})
            nodes.append(helper.make_node(kind, [previous], [f"act{i}"], **settings))
            previous = f"act{i}"
    if scale > 1:
        nodes.append(helper.make_node("DepthToSpace", [previous], ["residual"], blocksize=scale, mode="CRD"))
    else:
        nodes[-1].output[0] = "residual"
    channels = layers[-1][0].shape[0] // scale**2
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "chain",
        [helper.make_tensor_value_info("luma", kind, [1, 1, height, width])],
        [helper.make_tensor_value_info("residual", kind, [1, channels, scale * height, scale * width])],
        constants,
    )
    # IR version 8 goes with opset 13 and is read by every runtime of the last years.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


# Rows and columns that quantisation is calibrated on: all features of it are kept at once.
CALIBRATION_SIZE = 96


def quantised_model(layers, slope: float, scale: int, plane: np.ndarray) -> bytes:
    """`onnx_model` in int8 by ONNX Runtime's own tool: activations and weights (channel by channel) between
    quantise-dequantise pairs, calibrated on the first rows and columns of `plane`."""
    onnx, quantization = _module("onnx"), _module("onnxruntime.quantization")
    shape_inference = _module("onnxruntime.quantization.shape_inference")
    part = np.ascontiguousarray(plane[:, :, :CALIBRATION_SIZE, :CALIBRATION_SIZE])

    class Calibration(quantization.CalibrationDataReader):
        def __init__(self):
            self.rest = [{"luma": part}]

        def get_next(self):
            return self.rest.pop() if self.rest else None

    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("float.onnx", "prepared.onnx", "int8.onnx")]
        Path(paths[0]).write_bytes(onnx_model(layers, slope, scale, *part.shape[2:]))
        shape_inference.quant_pre_process(paths[0], paths[1])
        quantization.quantize_static(
            paths[1], paths[2], Calibration(), quant_format=quantization.QuantFormat.QDQ, per_channel=True
        )
        model = onnx.load(paths[2])
    # Back to the size of the whole plane.
    del model.graph.value_info[:]
    for value, times in ((model.graph.input[0], 1), (model.graph.output[0], scale)):
        for axis in (2, 3):
            value.type.tensor_type.shape.dim[axis].dim_value = times * plane.shape[axis]
    return model.SerializeToString()


def _onnxruntime(make_model):
    def prepare(layers, slope, scale, plane, threads):
        ort = _module("onnxruntime")
        options = ort.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        model = make_model(layers, slope, scale, plane)
        session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        return ort.__version__, lambda: session.run(None, {"luma": plane})[0]

    return prepare


def _openvino(make_model, precision: str):
    def prepare(layers, slope, scale, plane, threads):
        openvino = _module("openvino")
        core = openvino.Core()
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "INFERENCE_PRECISION_HINT": precision,
            "PERFORMANCE_HINT": "LATENCY",
        }
        model = core.read_model(make_model(layers, slope, scale, plane))
        request = core.compile_model(model, "CPU", settings).create_infer_request()

        def run() -> np.ndarray:
            request.infer({0: plane}, share_inputs=True)
            return request.get_output_tensor(0).data

        return openvino.__version__.split("-")[0], run

    return prepare


def _float_model(layers, slope, scale, plane) -> bytes:
    return onnx_model(layers, slope, scale, *plane.shape[2:])


def _ncnn_files(layers, slope: float, scale: int) -> tuple[str, bytes]:
    """The network in ncnn's own text and binary form; activation 1 is ReLU, 2 leaky ReLU."""
    lines, binary = ["Input luma 0 1 luma"], b""
    previous = "luma"
    for i, (weight, bias) in enumerate(layers):
        kernel = weight.shape[-1]
        fields = [f"0={weight.shape[0]} 1={kernel} 4={kernel // 2} 5=1 6={weight.numel()}"]
        if i < len(layers) - 1:
            fields.append(f"9=2 -23310=1,{slope}" if slope else "9=1")
        lines.append(f"Convolution conv{i} 1 1 {previous} conv{i} {' '.join(fields)}")
        previous = f"conv{i}"
        # Four zero bytes announce raw float32 weights.
        binary += bytes(4) + weight.detach().numpy().tobytes() + bias.detach().numpy().tobytes()
    if scale > 1:
        lines.append(f"PixelShuffle shuffle 1 1 {previous} residual 0={scale}")
    else:
        lines.append(f"Noop end 1 1 {previous} residual")
    return "\n".join(["7767517", f"{len(lines)} {len(lines)}", *lines]) + "\n", binary


def _ncnn(bf16_storage: bool):
    def prepare(layers, slope, scale, plane, threads):
        ncnn = _module("ncnn")
        net = ncnn.Net()
        net.opt.num_threads = threads
        net.opt.use_vulkan_compute = False
        for option in ("packed", "storage", "arithmetic"):
            setattr(net.opt, f"use_fp16_{option}", False)
        net.opt.use_bf16_storage = bf16_storage
        net.opt.use_packing_layout = True
        net.opt.use_winograd_convolution = True
        text, binary = _ncnn_files(layers, slope, scale)
        with tempfile.TemporaryDirectory() as folder:
            parameters, model = Path(folder) / "net.param", Path(folder) / "net.bin"
            parameters.write_text(text)
            model.write_bytes(binary)
            if net.load_param(str(parameters)) or net.load_model(str(model)):
                raise RuntimeError("ncnn refused the network")
        frame = ncnn.Mat(plane[0])

        def run() -> np.ndarray:
            extractor = net.create_extractor()
            extractor.input("luma", frame)
            _, residual = extractor.extract("residual")
            return np.array(residual, copy=False)[None]

        return ncnn.__version__, run

    return prepare


# In f32 throughout.
RUNTIMES = {
    "PyTorch": _pytorch(torch.contiguous_format),
    "PyTorch, channels last": _pytorch(torch.channels_last),
    "ONNX Runtime": _onnxruntime(_float_model),
    "OpenVINO": _openvino(_float_model, "f32"),
    "ncnn": _ncnn(bf16_storage=False),
}

# In less, by precision. The quantised models are ONNX Runtime's work in both.
REDUCED_RUNTIMES = {
    "bf16": {
        "PyTorch, channels last": _pytorch(torch.channels_last, torch.bfloat16),
        "OpenVINO": _openvino(_float_model, "bf16"),
        "ncnn, bf16 storage": _ncnn(bf16_storage=True),
    },
    "int8": {
        "ONNX Runtime": _onnxruntime(quantised_model),
        "OpenVINO": _openvino(quantised_model, "f32"),
    },
}
