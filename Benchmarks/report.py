"""The tables of a comparison, in Markdown."""

from dataclasses import dataclass
from pathlib import Path

from work import Work

MEBIBYTE = 2**20
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"

# How many times faster than the best peer a work is meant to be, by the beginning of its name.
GOALS = {
    "softmax_cross_entropy": 3,
    "bce_with_logits/262144": 4,
    "bce_with_logits/4194304": 2,
    "smooth_l1": 1.7,
    "nll": 2,
    "log_softmax": 2,
    "bce/": 2,
    "huber": 2,
    "l2": 2,
    "max_iou/200000x64": 30,
    "max_iou/200000x1500": 100,
    "sigmoid_focal": 2,
    "softmax_focal": 2,
    "gaussian_focal": 2,
    "quality_focal": 2,
    "varifocal": 2,
    "distribution_focal": 2,
    # Of 100 objects and more.
    **{
        f"{assigner}/{priors}x{objects}": 10
        for assigner in ("atss", "task_aligned", "sim_ota", "dynamic_soft_label")
        for priors in (8_400, 200_000)
        for objects in (100, 1_000)
    },
    "hungarian": 1,
    "objective/faster_rcnn_torchvision": 5,
    "objective": 4,
}
# Seconds under which a work is meant to stay, where peers don't fit in memory.
LIMITS = {"max_iou/200000x10000": 1}
LOSS_PEERS = ("PyTorch eager", "torch.compile", "JAX (XLA)")


@dataclass(frozen=True)
class Comparison:
    """The medians of one work; times in seconds, memory in bytes."""

    work: Work
    elements: int
    losskit: float
    one_thread: float
    share: float | None
    peers: dict[str, float]
    memory: dict[str, int | None]

    @property
    def is_loss(self) -> bool:
        """Whether its time is told for each element and against the memory's bandwidth."""
        return self.share is not None

    @property
    def ratio(self) -> float | None:
        """The time of the best peer over losskit's."""
        return min(self.peers.values()) / self.losskit if self.peers else None


def tables(comparisons: list[Comparison], bandwidth: float, machine: list[str]) -> str:
    """All that was measured."""
    losses = [c for c in comparisons if c.is_loss]
    boxes = [c for c in comparisons if not c.is_loss]
    parts = ["\n".join(machine + [f"- streaming add: {bandwidth:.1f} GB/s"])]
    if losses:
        parts.append("Losses, value and gradient, nanoseconds an element:")
        parts.append(table(losses, LOSS_PEERS, unit=1e9))
    if boxes:
        parts.append("Assignment, suppression and the whole objective, milliseconds:")
        parts.append(table(boxes, (), unit=1e3))
    return "\n\n".join(parts) + "\n"


def table(comparisons: list[Comparison], peers: tuple[str, ...], unit: float) -> str:
    """A row for each work, with a column for each peer, or one for whatever peers there are."""
    losses = len(peers) > 0
    title = ["work", "LossKit", *(peers or ("others",)), "ratio", "goal", "1 → 2 threads"]
    title += ["of streaming add"] if losses else []
    title += ["peak MiB", "of the first peer"]
    lines = [title, ["---"] + ["---:"] * (len(title) - 1)]
    for c in comparisons:
        per = unit / (c.elements if losses else 1)
        row = [f"`{c.work.name}`", digits(c.losskit * per)]
        if losses:
            row += [digits(c.peers[p] * per) if p in c.peers else "—" for p in peers]
        else:
            others = [f"{name} {digits(time * per)}" for name, time in c.peers.items()]
            row.append(", ".join(others) or "—")
        row += [times(c.ratio), goal(c), times(c.one_thread / c.losskit)]
        row += [f"{c.share:.0%}"] if c.share is not None else []
        row += [mebibytes(c.memory.get(name)) for name in ("LossKit", next(iter(c.peers), ""))]
        lines.append(row)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def goal(comparison: Comparison) -> str:
    """The goal of a work, in bold where it is reached."""
    name = comparison.work.name
    if name in LIMITS:
        text, reached = f"< {LIMITS[name]:g} s", comparison.losskit < LIMITS[name]
    elif wanted := next((g for n, g in GOALS.items() if name.startswith(n)), None):
        text, reached = f"{wanted:g} ×", (comparison.ratio or 0) >= wanted
    else:
        return "—"
    return f"**{text}**" if reached else text


def times(ratio: float | None) -> str:
    """A ratio."""
    return "—" if ratio is None else f"{digits(ratio)} ×"


def digits(number: float) -> str:
    """Three digits, never scientific."""
    return f"{number:,.0f}" if number >= 99.95 else f"{number:#.3g}"


def mebibytes(count: int | None) -> str:
    """An amount of memory."""
    return "—" if count is None else f"{count / MEBIBYTE:,.1f}"


def update(path: Path, text: str) -> None:
    """Replaces what stands between the two marks of a file."""
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path} lacks the lines {BEGIN.strip()} and {END.strip()}")
    path.write_text(f"{before}{begin}\n{text}\n{end}{after}")
