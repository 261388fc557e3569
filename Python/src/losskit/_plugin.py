"""The structures of losskit_plugin.h."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, c_char, c_char_p, c_double, c_int, c_int64, c_size_t, c_uint32, c_void_p

ABI_VERSION = 1
NUMBER, INTEGER, BOOLEAN, CHOICE, TEXT, NUMBERS, NULL = range(1, 8)
AT_LEAST, ABOVE, AT_MOST = 1, 2, 4
CLASSES, DENSE = 1, 2
PER_ROW, PER_ELEMENT = 1, 2


class Value(ctypes.Structure):
    """``losskit_value``."""

    _fields_ = [
        ("type", c_uint32),
        ("integer", c_int64),
        ("number", c_double),
        ("text", c_char_p),
        ("numbers", POINTER(c_double)),
        ("count", c_size_t),
    ]


class Parameter(ctypes.Structure):
    """``losskit_parameter``."""

    _fields_ = [
        ("name", c_char_p),
        ("meaning", c_char_p),
        ("type", c_uint32),
        ("bounds", c_uint32),
        ("minimum", c_double),
        ("maximum", c_double),
        ("choices", POINTER(c_char_p)),
        ("choice_count", c_size_t),
        ("count", c_size_t),
        ("default_value", POINTER(Value)),
    ]


class Instance(ctypes.Structure):
    """``losskit_instance``."""

    _fields_ = [
        ("user", c_void_p),
        ("parameters", POINTER(Value)),
        ("parameter_count", c_size_t),
        ("state", c_void_p),
    ]


class Block(ctypes.Structure):
    """``losskit_block``."""

    _fields_ = [
        ("row_count", c_size_t),
        ("width", c_size_t),
        ("predictions", c_void_p),
        ("targets", c_void_p),
        ("classes", c_void_p),
        ("values", c_void_p),
        ("gradient", c_void_p),
    ]


Evaluate = ctypes.CFUNCTYPE(c_int, POINTER(Instance), POINTER(Block), POINTER(c_char), c_size_t)
Create = ctypes.CFUNCTYPE(c_int, POINTER(Instance), POINTER(c_char), c_size_t)
Destroy = ctypes.CFUNCTYPE(None, POINTER(Instance))
Columns = ctypes.CFUNCTYPE(c_size_t, POINTER(Instance), c_size_t)


class Loss(ctypes.Structure):
    """``losskit_loss``."""

    _fields_ = [
        ("name", c_char_p),
        ("summary", c_char_p),
        ("formula", c_char_p),
        ("source", c_char_p),
        ("parameters", POINTER(Parameter)),
        ("parameter_count", c_size_t),
        ("targets", c_uint32),
        ("values", c_uint32),
        ("flags", c_uint32),
        ("user", c_void_p),
        ("create", Create),
        ("destroy", Destroy),
        ("columns", Columns),
        ("evaluate", Evaluate),
    ]


class Table(ctypes.Structure):
    """``losskit_table``."""

    _fields_ = [
        ("abi_version", c_uint32),
        ("name", c_char_p),
        ("losses", POINTER(Loss)),
        ("loss_count", c_size_t),
    ]
