"""Greedy evaluation on held-out problems: without context, with the context of the model's own
thinking visible from layer 0, and with the generator's reference context."""

import ast
import json
import resource
import subprocess
import sys
from pathlib import Path

import tokenizer as bpe
from export import load
from generate import greedy
from problems import held_out_problems, row
from render import TURN_END, context_text, prompt, reply, section

CHUNK = 50


def limits() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
    resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def passes(code: str, tests: list[str]) -> bool:
    """Whether all tests hold, in a process of its own with limits on time and memory."""
    try:
        done = subprocess.run([sys.executable, "-I", "-S", "-c", "\n".join([code, *tests])],
                              preexec_fn=limits, timeout=5, capture_output=True)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    return True


def scored(text: str, tests: list[str]) -> dict:
    code = text.split("```")[0].strip("\n")
    fine = "def " in code and parses(code)
    return {"code": code, "responds": "def " in code, "parses": fine, "passes": fine and passes(code, tests)}


def run(folder: Path, path: Path, count: int, device: str) -> dict:
    model, state = load(folder)
    model = model.to(device)
    tokenizer = bpe.load(folder)
    stop = tokenizer.token_to_id(TURN_END)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][:count]
    made = held_out_problems()[:count]
    assert [r["text"] for r in rows] == [row(0, p)["text"] for p in made], "problems differ from the generator"

    def answers(texts: list[tuple[str, ...]], limit: int) -> list[str]:
        ids = [[i for part in parts for i in tokenizer.encode(part).ids] for parts in texts]
        out: list[str] = []
        for i in range(0, len(ids), CHUNK):
            out += [tokenizer.decode(o) for o in greedy(model, ids[i:i + CHUNK], stop, limit)]
        return out

    asked = [prompt("generation", r["text"], r["test_list"]) for r in rows]
    replies = answers([(prompt("thinking", r["text"], r["test_list"]),) for r in rows], 450)
    arms = {
        "original": answers([(a,) for a in asked], 160),
        "own context": answers([(context_text(t), a) for t, a in zip(replies, asked)], 160),
        "reference context": answers([(context_text(reply(p)), a) for p, a in zip(made, asked)], 160),
        "thinking's solution": [section(t, "solution") for t in replies],
    }
    results = {arm: [scored(t, r["test_list"]) for t, r in zip(texts, rows)] for arm, texts in arms.items()}

    def shares(arm: str, among: list[int]) -> dict:
        return {key: round(sum(results[arm][i][key] for i in among) / max(1, len(among)), 3)
                for key in ("responds", "parses", "passes")}

    every = list(range(len(rows)))
    return {
        "count": len(rows), "step": state["step"], "tokens": state["tokens"],
        "all": {arm: shares(arm, every) for arm in arms},
        "settled": {arm: shares(arm, [i for i in every if not made[i].open])["passes"] for arm in arms},
        "open": {arm: shares(arm, [i for i in every if made[i].open])["passes"] for arm in arms},
        "rows": [{"family": made[i].family, "composition": made[i].composition, "text": rows[i]["text"],
                  "tests": rows[i]["test_list"], "reference": rows[i]["code"], "reply": replies[i],
                  **{arm: results[arm][i] for arm in arms}} for i in every],
    }
