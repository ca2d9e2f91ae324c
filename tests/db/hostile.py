"""Studies out to harm whoever reads them, as PubMed could hand them out, and a home that loaded them.

Every text of a record carries something that a page must show and never obey. What would run sets ``window.harmed``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from click.testing import CliRunner

from harvest import home as homes
from harvest.cli import main
from tests.pubmed.invented import article_set, day

FIRST = 970_000_701

OTHER_ORIGIN = "https://elsewhere.invalid"
"""What asks this host for anything has been obeyed."""

HARM = "window.harmed=1"

MARKUP = {
    "script": f"<script>{HARM};alert(1)</script>",
    "script of elsewhere": f"<script src='{OTHER_ORIGIN}/harm.js'></script>",
    "end of the title": f"</title></textarea></style></noscript>--><script>{HARM}</script>",
    "end of a double quote": f'"><img src="x" onerror="{HARM}">',
    "end of a single quote": f"'><svg onload='{HARM}'>",
    "new attribute": f'" autofocus onfocus="{HARM}" style="position:fixed" x="',
    "frame": f'<iframe srcdoc="<script>parent.{HARM}</script>"></iframe>',
    "moving on": f'<meta http-equiv="refresh" content="0;url={OTHER_ORIGIN}/"><base href="{OTHER_ORIGIN}/">',
    "picture": f'<img src="{OTHER_ORIGIN}/pixel.gif"><link rel="stylesheet" href="{OTHER_ORIGIN}/harm.css">',
    "form": f'</form><form action="{OTHER_ORIGIN}/"><input name="q"><button>Search</button>',
    "escaped once": f"&lt;script&gt;{HARM}&lt;/script&gt;",
    "numbered entities": f"&#60;script&#62;{HARM}&#60;/script&#62;",
    "broken entities": "AT&T &nosuch; &#xD800; &#0; &#x110000; &amp &lt",
    "template": "{{ 7 * 7 }}{% raw %}{{ config }}",
    "end of CDATA": f"]]><script>{HARM}</script>",
    "SQL": "'; DROP TABLE studies; -- \" OR 1=1",
}
"""Texts that would be markup, an attribute or a template if they were not escaped."""

BIDI = "\u202eright to left\u202c \u2066isolated \u202dforced \u2067unclosed"
"""Controls that turn the direction of what follows, most of them never ended."""

ODD = "zero\u200bwidth a\u0301\u0301\u0301\u0301 \U0001f469\u200d\u2695\ufe0f \U000e0041 \ufeff \u2028 \u2029"
"""Letters that are not seen, pile up, or count for several."""

CONTROLS = "next\u0085line quote\u0092 delete\u007f none\ufdd0 of these \U0001fffe is text"
"""Code points that XML lets through and HTML does not."""

LINKS = (
    f"javascript:{HARM}",
    f"JaVaScRiPt:{HARM}//10.5555/harm",
    f"data:text/html,<script>{HARM}</script>",
    "//elsewhere.invalid/10.5555/harm",
    f'10.5555/harm" onclick="{HARM}',
    "10.5555/<script>harm</script>",
    "10.5555/../../../elsewhere",
    "10.5555/harm?a=1&b=2#c",
)
"""Identifiers that would be an address of another kind if they were trusted."""

LONG = 5_000
"""Characters of a title that is far too long."""

TOPIC = "Ketamine for depression and cognition"
"""What every record is about, so that it is tagged and found."""


def payloads() -> list[str]:
    """What the texts of the records carry, one for each record."""
    return [*MARKUP.values(), BIDI, ODD, CONTROLS]


def records() -> list[bytes]:
    """A record for each payload, which stands in all its texts, and records with titles that know no end."""
    common = [_article(FIRST + place, payload, place) for place, payload in enumerate(payloads())]
    first = FIRST + len(common)
    words = (f"{TOPIC} " * LONG)[:LONG]
    endless = "ketamine" + "x" * (LONG - len("ketamine"))
    return [*common, _article(first, "long", 0, title=words), _article(first + 1, "endless", 1, title=endless)]


def pmids() -> range:
    """The identifiers of the records."""
    return range(FIRST, FIRST + len(records()))


def make_hostile_home(folder: Path) -> Path:
    """A home that loaded the records by ``harvest load``."""
    homes.make(folder)
    file = folder.with_suffix(".xml")
    file.write_bytes(article_set(*records()))
    loaded = CliRunner().invoke(main, ["--home", str(folder), "load", str(file)], catch_exceptions=False)
    assert loaded.exit_code == 0, loaded.output
    return folder


def addresses() -> list[str]:
    """Where the records show, and addresses that carry what the records do."""
    return [
        "/",
        "/matrix",
        "/about",
        "/completeness",
        "/search",
        "/search?sort=published&size=100",
        "/search?q=ketamine&size=100",
        "/search?q=depression+NOT+rats",
        "/tag/condition/depression",
        "/tag/long_term_effect/cognition",
        *(f"/study/{pmid}" for pmid in pmids()),
        *(f"/study/{FIRST}?tag={quote(payload)}" for payload in MARKUP.values()),
        f"/study/{FIRST}?tag=condition:depression",
        *(f"/search?q={quote(payload)}" for payload in payloads()),
        f"/search?condition={quote(MARKUP['script'])}&sort={quote(MARKUP['script'])}&from={quote(MARKUP['script'])}",
        f"/matrix?species={quote(MARKUP['script'])}&relevance={quote(MARKUP['end of a double quote'])}",
    ]


def wrong_addresses() -> list[str]:
    """Addresses that lead nowhere and carry a payload."""
    return [f"/{kind}/{quote(payload, safe='')}" for kind in ("study", "tag", "tag/condition") for payload in _SHORT]


_SHORT = (MARKUP["script"], MARKUP["end of a double quote"], BIDI, f"javascript:{HARM}")


def _article(pmid: int, payload: str, place: int, title: str = "") -> bytes:
    text = escape(payload)
    link = escape(LINKS[place % len(LINKS)])
    quoted = quoteattr(payload)
    notice = ("RetractionIn", "ExpressionOfConcernIn", "ErratumIn", "UpdateOf", "CommentIn")[place % 5]
    return f"""<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{pmid}</PMID>\
