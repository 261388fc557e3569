"""Measures LossKit and what a user would pick instead, side by side on the same numbers.

    python peers.py                    every work; prints the tables
    python peers.py softmax max_iou    those whose names begin so
    python peers.py --update           every work; writes the tables into README.md

For each work the inputs are drawn, written for `losskit bench --inputs`, and the results of all
sides compared; then the sides take turns, and the medians over the rounds are told.
"""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from math import isclose
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import assigners
import dense
import detection
import inputs as drawn
import log_softmax
import losses
import numpy as np
import predicted
import timing
import torch
from machine import description
from report import Comparison, tables, update
from tool import LossKit, build
from work import Inputs, Outcome, Peer, Work

GIBIBYTE = 2**30
PREDICTED = ("task_aligned", "sim_ota", "dynamic_soft_label")
BOXES = ("max_iou", "atss", *PREDICTED, "hungarian", "nms")
# LossKit is held against double precision; peers need only do the same work.
TOLERANCE, PEER_TOLERANCE = 1e-5, 1e-3


def main() -> None:
    """Measures and reports."""
    options = arguments()
    limit_threads(options.threads)
    machine = description(options.threads)
    command = options.losskit or build()
    with TemporaryDirectory() as folder:
        tool = LossKit(command, options.inputs or Path(folder), options.scale)
        adds: list[float] = []
        works = [work for work in tool.works(options.works) if has_peers(work)]
        results = [compare(tool, work, options, adds) for work in works]
    text = tables(results, median(adds), machine)
    print(text)
    if options.update:
        update(Path(__file__).with_name("README.md"), text)


def arguments() -> Namespace:
    """The command line."""
    parser = ArgumentParser(description="Measure LossKit beside PyTorch, torchvision and JAX.")
    add = parser.add_argument
    add("works", nargs="*", help="works by the beginning of their names; all where left out")
    add("--rounds", type=int, default=5, help="turns that each side gets (default: 5)")
    add("--threads", type=int, default=2, help="threads of each side (default: 2)")
    add("--scale", type=float, default=1, help="a fraction of the sizes, for trying it out")
    add("--memory", type=float, default=12, help="GiB that a peer may need (default: 12)")
    add("--inputs", type=Path, help="a folder to keep the inputs in")
    add("--losskit", type=Path, help="the command to measure; built where left out")
    add("--update", action="store_true", help="write the tables into README.md")
    options = parser.parse_args()
    if options.update and (options.works or options.scale != 1):
        parser.error("--update goes with every work at full size; leave the rest out")
    return options


