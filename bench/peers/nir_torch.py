"""How long does a sweep over injection depths take the thesis' way, in plain PyTorch on the CPU?

For one problem and every depth, with nothing shared between depths, as the thesis' code does it:
  thinking    prefill of the prompt, then THINK new tokens, one at a time, with a KV cache
  capture     one forward pass over CONTEXT tokens that keeps the hidden states of all layers
  generation  prefill of the prompt with the CRV concatenated at the input of layer L (layers >= L keep its rows in
              their cache, RoPE recomputed), then GENERATE new tokens
An arm `original` is the generation alone. Decoding is greedy and ignores end tokens, so that token counts are as given;
tokens are random, since time does not depend on them. Prints JSON.

  python nir_torch.py --model random-1.1B-Q8_0-v1.gguf --layers all
  python nir_torch.py --model … --layers 1,11 --think 40 --generate 40 --extrapolate 1000 250 22
  python nir_torch.py --check

dtype: bfloat16, the default, is the faster one where the CPU has AVX512_BF16. Interleaved decode steps of the random
1.1B model after 200 tokens, torch 2.15.0, one thread of an AMD EPYC (family 26), n = 60: float32 median 194 ms (best
181), bfloat16 79 ms (72); prefill of 200 tokens 4.1 s and 1.2 s. Only float32 holds Q8_0 weights exactly: bfloat16
rounds them. Give as many threads as there are free cores: with more, a step takes ten times as long.
"""

import argparse
import base64
import json
import os
import statistics
import sys
import time
from pathlib import Path

import numpy
import torch

from nir_llama import Cache, Llama

GOLDEN = Path(__file__).parents[2] / "test" / "golden" / "nir-forward"


class Run:
    """One prompt decoded greedily, with the seconds that its prefill and each further step took."""

    def __init__(self, model: Llama, prompt: torch.Tensor, new_tokens: int, crv=None, at: int | None = None):
        started = time.perf_counter()
        rows = len(prompt) + new_tokens + (0 if crv is None else len(crv))
        cache = Cache(model, rows)
        logits = model.logits(model.states(prompt, cache, crv, at)[-1])
        self.tokens, self.logits = [int(logits.argmax())], [logits]
        self.steps: list[float] = []
        clock = time.perf_counter()
        self.prefill = clock - started
        while len(self.tokens) < new_tokens:
            logits = model.logits(model.states(torch.tensor(self.tokens[-1:]), cache)[-1])
            self.tokens.append(int(logits.argmax()))
            self.logits.append(logits)
            clock, previous = time.perf_counter(), clock
            self.steps.append(clock - previous)

    @property
    def seconds(self) -> float:
        return self.prefill + sum(self.steps)

    def seconds_for(self, new_tokens: int) -> float:
        """Extrapolated. Steps grow longer as the cache fills, so this is rather too little than too much."""
        return self.prefill + statistics.mean(self.steps) * (new_tokens - 1)


def run_arm(model: Llama, arm: int | None, options) -> dict:
    """One depth of one problem, start to end; `arm` None is the original."""
    prompt, context = random_tokens(model, options.prompt_tokens, 1), random_tokens(model, options.context, 2)
    think, capture, crv = None, 0.0, None
    if arm is not None:
        think = Run(model, prompt, options.think)
        started = time.perf_counter()
        crv = model.states(context, Cache(model, len(context)))[arm]
        capture = time.perf_counter() - started
    generation = Run(model, prompt, options.generate, crv, arm)
    runs = [run for run in (think, generation) if run]
    result = {
        "layer": "original" if arm is None else arm,
        "seconds": capture + sum(run.seconds for run in runs),
        "thinking": None if think is None else phases(think),
        "capture": capture,
        "generation": phases(generation),
    }
    if options.extrapolate:
        new_think, new_generate, _ = options.extrapolate
        thinking = 0.0 if think is None else think.seconds_for(new_think)
        result["extrapolated_seconds"] = thinking + capture + generation.seconds_for(new_generate)
    return result


def phases(run: Run) -> dict:
    return {"prefill": run.prefill, "decode": sum(run.steps), "median_step": statistics.median(run.steps)}


def random_tokens(model: Llama, count: int, seed: int) -> torch.Tensor:
    return torch.randint(model.vocabulary_size, (count,), generator=torch.Generator().manual_seed(seed))


