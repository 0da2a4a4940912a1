"""A small sRGB colour profile (ICC v4), so that the colours of a certificate are the same on every screen and press."""

import struct
from typing import Final

D50: Final = (0.9642, 1.0, 0.8249)
PRIMARIES: Final = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
"""The sRGB primaries adapted to D50 (IEC 61966-2-1, Bradford), which add up to the white point."""

CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
MADE: Final = (2026, 1, 1, 0, 0, 0)


def srgb_profile() -> bytes:
    """The profile's bytes, always the same (ICC.1:2010 sections 7.2, 10.13, 10.16, 10.31)."""
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + b"".join(map(_fixed, CURVE))
    tags = {
        b"desc": _text("sRGB"),
        b"cprt": _text("No rights reserved"),
        b"wtpt": _xyz(D50),
        **{name: _xyz(value) for name, value in PRIMARIES.items()},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    return _with_header(tags)


def _with_header(tags: dict[bytes, bytes]) -> bytes:
    table, data, places = b"", b"", dict[bytes, int]()
    start = 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        if value not in places:
            places[value] = start + len(data)
            data += value + bytes(-len(value) % 4)
        table += name + struct.pack(">II", places[value], len(value))
    header = struct.pack(">I4sI4s4s4s", start + len(data), bytes(4), 0x04200000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", *MADE, b"acsp") + bytes(28) + b"".join(map(_fixed, D50))
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, value))


def _text(text: str) -> bytes:
    data = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(data), 28) + data
