"""Reads event files with TensorBoard's own reader, and compares them with the log of the training.

    pip install tensorboard==2.21.0 "setuptools<81"
    losskit train --recipe reference_detector --tensorboard run --out run
    python check_tensorboard.py run [FOLDER of the events, run where left out]
"""

import json
import math
import struct
import sys
from pathlib import Path

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata

run = Path(sys.argv[1])
events = EventAccumulator(
    sys.argv[-1], size_guidance={"scalars": 0, "histograms": 0, "images": 0, "tensors": 0})
events.Reload()

expected, norms = {}, {}
for line in (run / "metrics.jsonl").read_text().splitlines():
    line = json.loads(line)
    step = line.pop("step")
    for key, entry in line.items():
        for name, number in entry.items() if isinstance(entry, dict) else [(None, entry)]:
            if number is not None:
                tag = key if name is None else f"{key}/{name}"
                expected.setdefault(tag, []).append((step, float(np.float32(number))))
    for name, number in line.get("gradient_norms", {}).items():
        norms.setdefault(name, {})[step] = number
tags = events.Tags()
assert sorted(tags["scalars"]) == sorted(expected), (tags["scalars"], sorted(expected))
for tag, numbers in expected.items():
    found = [(event.step, event.value) for event in events.Scalars(tag)]
    assert found == numbers, (tag, found[:3], numbers[:3])

every_step = json.loads((run / "model.json").read_text())["training"]["log_every"] == 1
for tag in tags["histograms"]:
    name = tag.removeprefix("gradients/")
    for event in events.Histograms(tag):
        values = event.histogram_value
        assert sum(values.bucket) == values.num > 0 and values.bucket_limit == sorted(values.bucket_limit)
        assert values.min <= values.sum / values.num <= values.max <= values.bucket_limit[-1]
        # The log has means over the steps of a line, a histogram the last step's gradient.
        if every_step and "+" not in name:
            norm = math.sqrt(values.sum_squares)
            assert math.isclose(norm, norms[name][event.step], rel_tol=1e-4, abs_tol=1e-9), (tag, event.step)
assert {name for tag in tags["histograms"] for name in tag.removeprefix("gradients/").split("+")} <= set(norms)

for tag in tags["images"]:
    for event in events.Images(tag):
        png = event.encoded_image_string
        assert png.startswith(b"\x89PNG\r\n\x1a\n") and png[12:16] == b"IHDR"
        assert struct.unpack(">II", png[16:24]) == (event.width, event.height)

parameters = events.summary_metadata[metadata.SESSION_START_INFO_TAG].plugin_data.content
start = metadata.parse_session_start_info_plugin_data(parameters)
values = {name: getattr(value, value.WhichOneof("kind")) for name, value in start.hparams.items()}
trial = run / "trial.json"
if trial.exists():
    trial = json.loads(trial.read_text())
    assert start.group_name == trial["variant"]
    settings = {**trial["parameters"], "seed": trial["seed"]}
else:
    training = json.loads((run / "model.json").read_text())["training"]
    settings = {
        f"training.{name}": value for name, value in training.items() if isinstance(value, (bool, int, float, str))}
for name, value in settings.items():
    assert values[name] == (value if not isinstance(value, (list, dict)) else json.dumps(value, separators=(",", ":")))
print(
    f"{sum(map(len, expected.values()))} scalars, {len(tags['histograms'])} histograms, {len(tags['images'])} images, "
    f"{len(values)} hyperparameters")
