"""Writes comparisons.json beside this file: whole comparisons, from rows of data to adjusted p values, for
test/analysis/comparisons.test.ts. Data have ties, zeros, gaps, several samples a problem and few problems.

python3 -m venv /tmp/stats && /tmp/stats/bin/pip install scipy==1.17.1 statsmodels==0.15.0
/tmp/stats/bin/python test/analysis/golden/make_comparisons.py
"""

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(20261124)
ALPHA, POWER = 0.05, 0.8


def pairs(rows, arm):
    """[(problem, value, original)] of one arm; rows are [problem, sample, arm, value]."""
    original = {(p, s): v for p, s, a, v in rows if a == "original"}
    return [
        (p, v, original[p, s])
        for p, s, a, v in rows
        if a == arm and v is not None and original.get((p, s)) is not None
    ]


def per_problem(triples):
    """Exact mean difference of each problem."""
    problems = {}
    for p, v, o in triples:
        problems.setdefault(p, []).append(Fraction(v) - Fraction(o))
    return {p: sum(d) / len(d) for p, d in problems.items()}


def wilcoxon(d):
    d = d[d != 0]
    n = len(d)
    if n == 0:
        return 0.0, 1.0, 0.0, "nothing differs"
    r = stats.rankdata(np.abs(d))
    plus, minus = r[d > 0].sum(), r[d < 0].sum()
    tied = len(np.unique(np.abs(d))) < n
    if n > 50:
        method = "asymptotic"
    elif not tied:
        method = "exact"
    elif n <= 13:
        method = "auto"  # scipy permutes the signs, all 2^n of them
    else:
        method = None
    if method:
        result = stats.wilcoxon(d, method=method, correction=False)
        p, by = float(result.pvalue), f"scipy.stats.wilcoxon(method={method!r})"
    else:
        # scipy only approximates here; count the sign patterns instead, as it does for n <= 13.
        counts = {0: 1}
        for rank in (int(2 * x) for x in r):
            following = dict(counts)
            for total, ways in counts.items():
                following[total + rank] = following.get(total + rank, 0) + ways
            counts = following
        tail = sum(w for t, w in counts.items() if t <= 2 * min(plus, minus))
        p, by = float(min(Fraction(1), 2 * Fraction(tail, 2**n))), "sign patterns counted"
        draws = stats.wilcoxon(d, method=stats.PermutationMethod(n_resamples=50_000, rng=rng)).pvalue
        assert abs(draws - p) < 0.01, (draws, p)
    return float(min(plus, minus)), p, float((plus - minus) / r.sum()), by


def mcnemar_power(n, psi, delta, alpha):
    """From the definition: every number of discordant pairs, every split of them."""
    power = 0.0
    for d in range(n + 1):
        weight = stats.binom.pmf(d, n, psi)
        if weight < 1e-14:
            continue
        k = np.arange(d + 1)
        p = np.minimum(1, 2 * stats.binom.cdf(np.minimum(k, d - k), d, 0.5))
        power += weight * stats.binom.pmf(k, d, (psi + delta) / (2 * psi))[p <= alpha].sum()
    return power


def detectable_share(n, discordant, alpha):
    def short(delta):
        return mcnemar_power(n, max(discordant / n, delta), delta, alpha) - POWER

    if short(1.0) < 0:
        return None, None
    delta = float(optimize.brentq(short, 1e-9, 1.0, xtol=1e-9))
    psi = max(discordant / n, delta)
    up, down = (psi + delta) / 2, (psi - delta) / 2
    drawn = rng.multinomial(n, [up, max(down, 0), max(1 - psi, 0)], size=20_000)
    splits, times = np.unique(drawn[:, :2], axis=0, return_counts=True)
    significant = [stats.binomtest(int(b), int(b + c)).pvalue <= alpha if b + c else False for b, c in splits]
    return delta, float(times[np.array(significant)].sum() / 20_000)


def detectable_mean(d, alpha):
    n = len(d)
    if n < 2 or 2.0 ** (1 - n) > alpha or np.ptp(d) == 0:
        return None, None
    s = d.std(ddof=1)
    delta = (stats.t.ppf(1 - alpha / 2, n - 1) + stats.t.ppf(POWER, n - 1)) * s / np.sqrt(n * 0.864)
    powers = {}
    for name, draw in (
        ("normal", lambda size: rng.normal(0, 1, size)),
        ("uniform", lambda size: rng.uniform(-np.sqrt(3), np.sqrt(3), size)),
        ("Laplace", lambda size: rng.laplace(0, np.sqrt(0.5), size)),
    ):
        p = stats.wilcoxon(draw((3000, n)) * s + delta, axis=1, method="exact" if n <= 50 else "asymptotic").pvalue
        powers[name] = float(np.mean(p <= alpha))
    return float(delta), powers


