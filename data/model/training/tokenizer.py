"""A byte-level BPE vocabulary with Llama 3's split, except that digits never merge.

llama.cpp's `llama-bpe` pre-tokenizer splits digits in groups of up to three; since no merge
here holds a digit, it ends at single digits too, and gives the ids used in training.
"""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from render import SPECIALS, context_text, example, reply
from split import stream

LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
          r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def texts(seed: int, count: int) -> Iterable[str]:
    for problem in islice(stream(seed, held=False), count):
        thinking = example(problem, "thinking")
        for text in (thinking.prompt, thinking.completion, context_text(reply(problem)),
                     example(problem, "direct").prompt):
            for special in SPECIALS:
                text = text.replace(special, "")
            yield text


def train(seed: int, size: int, problems: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3), "isolated"),
        pre_tokenizers.Split(Regex(r"\p{N}"), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(texts(seed, problems), trainers.BpeTrainer(
        vocab_size=size - len(SPECIALS), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        min_frequency=20, show_progress=False))
    tokenizer.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in SPECIALS])
    return tokenizer


def load(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))
