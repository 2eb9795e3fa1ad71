"""Training, evaluation and export of Upluma's networks.

Pictures are two-dimensional arrays, rows first (H x W), of luma code values 0..255 unless a
function says otherwise. Network tensors are N x C x H x W, luma 0..1 (code value / 255).
"""
