"""PSNR and SSIM of luma, the papers' way: peak 255, `border` pixels left out on every side."""

import numpy as np

WINDOW = 11
SIGMA = 1.5
K1, K2 = 0.01, 0.03


def inside(picture: np.ndarray, border: int) -> np.ndarray:
    """The picture (H x W) in float64 without `border` pixels on each side; 0 keeps all of it."""
    picture = np.asarray(picture, dtype=np.float64)
    if min(picture.shape) <= 2 * border:
        raise ValueError(f"a border of {border} leaves nothing of {picture.shape}")
    return picture[border:-border, border:-border] if border else picture


def psnr(a: np.ndarray, b: np.ndarray, border: int = 0) -> float:
    """Peak signal to noise ratio in dB of two H x W pictures, 0..255; infinite when equal."""
    difference = inside(a, border) - inside(b, border)
    error = float(np.mean(difference**2))
    return float("inf") if error == 0 else 10 * float(np.log10(255**2 / error))


def _window() -> np.ndarray:
    x = np.arange(WINDOW) - WINDOW // 2
    weights = np.exp(-(x**2) / (2 * SIGMA**2))
    return weights / weights.sum()


def _blur(picture: np.ndarray) -> np.ndarray:
    """Gaussian mean over every window that lies wholly inside: H-10 x W-10."""
    weights = _window()
    for axis in (0, 1):
        count = picture.shape[axis] - WINDOW + 1
        shifted = [np.take(picture, np.arange(t, t + count), axis) for t in range(WINDOW)]
        picture = sum(weight * part for weight, part in zip(weights, shifted))
    return picture


def ssim(a: np.ndarray, b: np.ndarray, border: int = 0) -> float:
    """Mean SSIM (Wang et al. 2004; valid windows only) of two H x W pictures, 0..255."""
    a, b = inside(a, border), inside(b, border)
    if min(a.shape) < WINDOW:
        raise ValueError(f"SSIM needs {WINDOW} pixels each way, got {a.shape}")
    c1, c2 = (K1 * 255) ** 2, (K2 * 255) ** 2
    mean_a, mean_b = _blur(a), _blur(b)
    variance_a = _blur(a * a) - mean_a**2
    variance_b = _blur(b * b) - mean_b**2
    covariance = _blur(a * b) - mean_a * mean_b
    numerator = (2 * mean_a * mean_b + c1) * (2 * covariance + c2)
    denominator = (mean_a**2 + mean_b**2 + c1) * (variance_a + variance_b + c2)
    return float(np.mean(numerator / denominator))
