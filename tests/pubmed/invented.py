"""Small invented records for tests of the local PubMed; markup may be given wherever PubMed has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

TRIAL = 970_000_001
LETTER = 970_000_002
RATS = 970_000_003
OLD = 970_000_004
CHAPTER = 970_000_005


def article(
    pmid: int,
    *,
    title: str = "An invented study.",
    abstract: Sequence[tuple[str, str]] = (),
    keywords: Iterable[str] = (),
    mesh: Iterable[str] = (),
    majr: Iterable[str] = (),
    substances: Iterable[str] = (),
    types: Iterable[str] = ("Journal Article",),
    authors: Iterable[tuple[str, str, str]] = (),
    created: str = "2026-11-02",
    entered: str = "",
    revised: str = "",
    printed: str = "<Year>2026</Year>",
    electronic: str = "",
    language: str = "eng",
    status: str = "MEDLINE",
    state: str = "ppublish",
    version: int = 1,
    ids: Iterable[tuple[str, str]] = (),
    inside: str = "",
) -> bytes:
    """One PubmedArticle in the order of the DTD. ``inside`` stands where CommentsCorrectionsList does."""
    sections = "".join(f"<AbstractText{_label(label)}>{text}</AbstractText>" for label, text in abstract)
    headings = [(name, "N") for name in mesh] + [(name, "Y") for name in majr]
    return f"""<PubmedArticle><MedlineCitation Status="{status}" Owner="NLM"><PMID Version="{version}">{pmid}</PMID>\
<DateRevised>{day(revised or created)}</DateRevised><Article PubModel="Print"><Journal>\
<ISSN IssnType="Print">0000-0019</ISSN><JournalIssue CitedMedium="Internet"><Volume>7</Volume>\
<PubDate>{printed}</PubDate></JournalIssue><Title>Invented journal of tests</Title>\
<ISOAbbreviation>Invented J Tests</ISOAbbreviation></Journal><ArticleTitle>{title}</ArticleTitle>\
<ELocationID EIdType="doi" ValidYN="Y">10.5555/invented.{pmid}</ELocationID>{_list("Abstract", sections)}\
{_list("AuthorList", "".join(_author(*author) for author in authors))}<Language>{language}</Language>\
{_list("PublicationTypeList", _each("PublicationType", types, ' UI="D000000"'))}\
{_list('ArticleDate DateType="Electronic"', day(electronic) if electronic else "")}</Article>\
<MedlineJournalInfo><MedlineTA>Invented J Tests</MedlineTA><NlmUniqueID>000000001</NlmUniqueID></MedlineJournalInfo>\
{_list("ChemicalList", "".join(_chemical(name) for name in substances))}{inside}\
{_list("MeshHeadingList", "".join(_heading(*heading) for heading in headings))}\
{_list('KeywordList Owner="NOTNLM"', _each("Keyword", keywords, ' MajorTopicYN="N"'))}</MedlineCitation><PubmedData>\
<History>{_stamp("pubmed", entered or created)}{_stamp("entrez", created)}</History>\
<PublicationStatus>{state}</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>\
<ArticleId IdType="doi">10.5555/invented.{pmid}</ArticleId>\
{"".join(f'<ArticleId IdType="{kind}">{value}</ArticleId>' for kind, value in ids)}</ArticleIdList></PubmedData>\
</PubmedArticle>""".encode()


def records() -> list[bytes]:
    """Five records that differ in everything that a search can tell apart."""
    return [
        article(
            TRIAL,
            title="Repeated <i>S</i>-ketamine for treatment-resistant depression: an invented trial.",
            abstract=[("BACKGROUND", "Relapse is common."), ("CONCLUSIONS", "Mood improved at 10<sup>3</sup> ng/mL.")],
            keywords=["esketamine", "maintenance treatment"],
            mesh=["Humans", "Depressive Disorder, Treatment-Resistant"],
            majr=["Ketamine"],
            substances=["Ketamine", "Esketamine"],
            types=["Journal Article", "Randomized Controlled Trial"],
            authors=[("Samplewood", "Ada Q", "AQ"), ("Fictner", "Ben", "B")],
            created="2026-11-20",
            printed="<Year>2026</Year><Month>Nov</Month>",
            electronic="2026-10-05",
            ids=[("pmc", "PMC97000001")],
        ),
        article(
            LETTER,
            title="Ketamine and caf&#xe9; au lait: a letter.",
            types=["Letter"],
            authors=[("Samplewood", "Carl", "C")],
            created="2026-11-10",
            printed="<MedlineDate>2026 Sep-Oct</MedlineDate>",
            status="Publisher",
            state="aheadofprint",
        ),
        article(
            RATS,
            title="Anaesthesia of rats with ketamine and xylazine.",
            abstract=[("", "Rats slept. Depression scores were not taken."), ("RESULTS", "Cognitive tests were run.")],
            mesh=["Animals", "Ketamine"],
            created="2026-10-31",
            printed="<Year>2026</Year><Season>Spring</Season>",
        ),
        article(
            OLD,
            title="Dissoziative Narkose.",
            language="ger",
            keywords=["Ketanest"],
            created="2026-11-15",
            entered="1976-05-01",
            revised="2026-11-16",
            printed="<Year>1976</Year>",
        ),
        book(CHAPTER, "Bladder harm", "Invented handbook"),
    ]


def book(pmid: int, title: str, book_title: str) -> bytes:
    """One chapter of a book, entered on 2026-11-05."""
    return f"""<PubmedBookArticle><BookDocument><PMID Version="1">{pmid}</PMID><ArticleIdList>\
