"""A study's page says what the study found, why it is tagged, and where it stands."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

import pytest

from tests.db.filled import BARE, CORRECTED, ELSEWHERE, FULL, HOSTILE, RETRACTED, TODAY
from tests.db.site import Site


def words(page: str) -> str:
    """What a reader sees of a page, with one blank between words."""
    apart = re.sub(r"</?(?:li|p|div|d[ltd]|ul|h\d|t[rhd]|section)\b[^>]*>", " ", page.split("</head>")[-1])
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", apart))).strip()


def flat(page: str) -> str:
    """A page with one blank for each run of white space."""
    return re.sub(r"\s+", " ", page)


def part(page: str, heading: str) -> str:
    """The part of a page from a heading to the next of its rank."""
    return page.split(f'<h2 id="{heading}">')[1].split("<h2")[0]


def test_a_study_is_readable(site: Site) -> None:
    """The page shows title, abstract in sections, tags with their phrases, and the record."""
    page = site.page(f"/study/{FULL}")
    assert "<title>Memory after repeated infusions for resistant depression – " in page
    assert "<h1><bdi>Memory after repeated infusions for resistant depression</bdi></h1>" in page
    assert "<h3><bdi>Methods</bdi></h3>" in page
    seen = words(page)
    for told in (
        "In a cohort of 80 adults memory was tested after twelve weeks of treatment.",
        "Invented Annals of Memory 2026-11-03; 12 (3): 45-51",
        "80 participants · followed 12 weeks",
        "Long-term effect",
        "found: no change",
        "memory was tested Methods",
        "resistant depression title",
        "MeSH heading Memory",
        "80 adults Methods",
        "drug effects, physiology",
        "recall of lists",
        "Observational Study",
        "Example Study Group",
        "Sample record, invented.",
        "X1, Invented Agency",
        "Memory held.",
    ):
        assert told in seen, told


def test_a_study_leads_on(site: Site) -> None:
    """It links to PubMed, its DOI, its free text, its trial, its author, its tags, its data and studies held here."""
    page = site.page(f"/study/{FULL}")
    for address in (
        f"https://pubmed.ncbi.nlm.nih.gov/{FULL}/",
        "https://doi.org/10.5555/sample.901",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC97000901/",
        "https://clinicaltrials.gov/study/NCT00000901",
        "https://orcid.org/0000-0000-0000-0017",
        f"/study/{BARE}",
        "/tag/condition/depression",
        f"/ketamine/studies/{FULL}",
        f"/ketamine/studies/{FULL}.json?_shape=array",
        f"/ketamine/tag_evidence?pmid={FULL}",
        f"/ketamine/why_tagged?pmid={FULL}",
    ):
        assert f'href="{address}"' in page, address


def test_all_evidence_is_marked_until_a_tag_is_chosen(site: Site) -> None:
    """Each phrase in place, with its tag; sentences that tell a finding in another way; nothing stands out."""
    abstract = part(site.page(f"/study/{FULL}"), "abstract").split('<p class="hint key">')[0]
    assert 'In a cohort of <span class="why" title="Participants">80 adults</span> <span' in abstract
    assert '<span class="why" title="Cognition">memory was tested</span> after' in abstract
    assert '<mark class="sentence" title="Cognition: no change">' in abstract
    assert '<mark class="chosen">' not in abstract


def test_a_chosen_tag_shows_its_evidence_alone(site: Site) -> None:
    """Its phrases and the sentence of its finding are marked and told in words; so for a tag, so for a number."""
    page = site.page(f"/study/{FULL}?tag=long_term_effect:cognition")
    abstract = part(page, "abstract")
    assert abstract.count('<mark class="chosen"><span class="visually-hidden"> [evidence: </span>') == 1
    assert '[evidence: </span><span class="why" title="Cognition">memory was tested</span>' in abstract
    assert (
        '[Cognition: no change: </span>Memory did not change.<span class="visually-hidden">] </span></mark>' in abstract
    )
    told = words(abstract.split('id="evidence"')[1].split("</div>")[0])
    assert "Evidence for “Cognition”, found: no change" in told
    assert "memory was tested Methods MeSH heading Memory" in told
    assert "Finding: Memory did not change." in told
    assert page.count('aria-current="true"') == 1

    number = part(site.page(f"/study/{FULL}?tag=participants:80"), "abstract")
    assert '[evidence: </span><span class="why" title="Participants">80 adults</span>' in number
    assert "Evidence for “Participants: 80”" in words(number)
    assert 'mark class="sentence" title' not in number


@pytest.mark.parametrize("tag", ["condition:crps", "nonsense", ":", "", "condition:", '"><script>'])
def test_a_tag_that_the_study_does_not_have_chooses_nothing(site: Site, tag: str) -> None:
    """The page is as without it."""
    assert part(site.page(f"/study/{FULL}", tag=tag), "abstract") == part(site.page(f"/study/{FULL}"), "abstract")


def test_every_tag_and_number_can_be_chosen(site: Site) -> None:
    """Each is a link to the page on which its evidence is told."""
    page = site.page(f"/study/{FULL}")
    links = re.findall(r'class="choose" href="([^"]*)#evidence"', page)
    assert len(links) == 5
    for link in links:
        assert 'id="evidence"' in site.page(unescape(link)), link


def test_a_finding_without_a_sentence_says_so(site: Site) -> None:
    """A reader need not look for it."""
    page = site.page(f"/study/{CORRECTED}?tag=long_term_effect:urinary")
    assert "found: worse" in words(page)
    assert "No one sentence tells the finding." in page


def test_accuracy_of_each_kind_of_tag_is_told(site: Site) -> None:
    """With its interval, what it was measured on, and whether the rules have changed since."""
    page = flat(site.page(f"/study/{FULL}"))
    assert '<a href="#accuracy">F1 0.85 (0.75 to 0.91)</a>' in page
    table = page.split('id="accuracy"')[1].split("</table>")[0]
    measured = "<td>F1 0.85 (0.75 to 0.91)</td><td>Two readers, 150 studies; the rules have changed since</td>"
    assert f'<th scope="row">Condition, all tags</th>{measured}' in table
    assert f'<th scope="row">Depression</th>{measured}' in table
    for unmeasured in ("Long-term effect, all tags", "Participants", "What was found, all effects"):
        assert f'<th scope="row">{unmeasured}</th><td>not measured</td>' in table
    assert "agreement not measured" in page


def test_accuracy_agrees_with_the_saved_query(site: Site) -> None:
    """The figures of a facet are those from which a researcher starts."""
    page = site.page(f"/study/{FULL}")
    [row] = site.rows("accuracy")
    assert 'href="/ketamine/accuracy"' in page
    assert f"F1 {row['f1']} ({row['f1_interval']})" in page
    assert f"{row['measured_on']}, {row['studies']} studies" in page


def test_the_evidence_agrees_with_the_saved_query(site: Site) -> None:
    """Every phrase behind a tag that the query gives is on the page on which the tag is chosen."""
    for row in site.rows("why_tagged", pmid=FULL):
        facet, label = row["facet"], row["label"]
        slug = {"Depression": "depression", "Cognition": "cognition"}.get(label, "treatment-resistant-depression")
        tag = f"{facet}:{slug if facet in ('condition', 'long_term_effect') else label}"
        assert row["phrase"] in words(site.page(f"/study/{FULL}", tag=tag)), row


@pytest.mark.parametrize(("pmid", "told"), [(RETRACTED, "Retracted."), (CORRECTED, "Corrected.")])
def test_a_notice_comes_first(site: Site, pmid: int, told: str) -> None:
    """A retracted or corrected study says so above its title."""
    page = site.page(f"/study/{pmid}")
    assert page.index(f"<strong>{told}</strong>") < page.index("<h1>")


def test_a_retraction_leads_to_its_notice(site: Site) -> None:
    """The banner links the notice at PubMed where it is not held here; the citation to copy names it."""
    page = site.page(f"/study/{RETRACTED}")
    banner = flat(page.split("<h1>")[0])
    notice = f'<a href="https://pubmed.ncbi.nlm.nih.gov/{ELSEWHERE}/">Invented Ann. 2021;2:9</a>'
    assert f"Retraction in: <bdi>{notice}</bdi>" in banner
    assert "Retraction in: Invented Ann. 2021;2:9." in part(page, "cite")
    assert "PubMed gives no link to the notice." in site.page(f"/study/{CORRECTED}").split("<h1>")[0]


def test_a_preprint_and_what_became_of_it_lead_to_each_other(site: Site) -> None:
    """Each says on top that there is the other."""
    published, preprint = (flat(site.page(f"/study/{pmid}").split("<h1>")[0]) for pmid in (FULL, BARE))
    assert f'The preprint of this study is <a href="/study/{BARE}"><bdi>Invented preprints. 2025</bdi>' in published
    assert f'This is a preprint. It was published as <a href="/study/{FULL}"><bdi>Memory after' in preprint


def test_a_withdrawn_study_says_so_first(site: Site) -> None:
    """The record is kept and marked with the day on which PubMed was found to have it no longer."""
    banner = site.page(f"/study/{HOSTILE}").split("<h1>")[0]
    assert "PubMed no longer has this record since 2026-03-01" in banner
    assert "this record since" not in site.page(f"/study/{FULL}")


def test_a_bare_record_says_what_is_missing(site: Site) -> None:
    """A record without title and abstract has a page that says so and leaves out what is not known."""
    page = site.page(f"/study/{BARE}")
    assert "Untitled record" in page
    assert "No abstract in PubMed." in page
    article = words(page.split("<article")[1].split("The data:")[0])
    for absent in ("Participants", "Follow-up", "DOI", "In PubMed since", "None", "and why", "Similar"):
        assert absent not in article, absent


def test_a_study_without_an_abstract_says_so_beside_its_tags(site: Site) -> None:
    """They rest on less."""
    assert "No abstract in PubMed." in site.page(f"/study/{CORRECTED}")
    assert "No abstract: the tags rest on title, keywords" in site.page(f"/study/{CORRECTED}")
    assert "No abstract: the tags" not in site.page(f"/study/{FULL}")


def test_a_link_of_the_other_study_is_shown_as_such(site: Site) -> None:
    """A comment that only the commenting record states is on both pages, and on one of them marked."""
    mark = "(only the other record says so)"
    bare = flat(site.page(f"/study/{BARE}"))
    assert f'<bdi>Comment in</bdi>: <a href="/study/{FULL}"><bdi>Memory after' in bare
    assert mark in bare
    assert mark not in site.page(f"/study/{FULL}")


def test_a_verdict_of_a_person_is_shown_as_such(site: Site) -> None:
    """A tag that a person gave or took away has the reason beside it."""
    page = site.page(f"/study/{CORRECTED}")
    assert "<strong>by a person:</strong> <bdi>The full text says so.</bdi>" in page
    removed = page.split("Tags that a person took away")[1]
    assert "Complex regional pain syndrome (condition)" in removed
    assert "<strong>by a person:</strong> <bdi>Only in &lt;script&gt;" in removed
    assert "a person took away" not in site.page(f"/study/{FULL}")


def test_a_study_shows_its_history(site: Site) -> None:
    """What changed since it came here is listed by day, a long text behind its beginning."""
    history = flat(part(site.page(f"/study/{CORRECTED}"), "changes"))
    assert f"<h3>{TODAY - timedelta(days=1)}</h3>" in history
    assert history.index("Notice:") < history.index("DOI:")
    assert '<em>nothing</em> → <q dir="auto">10.5555/sample.905</q>' in history
    assert "<details" in part(site.page(f"/study/{HOSTILE}"), "changes")
    assert 'id="changes"' not in site.page(f"/study/{BARE}")


def test_similar_studies_say_what_they_share(site: Site) -> None:
    """A retracted one among them is called so, and the study itself is none of them."""
    section = flat(part(site.page(f"/study/{FULL}"), "similar"))
    assert f'href="/study/{RETRACTED}"' in section
    assert '<strong class="notice retracted">Retracted</strong>' in section
    assert re.search(r"Both: [^<]*Cognition", section)
    assert f'href="/study/{FULL}"' not in section


def test_a_citation_can_be_copied(site: Site) -> None:
    """It is plain text in a field of its own."""
    cited = part(site.page(f"/study/{FULL}"), "cite")
    assert (
        "Samplewood. Memory after repeated infusions for resistant depression. Invented Annals of Memory."
        f" 2026 Nov 3;12(3):45-51. doi: 10.5555/sample.901. PMID: {FULL}. PMCID: PMC97000901.</textarea>"
    ) in cited
    assert "readonly" in cited
    assert '<label for="citation">' in cited


@pytest.mark.parametrize(
    ("pmid", "told"),
    [
        (1, "No source of this site has named it"),
        (ELSEWHERE, "it waits to be fetched from PubMed"),
        (ELSEWHERE - 1, "PubMed gave no record for it"),
    ],
)
def test_a_study_that_is_not_here_says_what_to_do(site: Site, pmid: int, told: str) -> None:
    """What is known of it, with the way to PubMed and to the search."""
    answer = site.get(f"/study/{pmid}")
    assert answer.status_code == 404
    assert told in answer.text
    assert f'href="https://pubmed.ncbi.nlm.nih.gov/{pmid}/"' in answer.text
    assert 'href="/search"' in answer.text


@pytest.mark.parametrize("typed", ["x", "0", "-1", "1e9", "9" * 40, "%D9%A1", "%22%3E%3Cscript%3E"])
def test_what_is_no_pmid_is_told_so(site: Site, typed: str) -> None:
    """With what it should be."""
    answer = site.get(f"/study/{typed}")
    assert answer.status_code == 404
    assert "must be the PubMed identifier" in answer.text


def test_a_number_written_in_another_way_leads_to_the_study(site: Site) -> None:
    """A study has one address."""
    answer = site.get(f"/study/00{FULL}")
    assert (answer.status_code, answer.headers["location"]) == (302, f"/study/{FULL}")


def test_without_a_database_there_is_no_study(empty_site: Site) -> None:
    """The page says so like for any study that is not here."""
    assert empty_site.get("/study/1").status_code == 404


def test_the_plain_row_leads_to_the_page(site: Site) -> None:
    """The row of a study is Datasette's own, with every column, and one link on top."""
    row = site.page(f"/ketamine/studies/{FULL}")
    assert row.index(f'<a href="/study/{FULL}">Read this study</a>') < row.index("<h1")
    assert 'class="col-fingerprint' in row
    assert f"/ketamine/tag_evidence?pmid={FULL}" in row
    assert "Read this study" not in site.page("/ketamine/tags/condition,crps")


class Nesting(HTMLParser):
    """Notes what is left open or closed out of turn."""

    VOID = frozenset({"meta", "link", "br", "input", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids.extend(value or "" for name, value in attrs if name == "id")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


@pytest.mark.parametrize("pmid", [FULL, RETRACTED, BARE, HOSTILE, CORRECTED, 1])
def test_the_page_is_well_formed(site: Site, pmid: int) -> None:
    """Whatever a record carries, what is opened is closed and no identifier is given twice."""
    for query in ("", "?tag=condition:depression", "?tag=long_term_effect:cognition", "?tag=condition:crps"):
        nesting = Nesting()
        nesting.feed(site.get(f"/study/{pmid}{query}").text)
        assert (nesting.open, nesting.faults) == ([], [])
        assert len(set(nesting.ids)) == len(nesting.ids)
