"""Mixed content as readable text."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvest.medline import markup

INLINE = [
    ("plain <i>S</i>-form, <b>bold</b> and <u>under</u>", "plain S-form, bold and under"),
    ("gave<i>race</i>mic", "gaveracemic"),
    ("10<sup>3</sup>", "10^3"),
    ("10<sup> 3</sup>", "10^3"),
    ("<i>10</i><sup>3</sup>", "10^3"),
    ("kg<sup>-1</sup>", "kg^-1"),
    ("Ca<sup>2+</sup>", "Ca^2+"),
    ("(a+b)<sup>2</sup>", "(a+b)^2"),
    ("x<sup>n<sup>2</sup></sup>", "x^n^2"),
    ("CD8<sup><i>hi</i></sup>", "CD8^hi"),
    ("α<sup>2</sup>", "α^2"),
    ("12<sup>th</sup> and 1<sup>ST</sup>", "12th and 1ST"),
    ("p<sup>th</sup>", "p^th"),
    ("Example<sup>®</sup><sup>™</sup>", "Example®™"),
    ("[<sup>11</sup>C] and <sup>18</sup>F", "[11C] and 18F"),
    ("<sup>a</sup>x", "ax"),
    ("<i>R</i> <sup>2</sup>", "R 2"),
    ("x<sup/>y<sup> </sup>z", "xy z"),
    ("SpO<sub>2</sub>, C<sub>max</sub>", "SpO2, Cmax"),
    ("10<sub>2</sub>, 5<sub>a</sub>", "10_2, 5a"),
    ("SO<sub>4</sub><sup>2-</sup>", "SO4^2-"),
    ("  a &#160;b&#8201;c\n\t d&#x2003;", "a b c d"),
    ("a&#8203;b", "a\u200bb"),
    ("&amp;lt; &lt; .", "&lt; < ."),
    ("a<DispFormula>b</DispFormula>c", "a b c"),
    ("a<unknown>b<deep>c</deep></unknown>d", "abcd"),
    ("", ""),
]

FORMULAS = [
    ("<mi>a</mi><mo>=</mo><mn>2</mn><mi>x</mi>", "a=2x"),
    ("<msup><mn>10</mn><mrow><mo>-</mo><mn>3</mn></mrow></msup>", "10^-3"),
    ("<msup><mi>e</mi><mrow><mi>x</mi><mo>+</mo><mn>1</mn></mrow></msup>", "e^(x+1)"),
    ("<msup><mi>f</mi><mo>′</mo></msup>", "f′"),
    ("<msup><mn>12</mn><mi>th</mi></msup>", "12th"),
    ("<mn>10</mn><msup><mrow/><mn>3</mn></msup>", "10^3"),
    ("<mo>[</mo><msup><mrow/><mn>11</mn></msup><mi>C</mi><mo>]</mo>", "[11C]"),
    ("<mi>x1</mi><mn>2</mn><mi>y</mi>", "x1 2y"),
    ("<msub><mi>x</mi><mn>1</mn></msub>", "x1"),
    ("<msub><mn>10</mn><mn>2</mn></msub>", "10_2"),
    ("<msub><mi>x</mi><mrow><mi>i</mi><mo>+</mo><mn>1</mn></mrow></msub>", "x_(i+1)"),
    ("<msubsup><mi>R</mi><mi>ad</mi><mn>2</mn></msubsup>", "Rad^2"),
    ("<mfrac><mi>a</mi><mi>b</mi></mfrac>", "a/b"),
    (
        "<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mrow><mn>2</mn><mo>-</mo><mi>c</mi></mrow></mfrac>",
        "(a+b)/(2-c)",
    ),
    ("<msqrt><mi>x</mi><mo>+</mo><mn>1</mn></msqrt>", "√(x+1)"),
    ("<mroot><mi>x</mi><mn>3</mn></mroot>", "3√(x)"),
    ("<munder><mi>lim</mi><mi>x</mi></munder>", "lim_x"),
    ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover>", "∑_(i=1)^n"),
    ("<mover><mi>x</mi><mo>¯</mo></mover>", "x¯"),
    ("<mfenced><mi>a</mi><mi>b</mi></mfenced>", "(a,b)"),
    ('<mfenced open="[" close="]" separators=";"><mi>a</mi><mi>b</mi></mfenced>', "[a;b]"),
    (
        "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd></mtr></mtable>",
        "1 2; 3",
    ),
    ("<mi>sin</mi><mo>\u2061</mo><mi>x</mi>", "sin x"),
    ("<mn>2</mn><mo>\u2062</mo><mi>kg</mi>", "2 kg"),
    ("<mn>2</mn><mn>3</mn>", "2 3"),
    ("<mi>m</mi><mi>a</mi><mi>x</mi>", "max"),
    ("\n <mtext> if \n so </mtext>\n ", "if so"),
    ("<semantics><mi>x</mi><annotation>\\x</annotation></semantics>", "x"),
    ("<semantics/>", ""),
    ("<mfrac><mi>a</mi></mfrac>", "a"),
    ("<mfrac>stray<mi>a</mi><mi>b</mi></mfrac>", "stray ab"),
]


@pytest.mark.parametrize(("xml", "text"), INLINE)
def test_inline_markup_reads_as_people_write_it(xml: str, text: str) -> None:
    """Bold and italic vanish, indices stay readable, and nothing else changes but white space."""
    assert markup.text(ElementTree.fromstring(f"<T>{xml}</T>")) == text


@pytest.mark.parametrize(("xml", "text"), FORMULAS)
@pytest.mark.parametrize("prefix", ["", "mml:"])
def test_a_formula_reads_in_one_line(prefix: str, xml: str, text: str) -> None:
    """MathML reads as one would type it, with or without a namespace."""
    prefixed = xml.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
    formula = f'<T xmlns:mml="http://www.w3.org/1998/Math/MathML"><{prefix}math>{prefixed}</{prefix}math></T>'
    assert markup.text(ElementTree.fromstring(formula)) == text


def test_a_formula_that_is_only_an_exponent_hangs_on_the_word_before_it() -> None:
    """``10`` before a formula with an empty base stays distinguishable from 103."""
    formula = "<math><msup><mi/><mn>3</mn></msup></math>"
    assert markup.text(ElementTree.fromstring(f"<T>10{formula} and {formula}</T>")) == "10^3 and 3"


def test_deep_nesting_is_read_to_its_end() -> None:
    """Markup as deep as the parser lets through does not exhaust the stack."""
    for name in ("i", "sup", "math", "DispFormula", "mrow"):
        depth = 250
        deep = f"<T><math>{f'<{name}>' * depth}x{f'</{name}>' * depth}</math></T>"
        assert "x" in markup.text(ElementTree.fromstring(deep))


NAMES = st.sampled_from(
    [
        "i",
        "b",
        "u",
        "sup",
        "sub",
        "math",
        "mrow",
        "mi",
        "mn",
        "msup",
        "msub",
        "mfrac",
        "msqrt",
        "mover",
        "mfenced",
        "mtable",
        "x",
    ]
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8).map(escape)
CONTENT = st.recursive(
    TEXTS,
    lambda inner: st.lists(
        inner | st.tuples(NAMES, inner).map(lambda pair: "<{0}>{1}</{0}>".format(*pair)), max_size=4
    ).map("".join),
    max_leaves=20,
)


@given(CONTENT)
def test_no_letter_and_no_digit_is_lost_or_made_up(content: str) -> None:
    """The letters and digits of any mixed content come out in their order: nothing is lost, doubled or glued over."""
    xml = f"<T>{content}</T>"
    found = markup.text(ElementTree.fromstring(xml.encode()))
    assert letters(found) == letters("".join(ET.fromstring(xml).itertext()))
    assert found == " ".join(found.split())


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
