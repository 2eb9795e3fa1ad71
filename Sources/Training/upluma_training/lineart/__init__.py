"""Line art and cel-style pictures without end: drawn from a seed, for training and for testing.

Likeness of what the SP-VDSR article trains on, "line-art drawings extracted from animated content":
inked contours over flat, shaded and graded areas, soft painted backdrops, comic pages, lettering.
"""

from .pictures import TEST, TRAIN, picture
from .sets import held_out, training_pictures

__all__ = ["TEST", "TRAIN", "held_out", "picture", "training_pictures"]