def measure(options) -> None:
    arms = arms_of(options.layers)
    positions = options.prompt_tokens + options.context + max(options.think, options.generate)
    model = Llama(options.model, getattr(torch, options.dtype), positions)
    arms = range(len(model.layers)) if arms == "all" else arms
    Run(model, random_tokens(model, 8, 3), 4)  # The first calls set up the kernels.
    results = []
    for arm in arms:
        results.append(run_arm(model, arm, options))
        print(f"layer {results[-1]['layer']}: {results[-1]['seconds']:.1f} s", file=sys.stderr)
    total = sum(result["seconds"] for result in results)
    report = {
        "model": options.model,
        "torch": torch.__version__,
        "dtype": options.dtype,
        "threads": torch.get_num_threads(),
        "tokens": {name: getattr(options, name) for name in ("prompt_tokens", "think", "context", "generate")},
        "seconds_total": total,
        "seconds_per_arm": total / len(results),
        "arms": results,
    }
    if options.extrapolate:
        report["extrapolated"] = extrapolated(results, *options.extrapolate)
    print(json.dumps(report, indent=1))


def extrapolated(results: list[dict], think: int, generate: int, depths: int) -> dict:
    """The mean depth that was measured, times the depths; an original that was measured is added once."""
    measured = [result["extrapolated_seconds"] for result in results if result["layer"] != "original"]
    originals = [result["extrapolated_seconds"] for result in results if result["layer"] == "original"]
    per_depth = statistics.mean(measured)
    return {
        "note": "not measured: mean decode step x tokens, mean depth x depths, plus the original where it was run",
        "tokens": {"think": think, "generate": generate},
        "depths": depths,
        "seconds_per_depth": per_depth,
        "seconds_total": per_depth * depths + sum(originals),
    }


def arms_of(text: str):
    if text == "all":
        return "all"
    return [None if part == "original" else int(part) for part in text.split(",")]


def check() -> None:
    """Runs the golden cases that the thesis' method covers: the original, and whole CRVs injected at a layer."""
    golden = json.loads((GOLDEN / "cases.json").read_text())
    model = Llama(str(GOLDEN / golden["model"]), torch.float32, 64)
    context = torch.tensor(golden["context"])
    states = model.states(context, Cache(model, len(context)))
    worst = max(error(states[k], expected) for k, expected in enumerate(golden["hidden_states_f32_base64"]))
    failures = report_case("hidden states", worst, True)
    for case in golden["cases"]:
        if any(key in case for key in ("until", "decode", "add_at")):
            continue
        crv = states[case["capture"]] if "capture" in case else None
        run = Run(model, torch.tensor(case["prompt"]), case["new_tokens"], crv, case.get("inject"))
        worst = error(torch.stack(run.logits), case["logits_f32_base64"])
        failures += report_case(case["name"], worst, run.tokens == case["tokens"])
    sys.exit(1 if failures else 0)


def error(actual: torch.Tensor, expected_base64: str) -> float:
    """The largest difference, as a share of the largest expected value."""
    expected = torch.from_numpy(numpy.frombuffer(base64.b64decode(expected_base64), "<f4").copy())
    return float((actual.flatten() - expected).abs().max() / expected.abs().max())


def report_case(name: str, worst: float, tokens_agree: bool) -> int:
    good = worst < 1e-5 and tokens_agree
    print(f"{'ok  ' if good else 'FAIL'} {name}: error {worst:.1e}, tokens {'agree' if tokens_agree else 'differ'}")
    return 0 if good else 1


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="a LLaMA GGUF")
    parser.add_argument("--prompt-tokens", type=int, default=200)
    parser.add_argument("--think", type=int, default=1000)
    parser.add_argument("--context", type=int, default=200)
    parser.add_argument("--generate", type=int, default=250)
    parser.add_argument("--layers", default="all", help="all, or a list such as original,1,11")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="bfloat16")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--extrapolate", type=int, nargs=3, metavar=("THINK", "GENERATE", "DEPTHS"))
    parser.add_argument("--check", action="store_true", help="run the golden cases instead")
    options = parser.parse_args()
    if not options.check and not options.model:
        parser.error("--model is missing: the path of a LLaMA GGUF (npm run bench:random-model writes one)")
    if options.extrapolate and options.layers == "original":
        parser.error("--extrapolate needs at least one depth in --layers")
    if not options.check and min(options.think, options.generate) < 2:
        parser.error("--think and --generate must be at least 2")
    return options


if __name__ == "__main__":
    options = parse()
    torch.set_num_threads(options.threads)
    with torch.inference_mode():
        check() if options.check else measure(options)