def case(name, rows, bootstrap=False):
    arms = sorted({a for _, _, a, _ in rows if a != "original"}, key=lambda a: int(a.split()[1]))
    reference = []
    everything = [t for arm in arms for t in pairs(rows, arm)]
    by_problem = {}
    for arm in arms:
        for p, v, o in pairs(rows, arm):
            by_problem.setdefault((arm, p), []).append((v, o))
    binary = all({v, o} <= {0, 1} for _, v, o in everything) and all(
        len({v for v, _ in both}) == 1 and len({o for _, o in both}) == 1 for both in by_problem.values()
    )
    for arm in arms:
        triples = pairs(rows, arm)
        units = per_problem(triples)
        exact = list(units.values())
        d = np.array([float(x) for x in exact])
        statistic, p, effect, by = wilcoxon(d)
        up, down = sum(x > 0 for x in exact), sum(x < 0 for x in exact)
        if binary:
            result = mcnemar([[10, down], [up, 10]], exact=True)
            statistic, p, by = float(result.statistic), float(result.pvalue), "statsmodels mcnemar(exact=True)"
        tested = len(triples) > 0
        reference.append(
            {
                "arm": arm,
                "problems": len(units),
                "pairs": len(triples),
                "mean": float(np.mean([v for _, v, _ in triples])) if tested else None,
                "originalMean": float(np.mean([o for _, _, o in triples])) if tested else None,
                "difference": float(np.mean([v - o for _, v, o in triples])) if tested else None,
                "higher": up,
                "lower": down,
                "statistic": statistic if tested else None,
                "pValue": p if tested else None,
                "rankBiserial": effect if tested else None,
                "by": by if tested else "no pair",
            }
        )
    tested = [r for r in reference if r["pValue"] is not None]
    adjusted = multipletests([r["pValue"] for r in tested], method="holm")[1]
    for r in reference:
        r["adjustedPValue"] = None
    for r, p in zip(tested, adjusted):
        r["adjustedPValue"] = float(p)
    alpha = ALPHA / len(tested)
    for r in reference:
        d = np.array([float(x) for x in per_problem(pairs(rows, r["arm"])).values()])
        if binary:
            r["detectable"], r["powerThere"] = detectable_share(len(d), r["higher"] + r["lower"], alpha) if len(d) else (None, None)
        else:
            r["detectable"], r["powerThere"] = detectable_mean(d, alpha)
        if bootstrap:
            triples = pairs(rows, r["arm"])
            problems = sorted({p for p, _, _ in triples})
            sums = np.array([sum(v - o for q, v, o in triples if q == p) for p in problems], dtype=float)
            counts = np.array([sum(q == p for q, _, _ in triples) for p in problems])
            drawn = rng.integers(0, len(problems), (200_000, len(problems)))
            means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
            r["interval"] = np.quantile(means, [0.025, 0.975]).tolist()
            r["standardError"] = float(means.std())
    return {"name": name, "test": "mcnemar" if binary else "wilcoxon", "rows": rows, "reference": reference}


def rows_of(n, arms, draw, samples=1, gaps=0.0):
    rows = []
    for p in range(n):
        for s in range(samples):
            for a in [*arms, None]:
                v = None if rng.random() < gaps else draw(p, a)
                rows.append([p, s, "original" if a is None else f"layer {a}", v])
    return rows


def answer(base, step):
    return lambda p, a: int(rng.random() < (base if a is None else base + step * a))


def count(spread, step):
    return lambda p, a: int(5 + p % 4 + rng.integers(-spread, spread + 1) + (0 if a is None else step * a))


