"""Comparison: whether two runs of a program did the same, chance aside."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from programs import Outcome

Mask = Callable[[bytes], bytes]


@dataclass
class Comparison:
    """What the comparison of a run with a run by plain Python found."""

    # In what they differ, with the first difference.
    differences: list[str] = field(default_factory=list)
    # In what two runs by plain Python differ as well, so that nothing can be said.
    unsteady: list[str] = field(default_factory=list)


def compare(plain: Outcome, other: Outcome, again: Callable[[], Outcome]) -> Comparison:
    """Compares a run with one by plain Python. Where they differ, `again` runs plain Python once
    more: what differs between its own two runs (times, random numbers) is compared but for words
    that begin with a digit, and where even that differs, not at all."""
    one, two = aspects(plain), aspects(other)
    comparison = Comparison()
    suspects = differing(one, two, without_chance)
    if not suspects:
        return comparison
    third = aspects(again())
    varying = differing(one, third, without_chance)
    unsteady = differing(one, third, without_numbers)
    masked = differing(one, two, without_numbers)
    for aspect in suspects:
        if aspect in unsteady:
            comparison.unsteady.append(aspect)
        elif aspect not in varying or aspect in masked:
            difference = first_difference(one.get(aspect), two.get(aspect))
            comparison.differences.append(aspect + difference)
    return comparison


def aspects(outcome: Outcome) -> dict[str, bytes]:
    """What is known of a run, each under its name."""
    files = {f"file {name}": content for name, content in outcome.files.items()}
    streams = {"stdout": outcome.stdout, "stderr": outcome.stderr}
    return {"exit": outcome.end.encode(), **streams, **files}


def differing(one: dict[str, bytes], other: dict[str, bytes], mask: Mask) -> list[str]:
    def is_same(name: str) -> bool:
        if name not in one or name not in other:
            return False
        return one[name] == other[name] or mask(one[name]) == mask(other[name])

    return [name for name in sorted({*one, *other}) if not is_same(name)]


def without_chance(text: bytes) -> bytes:
    """Writes every address, such as `0x7f3a5c2d1e80`, and every time that was taken, such as
    `0.009s`, in one way. Shorter numbers may mean something."""
    text = re.sub(rb"\b0x[0-9a-fA-F]{6,}\b", b"0x...", text)
    return re.sub(rb"(?<![\w.])\d+\.\d+s(?![\w.])", b"...s", text)


def without_numbers(text: bytes) -> bytes:
    """Writes every word that begins with a digit in one way, without its sign, that of its exponent
    and the blanks that line such words up."""
    text = re.sub(rb"(?:(?<![0-9A-Za-z])|(?<=[eE]))[-+](?=\d)", b"", text)
    return re.sub(rb"(?<![\w.])\d[\w.]*", b"0", text).replace(b" ", b"")


def first_difference(plain: bytes | None, other: bytes | None) -> str:
    """The first line in which two texts differ, for a person to see what is wrong."""
    if plain is None:
        return " should not be there"
    if other is None:
        return " is missing"
    try:
        one, two = plain.decode().split("\n"), other.decode().split("\n")
    except UnicodeDecodeError:
        return ", which is not text"
    one = [line + "\n" for line in one[:-1]] + one[-1:] * (one[-1] != "")
    two = [line + "\n" for line in two[:-1]] + two[-1:] * (two[-1] != "")
    at = 0
    while at < min(len(one), len(two)) and one[at] == two[at]:
        at += 1

    def shown(lines: list[str]) -> str:
        return json.dumps(lines[at], ensure_ascii=False) if at < len(lines) else "nothing"

    return f", line {at + 1}: plain Python has {shown(one)} and clew {shown(two)}"