<DateRevised>{day("2026-11-02")}</DateRevised><Article PubModel="Print"><Journal><ISSN IssnType="Print">{text}</ISSN>\
<JournalIssue CitedMedium="Internet"><Volume>{text}</Volume><Issue>{text}</Issue>\
<PubDate>{_date(payload, place)}</PubDate></JournalIssue><Title>Journal {text}</Title>\
<ISOAbbreviation>J {text}</ISOAbbreviation></Journal>\
<ArticleTitle>{escape(title) or f"{TOPIC}: {text} in 12 patients"}</ArticleTitle><Pagination>\
<MedlinePgn>{text}</MedlinePgn></Pagination><ELocationID EIdType="doi" ValidYN="Y">{link}</ELocationID>\
<Abstract>{_abstract(text, quoted)}<CopyrightInformation>Copyright {text}</CopyrightInformation></Abstract>\
<AuthorList CompleteYN="N">{"".join(_authors(text, link))}</AuthorList><Language>eng</Language>\
<DataBankList CompleteYN="Y"><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>\
<AccessionNumber>{link}</AccessionNumber><AccessionNumber>NCT00000001{text}</AccessionNumber></AccessionNumberList>\
</DataBank></DataBankList><GrantList CompleteYN="Y"><Grant><GrantID>{text}</GrantID><Agency>{text}</Agency>\
<Country>{text}</Country></Grant></GrantList><PublicationTypeList><PublicationType UI={quoted}>{text}</PublicationType>\
<PublicationType UI="D016449">Randomized Controlled Trial</PublicationType></PublicationTypeList>\
<VernacularTitle>{text}</VernacularTitle></Article><MedlineJournalInfo><MedlineTA>{text}</MedlineTA>\
<NlmUniqueID>{text}</NlmUniqueID></MedlineJournalInfo><ChemicalList><Chemical><RegistryNumber>{text}</RegistryNumber>\
<NameOfSubstance UI={quoted}>{text}</NameOfSubstance></Chemical></ChemicalList><CommentsCorrectionsList>\
<CommentsCorrections RefType="{notice}"><RefSource>{text}</RefSource><PMID Version="1">{pmid - 1}</PMID>\
<Note>{text}</Note></CommentsCorrections><CommentsCorrections RefType={quoted}><RefSource>{text}</RefSource>\
</CommentsCorrections></CommentsCorrectionsList><MeshHeadingList><MeshHeading>\
<DescriptorName UI={quoted} MajorTopicYN="Y">{text}</DescriptorName><QualifierName UI={quoted}>{text}</QualifierName>\
</MeshHeading><MeshHeading><DescriptorName UI="D006801" MajorTopicYN="N">Humans</DescriptorName></MeshHeading>\
</MeshHeadingList><OtherAbstract Type={quoted} Language="spa"><AbstractText>{text}</AbstractText></OtherAbstract>\
<KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">{text}</Keyword></KeywordList>\
<CoiStatement>{text}</CoiStatement><InvestigatorList><Investigator><LastName>{text}</LastName></Investigator>\
</InvestigatorList></MedlineCitation><PubmedData><History><PubMedPubDate PubStatus="pubmed">{day("2026-11-02")}\
</PubMedPubDate></History><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>\
<ArticleId IdType="doi">{link}</ArticleId><ArticleId IdType="pmc">PMC1{link}</ArticleId></ArticleIdList></PubmedData>\
</PubmedArticle>""".encode()


def _date(payload: str, place: int) -> str:
    """Mostly a date; sometimes a text where there should be one."""
    return f"<MedlineDate>{escape(payload)}</MedlineDate>" if place % 4 == 3 else "<Year>2026</Year><Month>Oct</Month>"


def _abstract(text: str, quoted: str) -> str:
    """Sections with payloads beside and within what the tagger reads."""
    sections = {
        "": f"Depression is common. {text}",
        "Methods": f"In this randomized trial 12 patients with depression {text} had ketamine; follow-up was 6 weeks.",
        "Results": f"Cognition {text} worsened significantly after repeated ketamine.",
    }
    labels = dict(zip(sections, (quoted, '"METHODS"', '"RESULTS"'), strict=True))
    return "".join(f"<AbstractText Label={labels[name]}>{said}</AbstractText>" for name, said in sections.items())


def _authors(text: str, link: str) -> Iterable[str]:
    """Some people by name, one of them with an identifier, and a group."""
    for place in range(14):
        yield (
            f"<Author ValidYN='Y'><LastName>{text}{place}</LastName><ForeName>{text}</ForeName>"
            f"<Initials>{text}</Initials><Suffix>{text}</Suffix><Identifier Source='ORCID'>{link}</Identifier>"
            f"<AffiliationInfo><Affiliation>{text}</Affiliation></AffiliationInfo></Author>"
        )
    yield f"<Author ValidYN='Y'><CollectiveName>{text}</CollectiveName></Author>"
