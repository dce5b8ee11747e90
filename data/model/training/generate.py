"""Greedy decoding of many prompts at once, with a KV cache. For evaluation in training; the
product's own engine reads the exported file."""

import torch
import torch.nn.functional as F

from model import Decoder, rotate, rotation


@torch.inference_mode()
def greedy(model: Decoder, prompts: list[list[int]], stop: int, limit: int) -> list[list[int]]:
    """The new tokens of each prompt, without the stop token."""
    s, device = model.shape, model.embedding.device
    count, width = len(prompts), max(map(len, prompts))
    room = width + limit
    # Padding stands on the left and is masked; RoPE depends on distances only.
    tokens = torch.zeros(count, width, dtype=torch.long, device=device)
    seen = torch.ones(count, room, dtype=torch.bool, device=device)
    for i, prompt in enumerate(prompts):
        tokens[i, width - len(prompt):] = torch.tensor(prompt, device=device)
        seen[i, :width - len(prompt)] = False
    keys = torch.zeros(s.layers, count, s.heads, room, s.head, device=device)
    values = torch.zeros_like(keys)
    cos, sin = rotation(s, torch.arange(room, device=device))
    causal = torch.ones(room, room, dtype=torch.bool, device=device).tril()
    written = torch.zeros(count, 0, dtype=torch.long, device=device)
    done = torch.zeros(count, dtype=torch.bool, device=device)
    start = 0
    while written.shape[1] < limit and not done.all():
        end = start + tokens.shape[1]
        mask = causal[start:end, :end][None, None] & seen[:, None, None, :end]
        # A padded row sees nothing; let it see itself, so that softmax stays finite.
        mask = mask | torch.eye(room, dtype=torch.bool, device=device)[start:end, :end]
        x = model.embedding[tokens]
        for layer in range(s.layers):
            q, k, v = (model.heads(part) for part in F.linear(
                model.norm(x, model.attention_norm[layer]), model.qkv[layer]).chunk(3, -1))
            keys[layer, :, :, start:end] = rotate(k, cos[start:end], sin[start:end])
            values[layer, :, :, start:end] = v
            mixed = F.scaled_dot_product_attention(
                rotate(q, cos[start:end], sin[start:end]), keys[layer, :, :, :end],
                values[layer, :, :, :end], attn_mask=mask)
            x = x + F.linear(mixed.transpose(1, 2).reshape(x.shape), model.out[layer])
            x = model.feed(layer, x)
        best = model.logits(model.norm(x[:, -1], model.final_norm)).argmax(-1)
        done |= best == stop
        written = torch.cat((written, best[:, None]), 1)
        tokens, start = best[:, None], end
    rows = written.tolist()
    return [row[:row.index(stop)] if stop in row else row for row in rows]
