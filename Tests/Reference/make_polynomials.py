"""Print the polynomials of Sources/LossKernels/Math: minimax fits by the Remez exchange algorithm.

A polynomial stands for what remains of a function after its leading terms. Its error is weighted
such that the relative error of the whole function is level. Coefficients are rounded to the format
they are used in, the lowest power first; where zero isn't inside the interval, those that follow are
fitted again, so that rounding costs next to nothing. The printed error is the largest relative
error of the whole function that the rounded polynomial leaves, in units of 2^-bits: a unit in the
last place is one to two of them.

    make_polynomials.py
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import mpmath
from mpmath import mp, mpf

mp.dps = 60
GRID = 1000
# Where intervals begin that end at 0: there the weight is 0, and the equations are singular.
NEAR_ZERO = mpf("1e-3")

Function = Callable[[mpf], mpf]


@dataclass(frozen=True)
class Fit:
    """`function` on `low` ... `high` by a polynomial; the error counts times `weight`."""

    name: str
    function: Function
    weight: Function
    low: mpf
    high: mpf
    degree: int
    bits: int


def evaluate(coefficients: list[mpf], x: mpf) -> mpf:
    return mpmath.polyval(coefficients[::-1], x)


def places(fit: Fit, count: int) -> list[mpf]:
    """`count` + 1 places from low to high, denser at the ends."""
    middle, half = (fit.high + fit.low) / 2, (fit.high - fit.low) / 2
    return [middle - half * mpmath.cos(mpmath.pi * i / count) for i in range(count + 1)]


def minimax(fit: Fit) -> list[mpf]:
    """The polynomial whose weighted error has equal extremes at `degree` + 2 places."""
    grid = places(fit, GRID)
    exact = [fit.function(x) for x in grid]
    weights = [fit.weight(x) for x in grid]
    extremes = places(fit, fit.degree + 1)
    while True:
        system = mpmath.matrix(
            [
                [x**power for power in range(fit.degree + 1)] + [(-1) ** i / fit.weight(x)]
                for i, x in enumerate(extremes)
            ]
        )
        solution = mpmath.lu_solve(system, mpmath.matrix([fit.function(x) for x in extremes]))
        *coefficients, level = solution
        errors = [(evaluate(coefficients, x) - f) * w for x, f, w in zip(grid, exact, weights)]
        if max(map(abs, errors)) <= abs(level) * mpf("1.01"):
            return coefficients
        extremes = alternating(grid, errors, fit.degree + 2)


def alternating(grid: list[mpf], errors: list[mpf], count: int) -> list[mpf]:
    """The `count` places where errors of alternating sign are largest."""
    largest: list[int] = []
    for index, error in enumerate(errors):
        if not largest or error * errors[largest[-1]] < 0:
            largest.append(index)
        elif abs(error) > abs(errors[largest[-1]]):
            largest[-1] = index
    while len(largest) > count:
        largest.pop(0 if abs(errors[largest[0]]) < abs(errors[largest[-1]]) else -1)
    if len(largest) < count:
        raise ArithmeticError("the error alternates at too few places")
    return [grid[index] for index in largest]


def rounded(x: mpf, bits: int) -> mpf:
    mantissa, exponent = mpmath.frexp(x)
    return mpmath.ldexp(mpmath.nint(mpmath.ldexp(mantissa, bits)), exponent - bits)


def rounded_minimax(fit: Fit) -> list[mpf]:
    """The coefficients in the format, lowest power first."""
    first, *rest = minimax(fit)
    first = rounded(first, fit.bits)
    if fit.low < 0:
        return [first] + [rounded(c, fit.bits) for c in rest]
    if not rest:
        return [first]
    remainder = replace(
        fit,
        function=lambda x: (fit.function(x) - first) / x,
        weight=lambda x: fit.weight(x) * x,
        degree=fit.degree - 1,
    )
    return [first] + rounded_minimax(remainder)


def series(function: Function, terms: list[mpf]) -> Function:
    """`function`, by its Taylor series near 0, where its closed form cancels."""
    return lambda x: evaluate(terms, x) if abs(x) < mpf("1e-3") else function(x)


def logarithm_terms(first: int) -> list[mpf]:
    """The Taylor coefficients of log(1 + x) from power `first` on."""
    return [-mpf(-1) ** power / power for power in range(first, first + 24)]


EXPONENTIAL = Fit(
    name="exponential: (exp(x) - 1 - x) / x^2",
    function=series(
        lambda x: (mpmath.exp(x) - 1 - x) / x**2,
        [1 / mpmath.factorial(power) for power in range(2, 26)],
    ),
    weight=lambda x: x**2 / mpmath.exp(x),
    low=mpf("-0.3467"),
    high=mpf("0.3467"),
    degree=4,
    bits=24,
)
LOGARITHM = Fit(
    name="logarithm: (log(1 + x) - x + x^2 / 2) / x^3",
    function=series(
        lambda x: (mpmath.log1p(x) - x + x**2 / 2) / x**3, logarithm_terms(3)
    ),
    weight=lambda x: x**3 / mpmath.log1p(x),
    low=mpf("-0.25"),
    high=mpf("0.5"),
    degree=8,
    bits=24,
)
UNIT_LOGARITHM = replace(
    LOGARITHM, name="the same for x in 0 ... 1", low=NEAR_ZERO, high=mpf(1), degree=7
)
RATIO_LOGARITHM = Fit(
    name="logarithm: (log((1 + s) / (1 - s)) - 2 s) / s^3 of s^2",
    function=series(
        lambda z: (2 * mpmath.atanh(mpmath.sqrt(z)) / mpmath.sqrt(z) - 2) / z,
        [mpf(2) / (2 * power + 3) for power in range(24)],
    ),
    weight=lambda z: z * mpmath.sqrt(z) / (2 * mpmath.atanh(mpmath.sqrt(z))),
    low=NEAR_ZERO,
    high=mpf("0.1112"),
    degree=9,
    bits=53,
)
TANGENT = Fit(
    name="hyperbolic tangent: (tanh(x) / x - 1) / x^2 of x^2",
    function=series(
        lambda z: (mpmath.tanh(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1) / z,
        mpmath.taylor(mpmath.tanh, 0, 40)[3::2],
    ),
    weight=lambda z: z * mpmath.sqrt(z) / mpmath.tanh(mpmath.sqrt(z)),
    low=NEAR_ZERO,
    high=mpf("0.391"),
    degree=4,
    bits=24,
)
ARC_TANGENT = Fit(
    name="arc tangent: (atan(x) / x - 1) / x^2 of x^2",
    function=series(
        lambda z: (mpmath.atan(mpmath.sqrt(z)) / mpmath.sqrt(z) - 1) / z,
        [-mpf(-1) ** power / (2 * power + 3) for power in range(24)],
    ),
    weight=lambda z: z * mpmath.sqrt(z) / mpmath.atan(mpmath.sqrt(z)),
    low=NEAR_ZERO,
    high=mpf("0.172"),
    degree=4,
    bits=24,
)
FITS = [
    EXPONENTIAL,
    LOGARITHM,
    UNIT_LOGARITHM,
    TANGENT,
    ARC_TANGENT,
    replace(EXPONENTIAL, degree=10, bits=53),
    RATIO_LOGARITHM,
    replace(TANGENT, degree=11, bits=53),
    replace(ARC_TANGENT, degree=11, bits=53),
]


def literal(x: mpf) -> str:
    """A hexadecimal floating-point literal without trailing zeros."""
    mantissa, exponent = float(x).hex().split("p")
    return f"{mantissa.rstrip('0').rstrip('.')}p{int(exponent)}"


def main() -> None:
    for fit in FITS:
        coefficients = rounded_minimax(fit)
        grid = places(fit, 4 * GRID)
        error = max(
            abs(evaluate(coefficients, x) - fit.function(x)) * fit.weight(x) for x in grid
        )
        print(f"{fit.name}, {fit.bits} bits, error {mpmath.nstr(error * 2**fit.bits, 2)}")
        for coefficient in coefficients:
            print("   ", literal(coefficient))


if __name__ == "__main__":
    main()
