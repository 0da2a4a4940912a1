"""A small sRGB colour profile, so that the colours of a certificate are the same on every screen and press.

ICC version 2, because ISO 19005-1 (PDF/A-1) knows no later one.
"""

import struct
from functools import lru_cache
from typing import Final

D50: Final = (0.9642, 1.0, 0.8249)
PRIMARIES: Final = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
"""The sRGB primaries adapted to D50 (IEC 61966-2-1, Bradford), which add up to the white point."""

POINTS: Final = 512
"""So many points of the curve are written down; readers draw straight lines between them."""
MADE: Final = (2026, 1, 1, 0, 0, 0)


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The profile's bytes, always the same (ICC.1:2001-04 sections 6.1, 6.5.3, 6.5.17, 6.5.18, 6.5.26)."""
    levels = [round(65535 * _linear(point / (POINTS - 1))) for point in range(POINTS)]
    curve = b"curv" + bytes(4) + struct.pack(f">I{POINTS}H", POINTS, *levels)
    tags = {
        b"desc": _description(b"sRGB\0"),
        b"cprt": b"text" + bytes(4) + b"No rights reserved\0",
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
    header = struct.pack(">I4sI4s4s4s", start + len(data), bytes(4), 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s", *MADE, b"acsp") + bytes(28) + b"".join(map(_fixed, D50))
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, value))


def _linear(level: float) -> float:
    """The light of a level between 0 and 1 (IEC 61966-2-1 section 5.2)."""
    return level / 12.92 if level <= 0.04045 else float(((level + 0.055) / 1.055) ** 2.4)


def _description(text: bytes) -> bytes:
    """The name in ASCII; the places for other scripts, which version 2 asks for, stay empty."""
    return b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(4 + 4 + 2 + 1 + 67)
