"""Enlargement by a filter, Lanczos 3 unless named: the base picture SP-VDSR adds its residual to."""

import numpy as np
import torch

from .filters import matrix, resample


def enlarge(picture: np.ndarray, scale: int, name: str = "lanczos3") -> np.ndarray:
    """H x W (any range) to scale*H x scale*W in float64, zimg borders, not rounded or clipped."""
    height, width = picture.shape
    return resample(picture, name, scale * height, scale * width)


def enlarge_tensor(luma: torch.Tensor, scale: int, name: str = "lanczos3") -> torch.Tensor:
    """The same for N x C x H x W tensors, in the tensor's own precision and on its device."""
    height, width = luma.shape[-2:]
    rows = torch.from_numpy(matrix(name, height, scale * height).copy()).to(luma)
    columns = torch.from_numpy(matrix(name, width, scale * width).copy()).to(luma)
    return rows @ luma @ columns.T
