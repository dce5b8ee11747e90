"""Reproduces the embedded model and the bundled problems, stage by stage.

    python3 data/model/training/run.py                 all stages
    python3 data/model/training/run.py --stages 3 4    some of them

1 problems    data/problems/embedded.jsonl, embedded-contexts.jsonl
2 tokenizer   <run>/tokenizer.json
3 train       <run>/checkpoint.pt
4 export      data/model/nir-embedded.gguf
5 evaluate    <run>/evaluation.json
"""

import argparse
import json
from pathlib import Path

HERE = Path(__file__).resolve().parent
STAGES = {1: "problems", 2: "tokenizer", 3: "train", 4: "export", 5: "evaluate"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stages", type=int, nargs="*", default=list(STAGES), choices=STAGES)
    parser.add_argument("--run", type=Path, default=HERE / "run", help="folder for artefacts (default: run/)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokens", type=int, default=15_000_000, help="tokens to train on")
    parser.add_argument("--minutes", type=float, default=0.0, help="train for a time instead")
    parser.add_argument("--threads", type=int, default=2,
                        help="training processes on a CPU; the results are for two")
    parser.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    parser.add_argument("--eager", action="store_true", help="do not compile the model")
    parser.add_argument("--problems", type=Path, default=HERE.parents[1] / "problems" / "embedded.jsonl")
    parser.add_argument("--model", type=Path, default=HERE.parent / "nir-embedded.gguf")
    parser.add_argument("--count", type=int, default=100, help="problems to evaluate")
    options = parser.parse_args()

    options.run.mkdir(parents=True, exist_ok=True)

    if 1 in options.stages:
        import problems
        problems.write(options.problems)
    if set(options.stages) <= {1}:
        return

    import torch
    torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    if 2 in options.stages:
        import tokenizer
        tokenizer.train(options.seed, 1152, 6000).save(str(options.run / "tokenizer.json"))
    if 3 in options.stages:
        import train
        recipe = train.Recipe(seed=options.seed, tokens=0 if options.minutes else options.tokens,
                              minutes=options.minutes, compiled=not options.eager, resumed=options.resume,
                              workers=options.threads if device == "cpu" else 1)
        train.run(recipe, options.run, device)
    if 4 in options.stages:
        import export
        export.write(options.run, options.model)
    if 5 in options.stages:
        import evaluate
        result = evaluate.run(options.run, options.problems, options.count, device)
        (options.run / "evaluation.json").write_text(json.dumps(result, indent=2) + "\n")
        print(json.dumps({k: v for k, v in result.items() if k != "rows"}, indent=2))


if __name__ == "__main__":
    main()
