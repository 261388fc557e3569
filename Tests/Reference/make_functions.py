"""Make `functions.txt`: what the functions of LossKernels come to in double precision, by mpmath.

README.md tells what a line holds.

    make_functions.py [--output functions.txt] [--count 100]
"""

import argparse
import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import mpmath
from mpmath import mp, mpf

mp.prec = 2400
SEED = 20250611


def sigmoid(x: mpf) -> mpf:
    return 1 / (1 + mpmath.exp(-x))


def softplus(x: mpf) -> mpf:
    return mpmath.log1p(mpmath.exp(x))


def magnitudes(stream: random.Random, low: float, high: float) -> float:
    """A number of either sign whose logarithm is uniform."""
    size = 2 ** stream.uniform(math.log2(low), math.log2(high))
    return stream.choice((-size, size))


def around_one(stream: random.Random) -> float:
    """A number near 1, or near where a logarithm changes its reduction."""
    return stream.choice((0.75, 1.0, 1.5)) * (1 + magnitudes(stream, 1e-15, 0.3))


Draw = Callable[[random.Random], tuple[float, ...]]
FUNCTIONS: dict[str, tuple[Callable[..., mpf], list[Draw]]] = {
    "exp": (
        mpmath.exp,
        [
            lambda stream: (stream.uniform(-745, 709.7),),
            lambda stream: (stream.uniform(-745.1, -708),),
            lambda stream: (magnitudes(stream, 1e-18, 2),),
        ],
    ),
    "log": (
        mpmath.log,
        [
            lambda stream: (abs(magnitudes(stream, 5e-324, 1.7e308)),),
            lambda stream: (around_one(stream),),
        ],
    ),
    "log1p": (
        mpmath.log1p,
        [
            lambda stream: (abs(magnitudes(stream, 5e-324, 1.7e308)),),
            lambda stream: (max(-1 + 1e-16, magnitudes(stream, 1e-17, 3)),),
            lambda stream: (around_one(stream) - 1,),
        ],
    ),
    "sigmoid": (
        sigmoid,
        [
            lambda stream: (stream.uniform(-745, 40),),
            lambda stream: (magnitudes(stream, 1e-10, 40),),
        ],
    ),
    "softplus": (
        softplus,
        [
            lambda stream: (stream.uniform(-745, 40),),
            lambda stream: (magnitudes(stream, 1e-10, 40),),
        ],
    ),
    "tanh": (
        mpmath.tanh,
        [
            lambda stream: (magnitudes(stream, 1e-300, 20),),
            lambda stream: (magnitudes(stream, 1e-9, 20),),
            lambda stream: (stream.choice((-0.625, 0.625)) + magnitudes(stream, 1e-15, 0.1),),
        ],
    ),
    "sqrt": (mpmath.sqrt, [lambda stream: (abs(magnitudes(stream, 5e-324, 1.7e308)),)]),
    "pow": (
        mpmath.power,
        [
            lambda stream: (stream.uniform(0, 1), stream.uniform(0, 5)),
            lambda stream: (abs(magnitudes(stream, 1e-20, 1e20)), stream.uniform(-15, 15)),
        ],
    ),
    "atan": (
        mpmath.atan,
        [
            lambda stream: (magnitudes(stream, 1e-300, 1e300),),
            lambda stream: (magnitudes(stream, 1e-9, 20),),
            lambda stream: (around_one(stream) * stream.choice((0.414, -1.0, 2.414)),),
        ],
    ),
}


def lines(count: int) -> Iterator[str]:
    stream = random.Random(SEED)
    for name, (function, draws) in FUNCTIONS.items():
        for index in range(count):
            arguments = draws[index % len(draws)](stream)
            exact = function(*(mpf(x) for x in arguments))
            nearest = float(exact)
            distance = float((exact - mpf(nearest)) / mpf(math.ulp(nearest)))
            numbers = [x.hex() for x in (*arguments, nearest)]
            yield f"{name} {' '.join(numbers)} {distance:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("functions.txt"))
    parser.add_argument("--count", type=int, default=100, help="lines for each function")
    options = parser.parse_args()
    options.output.write_text("".join(f"{line}\n" for line in lines(options.count)))


if __name__ == "__main__":
    main()
