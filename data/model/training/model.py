"""A small LLaMA decoder in PyTorch: RMSNorm, RoPE, SwiGLU, no biases, tied embeddings.

The weights of all layers are stacked in one tensor per kind, `[layers, out, in]`, so that
the optimiser can orthogonalise them in one batched product, and so that q, k and v (and the
two halves of the gate) cost one matrix product each on a processor with few cores.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    hidden: int = 128
    layers: int = 12
    heads: int = 4
    feed_forward: int = 384
    context: int = 2048
    rope_base: float = 500000.0
    epsilon: float = 1e-5

    @property
    def head(self) -> int:
        return self.hidden // self.heads


def rotation(shape: Shape, positions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosines and sines for RoPE, each `[tokens, head / 2]`."""
    half = shape.head // 2
    rates = shape.rope_base ** (-torch.arange(half, device=positions.device).float() / half)
    angles = positions.float()[:, None] * rates
    return angles.cos(), angles.sin()


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """RoPE in the half-split layout; `export.py` permutes to llama.cpp's interleaved one."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, a * sin + b * cos), dim=-1)


class Decoder(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        h, f, n = shape.hidden, shape.feed_forward, shape.layers

        def matrix(rows: int, columns: int) -> nn.Parameter:
            return nn.Parameter(torch.randn(n, rows, columns) * columns**-0.5)

        self.embedding = nn.Parameter(torch.randn(shape.vocabulary, h) * h**-0.5)
        self.qkv = matrix(3 * h, h)
        self.out = nn.Parameter(torch.zeros(n, h, h))
        self.gate_up = matrix(2 * f, h)
        self.down = nn.Parameter(torch.zeros(n, h, f))
        self.attention_norm = nn.Parameter(torch.ones(n, h))
        self.feed_norm = nn.Parameter(torch.ones(n, h))
        self.final_norm = nn.Parameter(torch.ones(h))

    def norm(self, x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return F.rms_norm(x, (self.shape.hidden,), weight.to(x.dtype), self.shape.epsilon)

    def heads(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(*x.shape[:2], self.shape.heads, self.shape.head).transpose(1, 2)

    def feed(self, layer: int, x: torch.Tensor) -> torch.Tensor:
        gate, up = F.linear(self.norm(x, self.feed_norm[layer]), self.gate_up[layer]).chunk(2, -1)
        return x + F.linear(F.silu(gate) * up, self.down[layer])

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Hidden states after the last norm, `[batch, tokens, hidden]`, causal, no cache."""
        x = self.embedding[tokens]
        cos, sin = rotation(self.shape, torch.arange(tokens.shape[1], device=tokens.device))
        for layer in range(self.shape.layers):
            qkv = F.linear(self.norm(x, self.attention_norm[layer]), self.qkv[layer])
            q, k, v = (self.heads(part) for part in qkv.chunk(3, -1))
            cos, sin = cos.to(q.dtype), sin.to(q.dtype)
            mixed = F.scaled_dot_product_attention(
                rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True)
            x = x + F.linear(mixed.transpose(1, 2).reshape(x.shape), self.out[layer])
            x = self.feed(layer, x)
        return self.norm(x, self.final_norm)

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        return F.linear(hidden, self.embedding)
