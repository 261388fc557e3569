"""Writes images.safetensors: small JPEG and PNG files, and what Pillow reads of them.

Needs pillow, numpy and safetensors. NAME holds the bytes of a file, NAME.pixels [height, width, 3] what
Pillow makes of it, and resized.* pixels at other sizes.
"""

import io
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps
from safetensors.numpy import save_file

tensors = {}


def add(name, data):
    """A file, and its pixels, upright."""
    tensors[name] = np.frombuffer(data, np.uint8)
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode.startswith("I"):
        # Pillow would cut 16 bits off at 255.
        grey = np.asarray(image).astype(np.int64)
        pixels = np.repeat((grey * 255 + 32_767) // 65_535, 3).reshape(*grey.shape, 3)
    else:
        pixels = np.asarray(image.convert("RGB"))
    tensors[name + ".pixels"] = np.ascontiguousarray(pixels, dtype=np.uint8)


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def picture(width, height):
    """Ramps and a disc, different in all corners."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    disc = ((x - width * 0.3) ** 2 + (y - height * 0.6) ** 2) < (height * 0.25) ** 2
    colors = np.stack([255 * x / width, 255 * y / height, 200 - 150 * disc], axis=2)
    return Image.fromarray(colors.astype(np.uint8))


rgb = picture(24, 16)
add("rgb.jpg", saved(rgb, "JPEG", quality=80, optimize=True))
add("progressive.jpg", saved(rgb, "JPEG", quality=80, progressive=True))
add("grey.jpg", saved(rgb.convert("L"), "JPEG", quality=80, optimize=True))
add("cmyk.jpg", saved(rgb.convert("CMYK"), "JPEG", quality=80, optimize=True))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    add(f"exif_{orientation}.jpg", saved(rgb, "JPEG", quality=60, optimize=True, exif=exif))

add("rgb.png", saved(rgb, "PNG"))
add("palette.png", saved(rgb.quantize(16), "PNG"))
add("alpha.png", saved(Image.merge("RGBA", (*rgb.split(), rgb.split()[0])), "PNG"))
add("grey_alpha.png", saved(Image.merge("LA", (rgb.convert("L"), rgb.split()[1])), "PNG"))
grey16 = (np.asarray(rgb.convert("L")).astype(np.uint16) * 257) ^ 0x35
add("grey16.png", saved(Image.fromarray(grey16), "PNG"))


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(
        ">I", zlib.crc32(kind + content))


def png(width, height, content):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content)
            + chunk(b"IEND", b""))


# Declares 10.8 GB in a hundred bytes.
tensors["bomb.png"] = np.frombuffer(png(60_000, 60_000, zlib.compress(bytes(1000))), np.uint8)

for width, height in [(11, 7), (24, 5), (50, 40), (1, 1), (23, 16)]:
    resized = rgb.resize((width, height), Image.Resampling.BILINEAR)
    tensors[f"resized.{width}x{height}"] = np.ascontiguousarray(np.asarray(resized))
tensors["original"] = np.ascontiguousarray(np.asarray(rgb))

save_file(tensors, pathlib.Path(__file__).with_name("images.safetensors"))