<ArticleId IdType="bookaccession">NBK970001</ArticleId></ArticleIdList><Book><Publisher><PublisherName>Invented Press\
</PublisherName></Publisher><BookTitle book="invented">{book_title}</BookTitle><PubDate><Year>2025</Year></PubDate>\
</Book><ArticleTitle book="invented" part="one">{title}</ArticleTitle><Language>eng</Language>\
<PublicationType UI="D016454">Review</PublicationType><Abstract><AbstractText>Ketamine cystitis.</AbstractText>\
</Abstract></BookDocument><PubmedBookData><History>{_stamp("entrez", "2026-11-05")}</History>\
<PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>\
</ArticleIdList></PubmedBookData></PubmedBookArticle>""".encode()


def article_set(*records: bytes, deleted: Iterable[int] = ()) -> bytes:
    """A file's worth of records."""
    gone = _list("DeleteCitation", "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in deleted))
    inner = b"\n".join(records) + gone.encode()
    return b'<?xml version="1.0" encoding="UTF-8"?>\n<PubmedArticleSet>\n' + inner + b"\n</PubmedArticleSet>\n"


def day(iso: str) -> str:
    """An ISO day as the DTD writes it."""
    year, month, number = iso.split("-")
    return f"<Year>{year}</Year><Month>{month}</Month><Day>{number}</Day>"


def _stamp(status: str, iso: str) -> str:
    return f'<PubMedPubDate PubStatus="{status}">{day(iso)}</PubMedPubDate>'


def _label(label: str) -> str:
    return f' Label="{label}"' if label else ""


def _list(start: str, inner: str) -> str:
    return f"<{start}>{inner}</{start.split()[0]}>" if inner else ""


def _each(tag: str, values: Iterable[str], attributes: str) -> str:
    return "".join(f"<{tag}{attributes}>{value}</{tag}>" for value in values)


def _author(last: str, first: str, initials: str) -> str:
    return (
        f'<Author ValidYN="Y"><LastName>{last}</LastName><ForeName>{first}</ForeName>'
        f"<Initials>{initials}</Initials></Author>"
    )


def _chemical(name: str) -> str:
    return f'<Chemical><RegistryNumber>0</RegistryNumber><NameOfSubstance UI="C0">{name}</NameOfSubstance></Chemical>'


def _heading(name: str, major: str) -> str:
    return (
        f'<MeshHeading><DescriptorName UI="D0" MajorTopicYN="{major}">{name}</DescriptorName>'
        '<QualifierName UI="Q000009" MajorTopicYN="N">adverse effects</QualifierName></MeshHeading>'
    )
