"""The trained model as a GGUF file for llama.cpp."""

from pathlib import Path

import gguf
import numpy as np
import torch

import tokenizer as bpe
from model import Decoder, Shape
from render import BEGIN, CHAT_TEMPLATE, SPECIALS, TURN_END


def interleaved(weight: torch.Tensor, heads: int) -> torch.Tensor:
    """Rows of q or k from the half-split RoPE layout to llama.cpp's, where rows 2i and 2i + 1
    of a head turn together."""
    rows, columns = weight.shape
    return weight.view(heads, 2, rows // heads // 2, columns).transpose(1, 2).reshape(rows, columns)


def load(folder: Path) -> tuple[Decoder, dict]:
    state = torch.load(folder / "checkpoint.pt", map_location="cpu", weights_only=True)
    model = Decoder(Shape(**state["shape"]))
    model.load_state_dict(state["weights"])
    return model.eval(), state


def write_vocabulary(writer: gguf.GGUFWriter, folder: Path) -> None:
    tokenizer = bpe.load(folder)
    import json
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    tokens = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("llama-bpe")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if t in SPECIALS else gguf.TokenType.NORMAL for t in tokens])
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    writer.add_bos_token_id(tokens.index(BEGIN))
    writer.add_eos_token_id(tokens.index(TURN_END))
    writer.add_eot_token_id(tokens.index(TURN_END))
    writer.add_add_bos_token(True)
    writer.add_chat_template(CHAT_TEMPLATE)


def write(folder: Path, path: Path) -> None:
    model, _ = load(folder)
    s = model.shape
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("NIR embedded")
    writer.add_description("A small model for exercising neural injection at a chosen depth; not a coder.")
    writer.add_license("mit")
    writer.add_vocab_size(s.vocabulary)
    writer.add_context_length(s.context)
    writer.add_embedding_length(s.hidden)
    writer.add_block_count(s.layers)
    writer.add_feed_forward_length(s.feed_forward)
    writer.add_head_count(s.heads)
    writer.add_head_count_kv(s.heads)
    writer.add_rope_dimension_count(s.head)
    writer.add_rope_freq_base(s.rope_base)
    writer.add_layer_norm_rms_eps(s.epsilon)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    write_vocabulary(writer, folder)

    def matrix(name: str, weight: torch.Tensor) -> None:
        writer.add_tensor(name, weight.detach().numpy().astype(np.float16))

    def vector(name: str, weight: torch.Tensor) -> None:
        writer.add_tensor(name, weight.detach().numpy().astype(np.float32))

    matrix("token_embd.weight", model.embedding)
    vector("output_norm.weight", model.final_norm)
    for i in range(s.layers):
        q, k, v = model.qkv[i].chunk(3)
        gate, up = model.gate_up[i].chunk(2)
        vector(f"blk.{i}.attn_norm.weight", model.attention_norm[i])
        matrix(f"blk.{i}.attn_q.weight", interleaved(q, s.heads))
        matrix(f"blk.{i}.attn_k.weight", interleaved(k, s.heads))
        matrix(f"blk.{i}.attn_v.weight", v)
        matrix(f"blk.{i}.attn_output.weight", model.out[i])
        vector(f"blk.{i}.ffn_norm.weight", model.feed_norm[i])
        matrix(f"blk.{i}.ffn_gate.weight", gate)
        matrix(f"blk.{i}.ffn_up.weight", up)
        matrix(f"blk.{i}.ffn_down.weight", model.down[i])
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
