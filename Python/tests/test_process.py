"""Threads, forks, memory and signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import losskit

import bundles  # isort: skip


@pytest.fixture
def large() -> Any:
    arrays = bundles.read(bundles.REFERENCE / "objective_retinanet.safetensors")
    targets, others = bundles.batch(arrays)
    objective = losskit.Objective("retinanet_torchvision")
    return lambda: objective(arrays, targets, **others)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_thousand_calls_from_eight_threads_have_the_same_bits(large: Any) -> None:
    expected = large()
    with ThreadPoolExecutor(8) as pool:
        for losses in pool.map(lambda _: large(), range(1000)):
            assert dict(losses) == dict(expected)
            for name, gradient in expected.gradients.items():
                assert np.array_equal(losses.gradients[name], gradient)


def resident() -> int:
    """The memory of this process in bytes."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc")
def test_ten_thousand_calls_leave_the_memory_where_it_was(
    objective: Any, recipe: Any, predictions: Any, targets: Any, sizes: Any
) -> None:
    bad = {**predictions, "scores": np.full((1, 2, 2, 2), np.nan, np.float32)}

    def work(count: int) -> None:
        for index in range(count):
            objective(predictions, targets, image_sizes=sizes)
            made = objective.targets(targets, predictions=predictions, image_sizes=sizes)
            objective(predictions, made)
            if index % 10 == 0:
                with pytest.raises(losskit.NonFiniteError):
                    objective(bad, targets, image_sizes=sizes)
                losskit.match([[0, 0, 9, 9]], [[0, 0, 9, 9]])
                losskit.nms([[0, 0, 9, 9]], [1], 0.5)
            if index % 100 == 0:
                losskit.Objective(recipe)

    work(2000)
    before = resident()
    work(5000)
    assert resident() - before < 2 << 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")
def test_a_forked_process_goes_on(large: Any) -> None:
    expected = large()
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            large()

    # The parent's threads are in the middle of something when it forks.
    thread = threading.Thread(target=busy)
    thread.start()
    children = []
    for _ in range(8):
        child = os.fork()
        if child == 0:
            same = all(large().total == expected.total for _ in range(20))
            os._exit(0 if same else 1)
        children.append(child)
    deadline = time.monotonic() + 60
    statuses = []
    for child in children:
        while True:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                statuses.append(status)
                break
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
            time.sleep(0.01)
    stop.set()
    thread.join()
    assert statuses == [0] * 8


def test_interrupts_are_heard() -> None:
    program = """
import signal, numpy, losskit
# What runs in the background of a script is begun with interrupts ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
boxes = numpy.random.default_rng(0).uniform(0, 100, (4000, 4)).astype("f4")
boxes[:, 2:] += 100
print("ready", flush=True)
try:
    while True:
        losskit.match(boxes, boxes)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        assert process.wait(10) == 0
