"""Muon for the layers' matrices, AdamW for the rest.

Muon (Jordan et al., 2024): momentum, then the nearest orthogonal matrix by five
Newton-Schulz steps. Matrices come stacked; `split` says how many stand in one tensor
(q, k and v; gate and up), since each is made orthogonal on its own.
"""

import torch

import workers
from model import Decoder

COEFFICIENTS = (3.4445, -4.7750, 2.0315)


def orthogonal(m: torch.Tensor) -> torch.Tensor:
    """`[count, rows, columns]` to matrices whose singular values are near 1."""
    a, b, c = COEFFICIENTS
    x = m.bfloat16()
    tall = x.shape[1] > x.shape[2]
    x = x.transpose(1, 2) if tall else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        s = x @ x.transpose(1, 2)
        x = a * x + (b * s + c * (s @ s)) @ x
    return (x.transpose(1, 2) if tall else x).float()


class Muon(torch.optim.Optimizer):
    def __init__(self, groups: list[dict], lr: float, momentum: float = 0.95):
        super().__init__(groups, {"lr": lr, "momentum": momentum, "split": 1})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["average"] = torch.zeros_like(p)
                average = state["average"].lerp_(p.grad, 1 - group["momentum"])
                m = p.grad.lerp(average, group["momentum"])
                layers, rows, columns = m.shape
                parts = m.reshape(layers * group["split"], rows // group["split"], columns)
                scale = max(1.0, parts.shape[1] / parts.shape[2]) ** 0.5
                p.add_(workers.shared(orthogonal, parts).reshape(m.shape), alpha=-group["lr"] * scale)


def optimizers(model: Decoder, muon: float, adam: float) -> list[torch.optim.Optimizer]:
    matrices = Muon([
        {"params": [model.qkv], "split": 3},
        {"params": [model.gate_up], "split": 2},
        {"params": [model.out, model.down]},
    ], lr=muon)
    rest = [model.embedding, model.attention_norm, model.feed_norm, model.final_norm]
    return [matrices, torch.optim.AdamW(rest, lr=adam, betas=(0.9, 0.95), weight_decay=0.0)]
