"""Weights to start from: random, but for a head start in copying.

Copying from context takes two layers that are useless without each other, a head that looks
at the previous token and a head that looks for where the current token was last followed by
something (an induction head; Olsson et al., 2022). Chance finds the pair late, and all that
thinking and context do here rests on it. So layer 0 starts with two heads that attend to the
previous token, layer 1 with heads that match on what those wrote; training goes on from there.
"""

import torch

from model import Decoder

#: The share of an embedding that is the same for all tokens; position-only attention needs it.
CONSTANT = 0.5
FAST, SLOW = 4, 7


def orthonormal(rows: int, columns: int) -> torch.Tensor:
    return torch.linalg.qr(torch.randn(columns, rows))[0].T


@torch.no_grad()
def begin(model: Decoder, strength: float = 3.5) -> None:
    s = model.shape
    h, d, half = s.hidden, s.head, s.head // 2
    rates = s.rope_base ** (-torch.arange(half).float() / half)
    model.embedding[:, 0] = CONSTANT

    def part(layer: int, which: int, head: int) -> torch.Tensor:
        start = which * h + head * d
        return model.qkv[layer, start:start + d]

    # Layer 0, heads 0 and 1: queries turned by one place, keys not, on the fast pairs of RoPE;
    # their product is largest one place back.
    reads = orthonormal(2 * d, h)
    writes = orthonormal(2 * d, h).T
    for head in range(2):
        q, k = part(0, 0, head), part(0, 1, head)
        q.zero_(), k.zero_()
        angle = -rates[:FAST]
        q[:FAST, 0], q[half:half + FAST, 0] = 1.25 * angle.cos(), 1.25 * angle.sin()
        k[:FAST, 0] = 1.25
        part(0, 2, head).copy_(reads[head * d:(head + 1) * d])
        model.out[0, :, head * d:(head + 1) * d] = 0.15 * writes[:, head * d:(head + 1) * d]

    # Layer 1: the current token against the previous one of each place, on the slow pairs,
    # which hardly turn within a prompt; what is found is passed on as it is.
    slow = torch.cat((torch.arange(SLOW, half), torch.arange(half + SLOW, d)))
    passed = orthonormal(h, h)
    for head in range(s.heads):
        match = orthonormal(len(slow), 2 * d)
        q, k = part(1, 0, head), part(1, 1, head)
        q.zero_(), k.zero_()
        q[slow], k[slow] = strength * match @ reads, strength * match @ writes.T
        part(1, 2, head).copy_(passed[head * d:(head + 1) * d])
        model.out[1, :, head * d:(head + 1) * d] = 0.15 * passed[head * d:(head + 1) * d].T
