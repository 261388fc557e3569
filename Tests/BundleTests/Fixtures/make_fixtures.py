"""Writes the fixtures beside this script, which BundleTests compares with what it computes itself.

Requirements: Python 3.11, numpy==2.4.6, safetensors==0.8.0, torch==2.15.0 (for BF16 and F8 only).
Run: python make_fixtures.py

Element i of every array is a fixed function of i that all of its types hold exactly; see `values`.
"""

from pathlib import Path

import numpy
import safetensors.torch
import torch

FOLDER = Path(__file__).parent
SHAPE = (2, 3, 4)
COUNT = 24


def values(dtype):
    """0, 1, 0, 1, … for truth values; i for unsigned; i - 12 for signed; (i - 12) / 8 for floats."""
    i = numpy.arange(COUNT)
    kind = numpy.dtype(dtype).kind
    chosen = {"b": i % 2, "u": i, "i": i - 12, "f": (i - 12) / 8}[kind]
    return chosen.astype(dtype).reshape(SHAPE)


NUMPY_TYPES = ["b1", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8"]


def main():
    for dtype in NUMPY_TYPES:
        numpy.save(FOLDER / f"{dtype}.npy", values(dtype))
    numpy.save(FOLDER / "fortran.npy", numpy.asfortranarray(values("f4")))
    numpy.save(FOLDER / "scalar.npy", numpy.float32(1.5))
    numpy.save(FOLDER / "empty.npy", numpy.zeros((0, 3), "f4"))
    numpy.save(FOLDER / "big_endian.npy", values(">f4"))
    numpy.save(FOLDER / "records.npy", numpy.zeros(2, [("x", "<f4"), ("y", "<i4")]))
    for version in [(2, 0), (3, 0)]:
        with open(FOLDER / f"version{version[0]}.npy", "wb") as file:
            numpy.lib.format.write_array(file, values("f4"), version=version)
    numpy.savez(FOLDER / "archive.npz", a=values("f4"))

    tensors = {dtype: torch.from_numpy(values(dtype)) for dtype in NUMPY_TYPES}
    tensors["bf16"] = torch.from_numpy(values("f4")).to(torch.bfloat16)
    tensors["f8_e4m3"] = torch.from_numpy(values("f4")).to(torch.float8_e4m3fn)
    tensors["c64"] = torch.from_numpy(values("f4")).to(torch.complex64)
    tensors["scalar"] = torch.tensor(1.5)
    tensors["empty"] = torch.zeros(0, 3)
    tensors["größe ✓"] = torch.tensor([1, 2])
    metadata = {"author": "Grüße \"in\" quotes\n"}
    safetensors.torch.save_file(tensors, FOLDER / "all.safetensors", metadata)
    writable = {f"tensor {d}": torch.from_numpy(values(d)) for d in ["i8", "f8", "f4", "u1", "b1"]}
    safetensors.torch.save_file(writable, FOLDER / "writable.safetensors", {"made by": "Python"})
    torch.save({"a": torch.zeros(2)}, FOLDER / "model.pt")
    torch.save({"a": torch.zeros(2)}, FOLDER / "legacy.pt", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main()