cases = [
    case("answers, 1 problem", rows_of(1, [1, 2], answer(0.5, 0.2))),
    case("answers, 3 problems", rows_of(3, [1, 2, 3], answer(0.4, 0.2))),
    case("answers, 20 problems, gaps", rows_of(20, [0, 3, 6], answer(0.2, 0.1), gaps=0.1)),
    case("answers, 169 problems", rows_of(169, [1, 10, 23], answer(0.3, 0.02)), bootstrap=True),
    case("answers, all equal", [[p, 0, a, p % 2] for p in range(8) for a in ("layer 1", "original")]),
    case("answers, 4 samples", rows_of(30, [1, 5], answer(0.3, 0.06), samples=4), bootstrap=True),
    case("counts, 1 problem", rows_of(1, [1], count(3, 1))),
    case("counts, 2 problems", rows_of(2, [1, 2], count(3, 1))),
    case("counts, 5 problems, ties and zeros", rows_of(5, [1, 2, 3], count(1, 1))),
    case("counts, 12 problems, ties and zeros", rows_of(12, [0, 1, 2, 3], count(2, 1))),
    case("counts, 40 problems, gaps, ties and zeros", rows_of(40, [1, 2, 4], count(3, 1), gaps=0.15), bootstrap=True),
    case("counts, 169 problems, mostly zeros", rows_of(169, [1, 10], lambda p, a: int(rng.random() < 0.1) * int(rng.integers(1, 4))), bootstrap=True),
    case("counts, 25 problems, 3 samples, gaps", rows_of(25, [1, 2], count(4, 1), samples=3, gaps=0.2), bootstrap=True),
    case("sizes without ties, 30 problems", rows_of(30, [2, 4], lambda p, a: float(np.round(rng.lognormal(3, 0.5) + (a or 0), 6))), bootstrap=True),
    case("an arm without a value", [[p, 0, a, None if a == "layer 2" else int(rng.integers(0, 9))] for p in range(10) for a in ("layer 1", "layer 2", "original")]),
]


def best_shares(rows, sign):
    """How often each arm has the best mean difference: the same problems drawn for all arms, ties shared."""
    arms = sorted({a for _, _, a, _ in rows if a != "original"}, key=lambda a: int(a.split()[1]))
    problems = sorted({p for p, *_ in rows})
    table = np.array([[[sign * (v - o) for q, v, o in pairs(rows, arm) if q == p] for p in problems] for arm in arms], dtype=object)
    sums = np.array([[sum(cell) for cell in arm] for arm in table], dtype=float)
    counts = np.array([[len(cell) for cell in arm] for arm in table], dtype=float)
    drawn = rng.integers(0, len(problems), (100_000, len(problems)))
    weights = np.apply_along_axis(np.bincount, 1, drawn, minlength=len(problems))
    with np.errstate(invalid="ignore"):
        means = (weights @ sums.T) / (weights @ counts.T)
    means = np.round(np.nan_to_num(means, nan=-np.inf), 10)
    best = means == means.max(axis=1, keepdims=True)
    shares = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
    layers = [int(a.split()[1]) for a in arms]
    cumulative = shares.cumsum()
    interval = [next(l for l, c in zip(layers, cumulative) if c >= q) for q in (0.025, 0.975)]
    return shares.tolist(), interval


profiles = []
for name, best, rows in (
    ("clear", "highest", rows_of(60, [1, 5, 9], answer(0.2, 0.06))),
    ("flat, with ties", "highest", rows_of(15, [1, 2, 3, 4], answer(0.5, 0))),
    ("counts, gaps, lowest", "lowest", rows_of(40, [1, 2, 3], count(3, 0.4), samples=2, gaps=0.1)),
):
    shares, interval = best_shares(rows, 1 if best == "highest" else -1)
    profiles.append({"name": name, "best": best, "rows": rows, "shares": shares, "layerInterval": interval})

pass_rows = [[p, s, arm, int(rng.random() < chance)] for p in range(25) for s in range(6) for arm, chance in (("layer 1", (p % 5) / 6), ("original", 0.3))]
pass_reference = []
for arm in ("layer 1", "original"):
    for k in (1, 3, 6):
        values = []
        for p in range(25):
            samples = [v for q, _, a, v in pass_rows if q == p and a == arm]
            values.append(np.mean([any(choice) for choice in combinations(samples, k)]))
        boot = stats.bootstrap((np.array(values),), np.mean, method="percentile", n_resamples=200_000, rng=rng, batch=20_000)
        pass_reference.append({"arm": arm, "k": k, "value": float(np.mean(values)), "interval": list(map(float, boot.confidence_interval)), "standardError": float(boot.standard_error)})

student = [
    {"t": t, "freedom": v, "p": float(2 * stats.t.sf(t, v))}
    for v in (1, 2, 3, 4, 5, 19, 20, 168, 973)
    for t in (0.0, 0.3, 1.0, 2.5, 4.0)
]

golden = {
    "by": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__},
    "comparisons": cases,
    "profiles": profiles,
    "student": student,
    "passAtK": {"rows": pass_rows, "reference": pass_reference},
}
path = Path(__file__).parent / "comparisons.json"
path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print("written", path, path.stat().st_size)
for c in cases:
    for r in c["reference"]:
        print(f"{c['name']:45} {r['arm']:9} n={r['problems']:4} p={r['pValue']} mde={r['detectable']} power={r['powerThere']} {r['by']}")
for p in profiles:
    print(p["name"], p["shares"], p["layerInterval"])
