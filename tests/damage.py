"""Damaged bytes: what lines, disks, gateways and hands make of good ones; a given generator draws the damage."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Sequence

TOKENS = (
    *(b"<", b">", b"&", b"&amp;", b"&#0;", b"&#xD800;", b"&#x1F600;", b"&lol;", b"<!--", b"-->", b"<![CDATA[", b"]]>"),
    *(
        b"<?xml version='1.1'?>",
        b"<!DOCTYPE a [<!ENTITY lol 'lol'>]>",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\x1f\x8b",
    ),
    *(
        b"</PubmedArticle>",
        b"<PubmedArticle>",
        b"</PubmedArticleSet>",
        b"<PMID>",
        b"</item>",
        b"<html>",
        b"<!doctype html>",
    ),
    *(b'"', b"\\", b"\\ud800", b"{", b"}", b"[", b"]", b"null", b"NaN", b"1e999", b"-1", b'{"error":', b"\r\n\r\n"),
    *("é".encode(), "é".encode("latin-1"), "\u2028".encode(), b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"9" * 5_000),
)
"""What stands for something in XML, JSON, HTTP or an encoding."""

ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "utf-7",
    "latin-1",
    "cp1252",
    "koi8-r",
    "shift_jis",
    "utf-8-sig",
)

Damage = Callable[[random.Random, bytes], bytes]


def flip(chance: random.Random, whole: bytes) -> bytes:
    """Some bytes are other ones."""
    damaged = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 8))):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def cut(chance: random.Random, whole: bytes) -> bytes:
    """The end, the start or a part in between is missing."""
    first, last = _part(chance, whole)
    return chance.choice((whole[:first], whole[last:], whole[:first] + whole[last:]))


def insert(chance: random.Random, whole: bytes) -> bytes:
    """Something stands in it that does not belong there."""
    at = chance.randrange(len(whole) + 1)
    return whole[:at] + chance.choice((chance.choice(TOKENS), chance.randbytes(chance.randrange(1, 9)))) + whole[at:]


def repeat(chance: random.Random, whole: bytes) -> bytes:
    """A part comes twice, there or elsewhere."""
    first, last = _part(chance, whole)
    at = chance.choice((last, chance.randrange(len(whole) + 1)))
    return whole[:at] + whole[first:last] + whole[at:]


def swap(chance: random.Random, whole: bytes) -> bytes:
    """Two parts have changed places."""
    a, b, c = sorted(chance.randrange(len(whole) + 1) for _ in range(3))
    return whole[:a] + whole[b:c] + whole[a:b] + whole[c:]


def recode(chance: random.Random, whole: bytes) -> bytes:
    """It is in another encoding than it says, or says another one than it is in."""
    encoding = chance.choice(ENCODINGS)
    if chance.random() < 0.5:
        return whole.replace(b"UTF-8", encoding.encode(), 1)
    return whole.decode("utf-8", "replace").encode(encoding, "replace")


def nest(chance: random.Random, whole: bytes) -> bytes:
    """Elements, arrays or objects lie deep within one another."""
    opening, closing = chance.choice(((b"<i>", b"</i>"), (b"[", b"]"), (b'{"a":', b"}"), (b"<item>", b"</item>")))
    depth, at = chance.choice((10, 300, 3_000, 30_000)), chance.randrange(len(whole) + 1)
    return whole[:at] + opening * depth + b"1" + closing * chance.choice((depth, 0)) + whole[at:]


def swell(chance: random.Random, whole: bytes) -> bytes:
    """A part comes a great many times."""
    first, last = _part(chance, whole)
    piece = whole[first : min(last, first + chance.choice((1, 10, 100)))]
    return whole[:first] + piece * (chance.choice((10_000, 1_000_000)) // max(1, len(piece))) + whole[first:]


def pack(chance: random.Random, whole: bytes) -> bytes:
    """It is gzip, whole or damaged in one of the ways of everything else."""
    packed = gzip.compress(whole, 1, mtime=0)
    return chance.choice(
        (packed, flip(chance, packed), cut(chance, packed), insert(chance, packed), packed + packed[:99])
    )


DAMAGES: Sequence[Damage] = (flip, flip, cut, cut, insert, insert, insert, repeat, swap, recode, pack)
GROWTHS: Sequence[Damage] = (nest, swell)


def damaged(chance: random.Random, whole: bytes) -> bytes:
    """Bytes damaged once, or a few times over; one in a hundred grows large."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        whole = chance.choice(DAMAGES)(chance, whole) or b"\n"
    return chance.choice(GROWTHS)(chance, whole) if chance.random() < 0.01 else whole


def spoilt(chance: random.Random, record: bytes) -> bytes:
    """One record of many, damaged in a way that keeps within it."""
    return chance.choice((flip, cut, insert, repeat, swap))(chance, record)


def _part(chance: random.Random, whole: bytes) -> tuple[int, int]:
    first, last = sorted(chance.randrange(len(whole) + 1) for _ in range(2))
    return first, last