def limit_threads(threads: int) -> None:
    """Holds this process, and losskit after it, to as many processors as threads.

    JAX takes a thread for each processor it may use, and no setting of its own changes that.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    torch.set_num_threads(threads)


def compare(tool: LossKit, work: Work, options: Namespace, adds: list[float]) -> Comparison:
    """One work: what it should come to, then times in turn."""
    print(f"{work.name}: preparing", file=sys.stderr)
    peers, expected = prepare(tool, work, options.memory * GIBIBYTE)
    print(f"{work.name}: measuring", file=sys.stderr)
    return measure(tool, work, peers, expected, options, adds)


def has_peers(work: Work) -> bool:
    """Whether there is something to compare a work with; other losses are measured by `losskit bench` alone."""
    others = (*BOXES, "objective", "log_softmax")
    if work.operation in others or losses.torch_loss(work) is not None:
        return True
    print(f"{work.name}: left out, as it has no peer", file=sys.stderr)
    return False


def prepare(
    tool: LossKit, work: Work, memory_limit: float
) -> tuple[list[Peer], Outcome | None]:
    """The peers of a work, found to come to the same, and what that is.

    Nothing for an objective: its value depends on the draw, so that both sides are compared on a
    recorded one.
    """
    if work.operation == "objective" and work.recipe in predicted.RECIPES:
        kind = predicted.RECIPES[work.recipe]
        data = dense.draw(work, kind)
        tool.write(work, data)
        objective = kind(data)
        check_objective(tool, work.recipe, objective.record(), [])
        return [objective.peer()], None
    data = drawn.draw(work)
    if work.operation == "hungarian":
        data["costs"] = assigners.detr_costs(data["logits"], data["boxes"], data["gt_boxes"], data["gt_labels"])
    if work.operation == "objective":
        objective = detection.Objective(data)
        tool.write(work, data)
        check_objective(tool, work.recipe, objective.record(), ["rpn", "rcnn"])
        return [objective.peer()], None
    tool.write(work, data)
    if work.operation == "max_iou":
        peers = detection.assignment_peers(data, memory_limit)
        expected = detection.assignment_reference(data)
    elif work.operation == "atss":
        peers = assigners.assignment_peers(data, memory_limit)
        expected = peers[0].outcome(peers[0].run()) if peers else None
    elif work.operation == "hungarian":
        peers = assigners.matching_peers(data)
        expected = peers[0].outcome(peers[0].run())
    elif work.operation in PREDICTED:
        peers = assigners.predicted_assignment_peers(work.operation, data, memory_limit)
        expected = peers[0].outcome(peers[0].run()) if peers else None
    elif work.operation == "nms":
        peers = detection.suppression_peers(data)
        expected = peers[0].outcome(peers[0].run())
    elif work.operation == "log_softmax":
        peers = log_softmax.log_softmax_peers(data)
        expected = log_softmax.log_softmax_reference(data)
    else:
        peers = losses.loss_peers(work, data)
        expected = losses.reference(work, data)
    for peer in peers:
        check(work, peer.name, peer.outcome(peer.run()), expected, PEER_TOLERANCE)
    return peers, expected


def check(work: Work, side: str, found: Outcome, expected: Outcome, tolerance: float) -> None:
    """Ends the program where a side comes to something else; checksums must be equal."""
    if work.operation in BOXES:
        tolerance = 0
    pairs = [(found.value, expected.value), (found.gradient_norm, expected.gradient_norm)]
    for ours, theirs in pairs:
        if (ours is None) != (theirs is None) or (
            ours is not None and not isclose(ours, theirs, rel_tol=tolerance)
        ):
            raise SystemExit(f"{work.name}: {side} comes to {found}; expected {expected}")


def check_objective(
    tool: LossKit, recipe: str, recording: detection.Recording, sampled: list[str]
) -> None:
    """Ends the program unless LossKit repeats the peer's losses and gradients on its draws."""
    values, gradients = tool.evaluate(recipe, recording.bundle, sampled)
    for name, expected in recording.losses.items():
        if not isclose(values[name], expected, rel_tol=TOLERANCE):
            raise SystemExit(f"objective: {name} is {values[name]}; the peer's is {expected}")
    for name, expected in recording.gradients.items():
        if not np.allclose(gradients[name], expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max()):
            raise SystemExit(f"objective: the gradient of {name} is not the peer's")


def measure(
    tool: LossKit,
    work: Work,
    peers: list[Peer],
    expected: Outcome | None,
    options: Namespace,
    adds: list[float],
) -> Comparison:
    """The sides in turn, and the medians of each."""
    memory = {peer.name: timing.peak_memory(peer.run) for peer in peers[:1]}
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(options.rounds):
        for threads in (options.threads, 1):
            row = tool.measure(work, threads)
            if expected is not None:
                outcome = Outcome(row["value"], row.get("gradient_norm"))
                check(work, "LossKit", outcome, expected, TOLERANCE)
            rows[threads].append(row)
        for peer in peers:
            times[peer.name].append(timing.seconds(peer.run))
    measured = rows[options.threads]
    adds += [row["streaming_add"] for row in measured]
    shares = [row["share_of_streaming_add"] for row in measured if "share_of_streaming_add" in row]
    return Comparison(
        work,
        measured[0]["elements"],
        losskit=median(row["seconds"] for row in measured),
        one_thread=median(row["seconds"] for row in rows[1]),
        share=median(shares) if shares else None,
        peers={name: median(values) for name, values in times.items()},
        memory={"LossKit": measured[0].get("peak_memory_bytes")} | memory,
    )


if __name__ == "__main__":
    main()
