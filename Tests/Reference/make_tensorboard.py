"""Writes tensorboard.json: records of event files, as TensorBoard's own messages and writer make them.

    pip install tensorboard==2.21.0 "setuptools<81"
    python make_tensorboard.py
"""

import io
import json
from pathlib import Path

import numpy as np
from google.protobuf import struct_pb2
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2
from tensorboard.summary.writer.record_writer import RecordWriter


class Kept(io.BytesIO):
    def close(self):
        pass


def record(event):
    file = Kept()
    writer = RecordWriter(file)
    writer.write(event.SerializeToString(deterministic=True))
    writer.flush()
    return file.getvalue().hex()


def summary(step, *values):
    return event_pb2.Event(wall_time=12.5, step=step, summary=summary_pb2.Summary(value=values))


def histogram(numbers):
    """Buckets that grow by a tenth from 1e-12 on, on both sides of 0; a number on a limit is below it."""
    limits, limit = [], 1e-12
    while limit < 1e20:
        limits.append(limit)
        limit *= 1.1
    limits.append(np.finfo(np.float64).max)
    limits = [-limit for limit in reversed(limits)] + [0.0] + limits
    counts = np.bincount(np.searchsorted(limits, numbers, side="left"), minlength=len(limits))
    kept = [i for i in range(len(limits)) if counts[i] or (i + 1 < len(limits) and counts[i + 1])]
    return summary_pb2.HistogramProto(
        min=min(numbers), max=max(numbers), num=len(numbers), sum=sum(numbers),
        sum_squares=sum(number * number for number in numbers),
        bucket_limit=[limits[i] for i in kept], bucket=[counts[i] for i in kept])


def plugin(tag, **data):
    shape = tensor_shape_pb2.TensorShapeProto
    content = plugin_data_pb2.HParamsPluginData(**data).SerializeToString(deterministic=True)
    return summary_pb2.Summary.Value(
        tag=tag,
        tensor=tensor_pb2.TensorProto(
            dtype=types_pb2.DT_FLOAT, tensor_shape=shape(dim=[shape.Dim(size=1)]), float_val=[0]),
        metadata=summary_pb2.SummaryMetadata(
            plugin_data=summary_pb2.SummaryMetadata.PluginData(
                plugin_name="hparams", content=content)))


def value(**kind):
    return struct_pb2.Value(**kind)


numbers = [-1000.0, -0.5, -0.25, 1e-13, 1e-12, 0.0, 0.1, 0.1, 3.0, 1e30]
start = plugin_data_pb2.SessionStartInfo(
    hparams={
        "training.rate": value(number_value=0.001), "training.optimizer": value(string_value="sgd"),
        "flip": value(bool_value=True), "list": value(string_value="[1,2]"),
        "none": value(null_value=0),
    }, group_name="beta=0.1", start_time_secs=12.5)
records = {
    "version": record(event_pb2.Event(wall_time=12.5, file_version="brain.Event:2")),
    "restart": record(
        event_pb2.Event(
            wall_time=12.5, step=300,
            session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START))),
    "scalars": record(
        summary(
            3, summary_pb2.Summary.Value(tag="loss", simple_value=0.1),
            summary_pb2.Summary.Value(tag="terms/rpn.rpn_cls", simple_value=0))),
    "histogram": record(
        summary(128, summary_pb2.Summary.Value(tag="gradients/ä", histo=histogram(numbers)))),
    "image": record(
        summary(
            0,
            summary_pb2.Summary.Value(
                tag="images/0",
                image=summary_pb2.Summary.Image(
                    width=300, height=2, colorspace=3, encoded_image_string=bytes(range(200)))))),
    "start": record(summary(0, plugin("_hparams_/session_start_info", session_start_info=start))),
    "end": record(
        summary(
            0,
            plugin(
                "_hparams_/session_end_info",
                session_end_info=plugin_data_pb2.SessionEndInfo(
                    status=api_pb2.STATUS_FAILURE, end_time_secs=12.5)))),
}
file = Path(__file__).with_name("tensorboard.json")
file.write_text(json.dumps({"numbers": numbers, "records": records}, indent=1) + "\n")
