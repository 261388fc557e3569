"""Make `statistics.json`: Student's distribution, intervals, paired tests and Holm's correction.

scipy and statsmodels compute them; README.md tells what the file holds.

    make_statistics.py [--output statistics.json]
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

SEED = 20250613
DEGREES = [1, 2, 3, 4, 5, 7, 9, 10, 19, 29, 30, 99, 1000]


def distribution() -> dict:
    tails = [1e-12, 1e-6, 0.001, 0.01, 0.05, 0.1, 0.32, 0.5, 0.9, 0.99]
    values = [0.01, 0.1, 0.5, 1, 1.96, 2.5, 4.3, 12.7, 40, 1e3]
    return {
        "quantiles": [
            {"degrees": d, "tail": p, "t": float(stats.t.isf(p / 2, d))}
            for d in DEGREES for p in tails
        ],
        "tails": [
            {"degrees": d, "t": t, "tail": float(2 * stats.t.sf(t, d))}
            for d in DEGREES for t in values
        ],
    }


def samples(stream: np.random.Generator) -> list[dict]:
    cases = []
    for count in [2, 3, 3, 4, 5, 8, 20]:
        left = stream.normal(0.8, 0.02, count)
        right = left + stream.normal(0.01, 0.01, count)
        low, high = stats.t.interval(
            0.95, count - 1, loc=left.mean(), scale=stats.sem(left))
        test = stats.ttest_rel(right, left)
        pair = test.confidence_interval(0.95)
        cases.append({
            "left": left.tolist(), "right": right.tolist(),
            "mean": float(left.mean()), "deviation": float(left.std(ddof=1)),
            "interval": [float(low), float(high)],
            "difference": float((right - left).mean()),
            "difference_interval": [float(pair.low), float(pair.high)],
            "p_value": float(test.pvalue),
        })
    return cases


def corrections(stream: np.random.Generator) -> list[dict]:
    families = [[0.04], [0.01, 0.04, 0.03, 0.005], [0.5, 0.5, 0.5], [0.0, 1.0, 0.2]]
    families += [(stream.random(n) ** 3).tolist() for n in (2, 5, 10, 28)]
    return [
        {"p_values": p, "corrected": multipletests(p, method="holm")[1].tolist()}
        for p in families
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("statistics.json"))
    output = parser.parse_args().output
    stream = np.random.default_rng(SEED)
    reference = distribution() | {
        "samples": samples(stream), "holm": corrections(stream)}
    output.write_text(json.dumps(reference, indent=1) + "\n")


if __name__ == "__main__":
    main()
