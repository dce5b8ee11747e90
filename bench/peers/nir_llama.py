"""A LLaMA in plain PyTorch whose layers may be given a CRV: what nir_torch.py measures.

Written from the method's description, without a line of NIR Lab. Nothing here is slower than it need be: weights are
laid out once, the KV cache is allocated once, attention is PyTorch's fused one, and the output head runs on the last
position only.
"""

import gguf
import torch
from torch.nn.functional import linear, rms_norm, scaled_dot_product_attention, silu


class Layer:
    """One decoder layer's weights."""

    def __init__(self, tensor, index: int, heads: int, kv_heads: int):
        def own(name):
            return tensor(f"blk.{index}.{name}.weight")

        self.attn_norm, self.ffn_norm = own("attn_norm"), own("ffn_norm")
        # One product for queries, keys and values, and one for gate and up: fewer calls in a decode step.
        self.qkv = torch.cat([halves(own("attn_q"), heads), halves(own("attn_k"), kv_heads), own("attn_v")])
        self.output = own("attn_output")
        self.gate_up = torch.cat([own("ffn_gate"), own("ffn_up")])
        self.down = own("ffn_down")


def halves(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of a GGUF's query and key heads are interleaved for RoPE; puts the two halves of a head in sequence."""
    rows, columns = weight.shape
    pairs = weight.view(heads, rows // heads // 2, 2, columns)
    return pairs.transpose(1, 2).reshape(rows, columns)


class Cache:
    """Keys and values of every layer. Layers that saw a CRV hold more rows than those below."""

    def __init__(self, model: "Llama", rows: int):
        shape = (len(model.layers), 1, model.kv_heads, rows, model.head_size)
        self.keys = torch.empty(shape, dtype=model.dtype)
        self.values = torch.empty(shape, dtype=model.dtype)
        self.lengths = [0] * len(model.layers)

    def append(self, layer: int, keys: torch.Tensor, values: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        start = self.lengths[layer]
        end = self.lengths[layer] = start + keys.shape[2]
        self.keys[layer, :, :, start:end] = keys
        self.values[layer, :, :, start:end] = values
        return self.keys[layer, :, :, :end], self.values[layer, :, :, :end]


class Llama:
    """Weights of a LLaMA GGUF, dequantised to `dtype`."""

    def __init__(self, path: str, dtype: torch.dtype, positions: int):
        reader = gguf.GGUFReader(path)
        stored = {tensor.name: tensor for tensor in reader.tensors}

        def field(name: str):
            return reader.fields[f"llama.{name}"].contents()

        def tensor(name: str) -> torch.Tensor:
            data = stored[name]
            values = gguf.quants.dequantize(data.data, data.tensor_type)
            return torch.tensor(values, dtype=dtype)

        self.dtype = dtype
        self.hidden_size = field("embedding_length")
        self.heads, self.kv_heads = field("attention.head_count"), field("attention.head_count_kv")
        self.head_size = self.hidden_size // self.heads
        self.epsilon = field("attention.layer_norm_rms_epsilon")
        self.layers = [Layer(tensor, i, self.heads, self.kv_heads) for i in range(field("block_count"))]
        self.embedding = tensor("token_embd.weight")
        self.norm = tensor("output_norm.weight")
        self.head = tensor("output.weight") if "output.weight" in stored else self.embedding
        steps = torch.arange(0, self.head_size, 2, dtype=torch.float64) / self.head_size
        angles = torch.arange(positions, dtype=torch.float64)[:, None] / field("rope.freq_base") ** steps
        self.cos, self.sin = (both(angles.cos()).to(dtype), both(angles.sin()).to(dtype))

    @property
    def vocabulary_size(self) -> int:
        return self.embedding.shape[0]

    def states(self, tokens: torch.Tensor, cache: Cache, crv=None, at: int | None = None) -> list[torch.Tensor]:
        """Input of every layer and the output of the last, [rows, hidden]; the CRV goes before the input of layer `at`."""
        hidden = self.embedding[tokens]
        states = []
        for index, layer in enumerate(self.layers):
            if index == at:
                hidden = torch.cat([crv, hidden])
            states.append(hidden)
            hidden = self.layer(index, layer, hidden, cache)
        return [*states, hidden]

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        """Of the last row, [vocabulary]."""
        return linear(rms_norm(hidden[-1], (self.hidden_size,), self.norm, self.epsilon), self.head)

    def layer(self, index: int, layer: Layer, hidden: torch.Tensor, cache: Cache) -> torch.Tensor:
        rows, size = hidden.shape[0], self.head_size
        start = cache.lengths[index]
        cos, sin = self.cos[start : start + rows], self.sin[start : start + rows]

        normed = rms_norm(hidden, (self.hidden_size,), layer.attn_norm, self.epsilon)
        heads = linear(normed, layer.qkv).view(1, rows, -1, size).transpose(1, 2)
        queries, keys, values = heads.split([self.heads, self.kv_heads, self.kv_heads], dim=1)
        keys, values = cache.append(index, rotate(keys, cos, sin), values)
        # Several rows come only into an empty cache, where "causal" means what it says.
        attended = scaled_dot_product_attention(
            rotate(queries, cos, sin), keys, values, is_causal=rows > 1, enable_gqa=self.heads != self.kv_heads
        )
        hidden = hidden + linear(attended.transpose(1, 2).reshape(rows, -1), layer.output)

        normed = rms_norm(hidden, (self.hidden_size,), layer.ffn_norm, self.epsilon)
        gate, up = linear(normed, layer.gate_up).chunk(2, dim=-1)
        return hidden + linear(silu(gate) * up, layer.down)


def both(half: torch.Tensor) -> torch.Tensor:
    return torch.cat([half, half], dim=-1)


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin
