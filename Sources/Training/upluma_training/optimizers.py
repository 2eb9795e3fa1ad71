"""Optimizers for very small networks."""

import torch


class SOAP(torch.optim.Optimizer):
    """Adam in the eigenbasis of each parameter's full second-moment matrix.

    With a few hundred values a parameter, the whole matrix E[g gT] fits, so no Kronecker factors
    are needed (cf. Vyas et al., "SOAP: Improving and Stabilizing Shampoo using Adam", 2024).
    Bases are renewed every `renew` steps. Parameters larger than `largest` values are refused.
    """

    def __init__(self, params, lr: float, betas=(0.95, 0.998), decay=0.998, renew=200, largest=1024):
        defaults = {"lr": lr, "betas": betas, "decay": decay, "renew": renew, "largest": largest}
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        """One update; `closure` is not supported."""
        if closure is not None:
            raise ValueError("SOAP takes no closure")
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, group)

    def _update(self, parameter: torch.Tensor, group: dict) -> None:
        gradient = parameter.grad.reshape(-1)
        size, state = gradient.numel(), self.state[parameter]
        if size > group["largest"]:
            raise ValueError(f"a parameter of {size} values is too large for full second moments")
        if not state:
            state["step"] = 0
            state["moments"] = gradient.new_zeros(size, size)
            state["basis"] = torch.eye(size, dtype=gradient.dtype, device=gradient.device)
            state["mean"] = gradient.new_zeros(size)
            state["square"] = gradient.new_zeros(size)
        state["step"] += 1
        step, (first, second) = state["step"], group["betas"]
        state["moments"].mul_(group["decay"]).addr_(gradient, gradient, alpha=1 - group["decay"])
        state["mean"].lerp_(gradient, 1 - first)
        if step == 10 or step % group["renew"] == 0:
            self._renew(state)
        rotated = state["basis"].T @ gradient
        state["square"].lerp_(rotated.square(), 1 - second)
        mean = state["basis"].T @ state["mean"] / (1 - first**step)
        scale = (state["square"] / (1 - second**step)).sqrt().add_(1e-12)
        parameter.sub_((group["lr"] * (state["basis"] @ (mean / scale))).reshape(parameter.shape))

    @staticmethod
    def _renew(state: dict) -> None:
        """A new eigenbasis; the running squares are carried over as the matrix's own diagonal."""
        values, basis = torch.linalg.eigh(state["moments"].double())
        state["basis"] = basis.to(state["moments"])
        # E[(q.g)^2] along eigenvector q is its eigenvalue, up to the bias correction of both.
        # Directions the average has hardly seen must not look free of noise.
        state["square"] = values.clamp(min=float(values.mean()) * 1e-3).to(state["moments"])


def _adam(params, lr: float) -> torch.optim.Optimizer:
    return torch.optim.Adam(params, lr=lr, betas=(0.9, 0.99))


def _adam_of_paper(params, lr: float) -> torch.optim.Optimizer:
    return torch.optim.Adam(params, lr=lr, betas=(0.9, 0.999), eps=1e-8)


def _adam_of_car(params, lr: float) -> torch.optim.Optimizer:
    return torch.optim.Adam(params, lr=lr, betas=(0.9, 0.999), eps=1e-6)


OPTIMIZERS = {"adam": _adam, "adam-car": _adam_of_car, "adam-paper": _adam_of_paper, "soap": SOAP}
