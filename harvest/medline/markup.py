"""Mixed content to plain text: inline markup and MathML as readers write them in a line.

Only markup changes; the words and signs stay as PubMed gives them, and every run of white space becomes one blank.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from xml.etree.ElementTree import Element

_CLOSING = frozenset(")]}")
_MARKS = frozenset({"®", "™", "©", "℠", "′", "″"})
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
# MathML's operators without a shape: function application, invisible times, separator and plus
_INVISIBLE = dict.fromkeys(range(0x2061, 0x2065))
_SIMPLE = re.compile(r"[-+−–]?[\w.,]*+[′″]?|\([^()]*+\)")


def text(element: Element) -> str:
    """The text of an element on one line; empty where it has none."""
    said = _flow(element, "") if len(element) else element.text
    return " ".join(said.split()) if said else ""


def _flow(element: Element, before: str) -> str:
    """The text inside ``element``, whose last neighbour to the left is the character ``before``."""
    out = element.text or ""
    for child in element:
        out += _inline(child, out[-1:] or before) + (child.tail or "")
    return out


def _inline(element: Element, before: str) -> str:
    match _local_name(element):
        case "sup":
            return _raised(_flow(element, ""), before)
        case "sub":
            return _lowered(_flow(element, ""), before)
        case "math":
            return _attached(_math(element), before)
        case "DispFormula":
            return f" {_flow(element, '')} "
        case _:
            return _flow(element, before)


def _local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _raised(script: str, before: str) -> str:
    """``10^3``, ``Ca^2+``; plain where nothing precedes (``[11C]``), for ordinals (``12th``) and for marks (``®``)."""
    bare = script.strip()
    if not bare or not _carries(before) or _is_plain(bare, before):
        return script
    return "^" + script.lstrip()


def _is_plain(script: str, before: str) -> bool:
    """Whether a superscript reads as it stands: a mark, a prime, or the ending of an ordinal number."""
    return script in _MARKS or (before.isdigit() and script.lower() in _ORDINALS)


def _lowered(script: str, before: str) -> str:
    """``SpO2``, ``Cmax``; a digit under a digit keeps them apart: ``10_2``."""
    bare = script.lstrip()
    return "_" + bare if before.isdigit() and bare[:1].isdigit() else script


def _carries(before: str) -> bool:
    """Whether a superscript can hang on this character."""
    return before.isalnum() or before in _CLOSING


def _attached(formula: str, before: str) -> str:
    """A formula that begins with a bare exponent hangs on what precedes it, if that can carry it."""
    return formula if _carries(before) else formula.removeprefix("^")


def _math(element: Element) -> str:
    """The text of a MathML presentation element; what is not laid out by the standard reads as a row."""
    name = _local_name(element)
    if _has_own_text(element):
        return _row(element)
    if name in _WHOLE:
        return _WHOLE[name](element)
    arrange = _ARRANGED.get((name, len(element)))
    return arrange(*map(_math, element)) if arrange else _row(element)


def _has_own_text(element: Element) -> bool:
    return any((part or "").strip() for part in (element.text, *(child.tail for child in element)))


def _row(element: Element) -> str:
    pieces = [element.text or ""]
    for child in element:
        pieces += [_math(child), child.tail or ""]
    return _joined(" ".join(piece.translate(_INVISIBLE).split()) for piece in pieces)


def _joined(pieces: Iterable[str]) -> str:
    """Pieces of a formula side by side, with a blank where two words or two numbers would run together."""
    out = last = ""
    for piece in pieces:
        if piece:
            out += (" " if _runs_together(last, piece) else "") + (_attached(piece, out[-1:]) if out else piece)
            last = piece
    return out


def _runs_together(left: str, right: str) -> bool:
    if not (left[-1:].isalnum() and right[:1].isalnum()):
        return False
    return _is_word(left[-2:]) or _is_word(right[:2]) or (left[-1].isdigit() and right[0].isdigit())


def _is_word(letters: str) -> bool:
    return len(letters) == 2 and letters.isalpha()


def _grouped(part: str) -> str:
    """In brackets where it is more than one number or name."""
    return part if _SIMPLE.fullmatch(part) else f"({part})"


def _superscript(base: str, script: str) -> str:
    if not script or _is_plain(script, base[-1:]):
        return base + script
    return f"{base}^{_grouped(script)}"


def _subscript(base: str, script: str) -> str:
    group = _grouped(script)
    return f"{base}_{group}" if group != script else base + _lowered(script, base[-1:])


def _under(base: str, script: str) -> str:
    """A bound under an operator (``∑_(i=1)``), or an accent under a letter, which reads as it stands."""
    return f"{base}_{_grouped(script)}" if any(map(str.isalnum, script)) else base + script


def _over(base: str, script: str) -> str:
    return f"{base}^{_grouped(script)}" if any(map(str.isalnum, script)) else base + script


def _root(radicand: str, index: str) -> str:
    return f"{index}√({radicand})"


def _fraction(above: str, below: str) -> str:
    return f"{_grouped(above)}/{_grouped(below)}"


def _semantics(element: Element) -> str:
    """The presentation; its annotations repeat it in another notation."""
    return _math(element[0]) if len(element) else ""


def _fenced(element: Element) -> str:
    opening, closing = element.get("open", "("), element.get("close", ")")
    separator = element.get("separators", ",")[:1]
    return f"{opening}{separator.join(map(_math, element))}{closing}"


def _lines(element: Element) -> str:
    return "; ".join(map(_math, element))


def _cells(element: Element) -> str:
    return " ".join(map(_math, element))


_WHOLE: dict[str, Callable[[Element], str]] = {
    "semantics": _semantics,
    "msqrt": lambda element: f"√({_row(element)})",
    "mfenced": _fenced,
    "mtable": _lines,
    "mtr": _cells,
}

_ARRANGED: dict[tuple[str, int], Callable[..., str]] = {
    ("msup", 2): _superscript,
    ("msub", 2): _subscript,
    ("msubsup", 3): lambda base, low, high: _superscript(_subscript(base, low), high),
    ("mfrac", 2): _fraction,
    ("mroot", 2): _root,
    ("munder", 2): _under,
    ("mover", 2): _over,
    ("munderover", 3): lambda base, low, high: _over(_under(base, low), high),
}
