"""Writes statistics.json beside this file: reference values for test/analysis/golden.test.ts.

python3 -m venv /tmp/stats && /tmp/stats/bin/pip install scipy==1.17.1 statsmodels==0.15.0
/tmp/stats/bin/python test/analysis/golden/make_golden.py
npx prettier --write test/analysis/golden/statistics.json
"""

import json
from fractions import Fraction
from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(20240917)


def rank_biserial(d):
    d = d[d != 0]
    r = stats.rankdata(np.abs(d))
    return float((r[d > 0].sum() - r[d < 0].sum()) / r.sum())


def every_sign_pattern(d):
    """Exact two-sided p by rational convolution over doubled mid-ranks: independent of scipy's code."""
    d = d[d != 0]
    r = [int(2 * x) for x in stats.rankdata(np.abs(d))]
    counts = {0: 1}
    for rank in r:
        following = dict(counts)
        for total, ways in counts.items():
            following[total + rank] = following.get(total + rank, 0) + ways
        counts = following
    w = min(sum(x for x, v in zip(r, d) if v > 0), sum(x for x, v in zip(r, d) if v < 0))
    tail = sum(ways for total, ways in counts.items() if total <= w)
    return float(min(Fraction(1), 2 * Fraction(tail, 2 ** len(r))))


def wilcoxon_case(name, d, method):
    d = np.asarray(d, dtype=float)
    case = {"name": name, "differences": d.tolist(), "rankBiserial": rank_biserial(d)}
    if method == "signs":
        r = stats.rankdata(np.abs(d[d != 0]))
        plus = r[d[d != 0] > 0].sum()
        case["statistic"], case["pValue"] = float(min(plus, r.sum() - plus)), every_sign_pattern(d)
    else:
        result = stats.wilcoxon(d, method=method, correction=False)
        case["statistic"], case["pValue"] = float(result.statistic), float(result.pvalue)
    case["by"] = "sign patterns counted" if method == "signs" else f"scipy.stats.wilcoxon(method={method!r})"
    return case


wilcoxon = [
    wilcoxon_case("five positive", [1, 2, 3, 4, 5], "exact"),
    wilcoxon_case("scipy's example", [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75], "exact"),
    *[wilcoxon_case(f"no ties, n = {n}", rng.normal(0.3, 1, n), "exact") for n in (1, 2, 10, 25, 49, 50)],
    *[wilcoxon_case(f"ties and zeros, n = {n}", rng.integers(-3, 5, n), "auto") for n in (4, 8, 13)],
    *[wilcoxon_case(f"ties and zeros, n = {n}", rng.integers(-3, 5, n), "signs") for n in (14, 30, 50)],
    *[wilcoxon_case(f"no ties, n = {n}", rng.normal(0.1, 1, n), "asymptotic") for n in (51, 169)],
    *[wilcoxon_case(f"ties and zeros, n = {n}", rng.integers(-4, 6, n), "asymptotic") for n in (80, 169, 974)],
    wilcoxon_case("tiny p", rng.integers(-1, 9, 500), "asymptotic"),
    wilcoxon_case("halves", rng.integers(-5, 6, 40) / 2, "signs"),
]
for case in wilcoxon:  # scipy must agree with counting where it enumerates
    if "'auto'" in case["by"] or "'exact'" in case["by"]:
        assert abs(every_sign_pattern(np.array(case["differences"])) - case["pValue"]) < 1e-12, case["name"]

discordant = [(0, 0), (1, 0), (6, 0), (0, 6), (3, 3), (5, 12), (40, 17), (100, 103), (2, 167), (900, 700), (1300, 0)]
mcnemar_cases = []
for gained, lost in discordant:
    result = mcnemar([[10, lost], [gained, 10]], exact=True)
    mcnemar_cases.append(
        {"gained": gained, "lost": lost, "statistic": float(result.statistic), "pValue": float(result.pvalue)}
    )

holm_cases = []
for p in ([0.01, 0.04, 0.03], [0.5], [0.9, 0.8, 0.7], [0.001, 0.001, 0.02, 1.0], rng.random(33).tolist()):
    holm_cases.append({"pValues": p, "adjusted": multipletests(p, method="holm")[1].tolist()})


def pass_at_k(n, c, k):
    """Every choice of k of the n samples, one by one."""
    choices = list(combinations([True] * c + [False] * (n - c), k))
    return sum(any(choice) for choice in choices) / len(choices)


pass_cases = [
    {"n": n, "c": c, "k": k, "value": pass_at_k(n, c, k)} for n, c, k in
    [(1, 0, 1), (1, 1, 1), (5, 2, 1), (5, 2, 3), (5, 2, 4), (10, 3, 1), (10, 3, 5), (12, 1, 7)]
] + [
    {"n": n, "c": c, "k": k, "value": float(1 - Fraction(comb(n - c, k), comb(n, k)))} for n, c, k in
    [(200, 13, 1), (200, 13, 10), (200, 13, 100), (1000, 1, 100)]
]

# A paired bootstrap has no closed form: the reference is scipy's, with many resamples and a tolerance.
bootstrap_cases = []
for name, d in (
    ("counts", rng.integers(-4, 6, 60).astype(float)),
    ("skewed", rng.exponential(2, 40) - 1),
    ("answers", rng.choice([-1.0, 0.0, 0.0, 1.0, 1.0], 100)),
):
    interval = stats.bootstrap((d,), np.mean, method="percentile", n_resamples=200_000, rng=rng, batch=10_000)
    low, high = interval.confidence_interval
    bootstrap_cases.append(
        {"name": name, "values": d.tolist(), "lower": float(low), "upper": float(high), "standardError": float(interval.standard_error)}
    )

z = [0.0, 0.001, 0.5, 1.0, 1.96, 2.5, 2.82, 2.83, 2.9, 4.0, 6.0, 10.0, 30.0]
samples = [[3.0, 1.0, 2.0, 10.0], [5.0, 5.0, 1.0], [0.5, 2.5, 9.0, 4.0, 7.0, 7.0]]
golden = {
    "by": {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__},
    "wilcoxon": wilcoxon,
    "mcnemar": mcnemar_cases,
    "holm": holm_cases,
    "passAtK": pass_cases,
    "bootstrap": bootstrap_cases,
    "normalTwoSidedTail": [{"z": v, "p": float(2 * stats.norm.sf(v))} for v in z],
    "describe": [
        {
            "values": v, "mean": float(np.mean(v)), "sd": float(np.std(v, ddof=1)), "min": min(v), "max": max(v),
            "q25": float(np.quantile(v, 0.25)), "median": float(np.median(v)), "q75": float(np.quantile(v, 0.75)),
        }
        for v in samples
    ],
}
path = Path(__file__).parent / "statistics.json"
path.write_text(json.dumps(golden, indent=1) + "\n")
print("written", path)
