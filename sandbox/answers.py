"""Third part: what travels between the judge and the untrusted process.

Frames of JSON, never pickles: reading an answer runs no code of the other side. Values arrive as plain values of built-in
types, whatever class they had; a value of any other class arrives as an `Opaque`, which equals nothing but itself.
"""
import builtins
import json

MOST_ITEMS = 100_000  # taken from an iterator
BIG = 1 << 4096  # decimal digits are slow and limited beyond


class Opaque:
    """Stands for an object of a class that does not travel. Keeps its truth value."""

    def __init__(self, name, truth):
        self.name, self.truth = name, truth

    def __bool__(self):
        return self.truth

    def __repr__(self):
        return "<" + self.name + ">"


def packed(value):
    """`value` as JSON data: null, true, false, number or text as such, all else as [tag, ...]."""
    if value is None or value is True or value is False:
        return value
    if isinstance(value, int):
        value = int.__index__(value)
        return value if -BIG < value < BIG else ["x", hex(value)]
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, str):
        return str.__str__(value)
    for tag, kind in (("l", list), ("t", tuple), ("s", set), ("z", frozenset)):
        if isinstance(value, kind):
            return [tag, *(packed(item) for item in kind.__iter__(value))]
    if isinstance(value, dict):
        return ["d", *([packed(key), packed(item)] for key, item in dict.items(value))]
    if isinstance(value, (bytes, bytearray)):
        return ["b" if isinstance(value, bytes) else "y", bytes(value).hex()]
    if isinstance(value, complex):
        return ["c", value.real, value.imag]
    if type(value) is range:
        return ["r", value.start, value.stop, value.step]
    return packed_object(value)


def packed_object(value):
    name = type(value).__name__
    if name in ("Fraction", "Decimal") and type(value).__module__ in ("fractions", "decimal"):
        return [name, str(value)]
    if name == "deque" and type(value).__module__ == "collections":
        return ["q", *(packed(item) for item in value)]
    if hasattr(type(value), "__next__"):
        items = []
        for item in value:
            items.append(packed(item))
            if len(items) == MOST_ITEMS:
                break
        return ["i", *items]
    return ["o", name, bool(value)]


def unpacked(data):
    """The value that `packed` described. Raises ValueError, TypeError, KeyError or IndexError on anything else."""
    if not isinstance(data, list):
        if isinstance(data, dict):
            raise ValueError("no value")
        return data
    tag, *rest = data
    if tag in COLLECTIONS:
        return COLLECTIONS[tag](unpacked(item) for item in rest)
    return SCALARS[tag](*rest)


def unpacked_iterator(items):
    return iter(list(items))


def unpacked_deque(items):
    from collections import deque

    return deque(items)


def unpacked_fraction(text):
    from fractions import Fraction

    return Fraction(text)


def unpacked_decimal(text):
    from decimal import Decimal

    return Decimal(text)


COLLECTIONS = {
    "l": list,
    "t": tuple,
    "s": set,
    "z": frozenset,
    "i": unpacked_iterator,
    "q": unpacked_deque,
}
SCALARS = {
    "d": lambda *pairs: {unpacked(key): unpacked(item) for key, item in pairs},
    "x": lambda text: int(text, 16),
    "b": bytes.fromhex,
    "y": bytearray.fromhex,
    "c": complex,
    "r": range,
    "o": lambda name, truth: Opaque(str(name), truth is True),
    "Fraction": unpacked_fraction,
    "Decimal": unpacked_decimal,
}


def framed(message):
    text = json.dumps(message).encode("ascii")
    return len(text).to_bytes(4, "big") + text


def read_exactly(fd, count):
    """Not a byte more: what follows may be for other eyes."""
    parts = bytearray()
    while len(parts) < count:
        part = os.read(fd, min(count - len(parts), 1 << 16))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def read_frame(fd):
    return json.loads(read_exactly(fd, int.from_bytes(read_exactly(fd, 4), "big")))


def write_all(fd, content):
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]


def copy_changes(mine, changed):
    """A call by message hands over copies; a list, dictionary or set that the function changed is changed here too."""
    if type(mine) is not type(changed) or mine == changed:
        return
    if isinstance(mine, list):
        mine[:] = changed
    elif isinstance(mine, (dict, set)):
        mine.clear()
        mine.update(changed)


class UnknownError(Exception):
    pass


def exception_named(name):
    kind = getattr(builtins, name, None)
    if not isinstance(kind, type) or not issubclass(kind, Exception) or issubclass(kind, UnicodeError):
        return type(name[:80], (UnknownError,), {})
    return kind


def described(error):
    text = str(error)
    return type(error).__name__ + (": " + text if text else "")
