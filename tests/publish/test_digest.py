"""A digest tells what is new, the gravest first, each thing once, and nothing where there is nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner

from harvest.cli import main
from harvest.publish.digest import look_back
from harvest.publish.items import clean, shortened
from harvest.store import Store
from harvest.words import span
from tests.db.hostile import BIDI, CONTROLS, make_hostile_home, pmids
from tests.db.markup import Page
from tests.fakes import HOLD
from tests.publish.digests import (
    BIPOLAR,
    END,
    MEMORY,
    OLD,
    PAIN,
    RATS,
    body,
    following,
    parsed,
    publish,
    record,
    records,
)
from tests.pubmed import revise
from tests.tracker import TODAY, Tracker, tracking


@pytest.fixture
def tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tracker]:
    """A home that holds the invented records."""
    with following(tmp_path, monkeypatch) as tracker:
        yield tracker


def digest(tracker: Tracker, *arguments: object) -> str:
    """What ``harvest digest`` prints."""
    result = tracker.harvest("digest", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def add(tracker: Tracker, pmid: int, entered: str) -> None:
    """PubMed has one study more."""
    new = record(pmid, "Ketamine for depression in adults.", "Forty adults took it.", created=entered)
    tracker.pubmed.corpus.extend([new])


def told(text: str) -> list[int]:
    """The studies that a digest in plain text leads to, in its order."""
    return [int(pmid) for pmid in re.findall(r"^    https?://\S+?/(\d+)/?$", text, re.MULTILINE)]


def flat(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def headings(text: str) -> list[str]:
    """The underlined lines of a plain text."""
    return re.findall(r"^(.+)\n-+$", text, re.MULTILINE)


# What is told


def test_the_first_digest_looks_back_as_far_as_it_is_asked_to(tracker: Tracker) -> None:
    """To the day of entry into PubMed, which is not that of arrival here."""
    assert sorted(told(digest(tracker, "--since", "7d", "--dry-run"))) == [PAIN, MEMORY, BIPOLAR]
    assert told(digest(tracker, "--since", "2026-11-18", "--dry-run")) == [MEMORY, PAIN]
    assert sorted(told(digest(tracker, "--since", "5w"))) == [PAIN, MEMORY, OLD, BIPOLAR]


def test_studies_with_findings_come_first_and_then_the_others_by_condition(tracker: Tracker) -> None:
    """Each once, with what was found and the words that say so, under the widest tag that its title names."""
    text = digest(tracker, "--since", "5w")
    assert headings(text) == [
        "New: Long-term effect, and what was found",
        "New: Depression",
        "New: Chronic pain",
    ]
    assert told(text)[0] == MEMORY
    assert len(told(text)) == len(set(told(text)))
    assert 'Cognition: no change – "At six months memory did not differ from baseline."' in flat(text)
    assert "Bipolar depression" in text
    assert "4 new studies." in text


def test_only_studies_of_people_that_are_mainly_about_the_subject_are_new(tracker: Tracker) -> None:
    """Rats are here and are not told of."""
    assert RATS in tracker.pmids()
    assert RATS not in told(digest(tracker, "--since", "5w"))


def test_a_new_retraction_stands_above_all_with_its_notice(tracker: Tracker) -> None:
    """Of a study that was told before, and of one of animals, which is called so; what they found is told no more."""
    digest(tracker)
    revise.retract(tracker.pubmed.corpus, MEMORY, notice=970_000_390, on=date(2026, 11, 23))
    revise.retract(tracker.pubmed.corpus, RATS, notice=970_000_391, on=date(2026, 11, 23))
    add(tracker, 970_000_320, "2026-11-23")
    tracker.next_day()
    text = digest(tracker)
    assert sorted(told(text)[:2]) == [MEMORY, RATS]
    assert told(text)[2:] == [970_000_320]
    assert headings(text)[0] == "Retracted, doubted or corrected"
    assert "RETRACTED: Memory after six months" in text
    assert "! This study was retracted." in text
    assert "Retraction in: " in text
    assert "animal" in text
    assert "did not differ" not in text
    assert "2 retracted, 1 new study. What has come since the last digest, of " in flat(text)
    assert digest(tracker) == ""


def test_each_notice_of_a_study_is_told_once(tracker: Tracker) -> None:
    """A correction, and later a retraction."""
    digest(tracker)
    notices = []
    for day, change in enumerate((revise.correct, revise.retract), start=23):
        change(tracker.pubmed.corpus, PAIN, notice=970_000_370 + day, on=date(2026, 11, day))
        tracker.next_day()
        notices.append(digest(tracker))
        assert digest(tracker) == ""
    assert [told(text) for text in notices] == [[PAIN], [PAIN]]
    assert ["1 corrected." in notices[0], "1 retracted." in notices[1]] == [True, True]


def test_a_published_notice_is_told_with_its_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A study that is old arrives together with the notice that is new: one entry, which leads to both."""
    inside = (
        '<CommentsCorrectionsList><CommentsCorrections RefType="ErratumFor"><RefSource>Invented J Tests. 2026;7.'
        f'</RefSource><PMID Version="1">{OLD}</PMID></CommentsCorrections></CommentsCorrectionsList>'
    )
    notice = record(970_000_330, "Correction: ketamine for depression in adults.", "Forty adults.", inside=inside)
    with tracking([*records(), notice], tmp_path, monkeypatch) as tracker:
        tracker.harvest("run")
        text = digest(tracker, "--format", "html")
        assert f"https://pubmed.ncbi.nlm.nih.gov/{OLD}/" in text.split("<h2>")[1]
        assert 'href="https://pubmed.ncbi.nlm.nih.gov/970000330/">notice in PubMed</a>' in text.split("<h2>")[1]
        assert text.count("<article>") == 4
        assert digest(tracker) == ""


# Told once


def test_what_one_digest_told_the_next_does_not_tell_again(tracker: Tracker) -> None:
    """However far it looks back; what came since is told, though it had entered PubMed before the last digest."""
    first = told(digest(tracker, "--since", "5w"))
    assert digest(tracker, "--since", "5w") == ""
    add(tracker, 970_000_310, "2026-11-15")
    tracker.next_day()
    tracker.next_day()
    assert told(digest(tracker, "--since", "0d")) == [970_000_310]
    assert 970_000_310 not in first
    assert digest(tracker, "--since", "2020-01-01") == ""


def test_an_earlier_day_widens_the_look_back_for_good(tracker: Tracker) -> None:
    """What lies between the two days is told, nothing else."""
    digest(tracker)
    assert told(digest(tracker, "--since", "5w")) == [OLD]


def test_where_there_is_nothing_nothing_is_said(tracker: Tracker, tmp_path: Path) -> None:
    """No word, no file, no failure."""
    assert digest(tracker, "--since", "0d") == ""
    assert digest(tracker, "--since", "0d", "--format", "html", "--output", tmp_path / "out") == ""
    assert not (tmp_path / "out").exists()


def test_a_home_without_a_database_has_nothing_to_tell(tracker: Tracker) -> None:
    """And gets none by being asked."""
    for file in tracker.home.glob("ketamine.db*"):
        file.unlink()
    assert digest(tracker) == ""
    assert not (tracker.home / "ketamine.db").exists()


def test_a_rehearsal_is_not_kept(tracker: Tracker) -> None:
    """Neither what it told nor how far it looked back."""
    assert digest(tracker, "--since", "5w", "--dry-run") == digest(tracker, "--since", "5w", "--dry-run") != ""
    assert sorted(told(digest(tracker))) == [PAIN, MEMORY, BIPOLAR]


def test_what_could_not_be_written_is_told_by_the_next(tracker: Tracker, tmp_path: Path) -> None:
    """One line and exit code 1; the look-back is that of the first attempt, and what came since is told too."""
    (tmp_path / "out").write_text("in the way")
    failed = tracker.harvest("digest", "--since", "7d", "--output", tmp_path / "out")
    assert (failed.exit_code, failed.stdout, failed.stderr.count("\n")) == (1, "", 1)
    assert failed.stderr.startswith(f"harvest: {tmp_path}/out/ketamine-digest-")
    assert "not written" in failed.stderr
    tracker.today = date(2026, 12, 20)
    add(tracker, 970_000_310, "2026-12-19")
    tracker.harvest("run")
    assert sorted(told(digest(tracker, "--since", "7d"))) == [PAIN, MEMORY, BIPOLAR, 970_000_310]


def test_a_full_disk_loses_nothing(tracker: Tracker) -> None:
    """As where the output goes to a file on it."""
    program = [sys.executable, "-c", "from harvest.cli import main; main()"]
    call = [*program, "--home", str(tracker.home), "digest", "--since", "2026-11-15"]
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(call, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("harvest: digest not written (No space left on device)")
    assert result.stderr.count("\n") == 1
    assert len(told(digest(tracker, "--since", "5w"))) == 4


def test_another_writer_is_not_disturbed(tracker: Tracker) -> None:
    """Exit code 3, and nothing is told."""
    command = [sys.executable, "-c", HOLD, str(tracker.home / "ketamine.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        result = tracker.harvest("digest")
        holder.kill()
    assert (result.exit_code, result.stdout) == (3, "")
    assert len(told(digest(tracker))) == 3


# How it is asked for


@pytest.mark.parametrize(
    ("text", "day"), [("7d", "2026-11-15"), ("2w", "2026-11-08"), ("0d", "2026-11-22"), ("2026-02-28", "2026-02-28")]
)
def test_a_look_back_is_a_number_of_days_or_weeks_or_a_day(text: str, day: str) -> None:
    """Seen from today."""
    assert look_back(text, TODAY) == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["", "7", "-7d", "7x", "1.5w", "2026-02-30", "2026-11-23", "٧d", "yesterday"])
def test_any_other_look_back_is_refused(tracker: Tracker, text: str) -> None:
    """In one line, by exit code 2, and nothing is told."""
    refused = tracker.harvest("digest", "--since", text)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "say 7d, 2w or a day such as 2026-11-22" in flat(refused.stderr)


def test_the_longest_look_back_is_still_in_the_calendar(tracker: Tracker) -> None:
    """Whatever number is typed."""
    assert look_back("999999w", TODAY).year > 1700


def test_sending_goes_without_a_file_and_without_rehearsal(tracker: Tracker, tmp_path: Path) -> None:
    """They would contradict each other."""
    assert tracker.harvest("digest", "--send", "--dry-run").exit_code == 2
    assert tracker.harvest("digest", "--send", "--output", tmp_path).exit_code == 2


@pytest.mark.parametrize(("form", "suffix"), [("text", "txt"), ("html", "html"), ("eml", "eml")])
def test_a_folder_gets_a_file_of_its_own(tracker: Tracker, tmp_path: Path, form: str, suffix: str) -> None:
    """Named after the home and the moment; what it holds would else be printed."""
    printed = digest(tracker, "--format", form, "--dry-run")
    assert digest(tracker, "--format", form, "--output", tmp_path / "new" / "out") == ""
    [file] = (tmp_path / "new" / "out").iterdir()
    assert re.fullmatch(rf"ketamine-digest-\d{{4}}-\d\d-\d\dT\d{{6}}Z\.{suffix}", file.name)
    if form != "eml":  # a message has an identity and a moment
        assert file.read_bytes().decode() == printed


def test_a_facet_that_is_not_there_is_refused_by_name(tracker: Tracker) -> None:
    """What the recipe says of the digest must be one of the facets that it asks for; nothing else is held up by it."""
    tracker.set_limit('groups = "condition"', 'groups = "conditions"')
    refused = tracker.harvest("digest")
    assert refused.exit_code == 2
    assert "digest.groups: conditions is none of tracker.facets" in refused.stderr
    assert tracker.harvest("status").exit_code == 0


def test_a_home_may_have_templates_of_its_own(tracker: Tracker) -> None:
    """One without any takes the shipped ones; a wrong one is refused by name, and nothing is told."""
    templates = tracker.home / "templates" / "digest"
    (templates / "digest.txt").write_text("{{ digest.counts }} for us")
    assert digest(tracker, "--dry-run") == "3 new studies for us\n"
    (templates / "digest.txt").write_text("{{ digest.nothing }}")
    refused = tracker.harvest("digest")
    assert refused.exit_code == 2
    assert f"{templates}/digest.txt: " in refused.stderr
    shutil.rmtree(templates)
    assert len(told(digest(tracker))) == 3


def test_another_topic_needs_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A taxonomy that does not ask for species, a recipe that names no facets: one list of what is new."""
    with tracking([], tmp_path, monkeypatch) as tracker:
        (tracker.home / "ketamine.toml").unlink()
        shutil.rmtree(tracker.home / "taxonomy")
        shutil.copytree("tests/data/psilocybin", tracker.home, dirs_exist_ok=True)
        tracker.pubmed.corpus.extend([record(PAIN, "Psilocybin for alcohol use disorder.", "Sixty adults.")])
        tracker.harvest("run")
        text = digest(tracker)
    assert text.startswith("Psilocybin literature tracker\n")
    assert headings(text) == ["New: studies"]
    assert told(text) == [PAIN]


# What readers get


def test_what_it_is_and_is_not_stands_in_every_form(tracker: Tracker) -> None:
    """An index and no advice, whose records, and that those of the sample are invented."""
    message = parsed(digest(tracker, "--format", "eml", "--dry-run").encode())
    page = digest(tracker, "--format", "html", "--dry-run")
    for text in (digest(tracker), page, body(message, "plain"), body(message, "html")):
        seen = flat(re.sub(r"<[^>]+>", "", text))
        assert "An index of the literature, not medical advice." in seen
        assert "courtesy of the U.S. National Library of Medicine (NLM). NLM does not endorse" in seen
        assert "sample data: invented records" in seen.lower()
    assert str(message["Subject"]).startswith("[Sample data] ")


def test_real_records_are_not_called_a_sample(tracker: Tracker) -> None:
    """What is no sample is not called one."""
    with Store(tracker.home / "ketamine.db") as store, store.transaction():
        store.set_fact("kind", "live")
    assert "sample data" not in digest(tracker, "--format", "html").lower()


def test_links_lead_to_the_site_where_there_is_one(tracker: Tracker) -> None:
    """Else to PubMed, where each study can be found in any case."""
    assert f'<h3><a href="https://pubmed.ncbi.nlm.nih.gov/{PAIN}/">' in digest(tracker, "--format", "html", "--dry-run")
    publish(tracker, 'address = "https://tracker.example.org/sub/"')
    page = digest(tracker, "--format", "html", "--dry-run")
    assert f'<h3><a href="https://tracker.example.org/sub/study/{PAIN}">' in page
    assert f'<a href="https://pubmed.ncbi.nlm.nih.gov/{PAIN}/">PMID {PAIN}</a>' in page
    assert f"    https://tracker.example.org/sub/study/{PAIN}\n" in digest(tracker)


@pytest.mark.parametrize("abstracts", ["full", "excerpt", "link"])
def test_no_more_of_an_abstract_is_quoted_than_is_allowed(tracker: Tracker, abstracts: str) -> None:
    """Its beginning at most, never its end; with "link" nothing, nor the words that tell a finding."""
    publish(tracker, f'abstracts = "{abstracts}"')
    for form in ("text", "html"):
        text = flat(digest(tracker, "--format", form, "--dry-run"))
        assert END not in text
        quotes = [words in text for words in ("Forty adults were randomised", "memory did not differ from baseline")]
        assert quotes == [abstracts != "link"] * 2
        assert "no change" in text


def test_no_e_mail_address_of_an_author_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where an abstract begins with one."""
    mine = record(PAIN, "Ketamine for depression in adults.", "Ask canary@example.org. Forty adults took it.")
    with tracking([mine], tmp_path, monkeypatch) as tracker:
        tracker.harvest("run")
        text = digest(tracker)
    assert "Forty adults" in text
    assert "canary" not in text


def test_hostile_text_is_inert_in_every_form(tmp_path: Path) -> None:
    """All of it is shown, none of it runs, asks another place, turns the text around it or reaches a header."""
    home = make_hostile_home(tmp_path / "home")
    with Store(home / "ketamine.db") as store, store.transaction():
        store.execute("UPDATE studies SET relevance = 'main', species = 'human'")
    forms = {form: hostile_digest(home, form) for form in ("text", "html", "eml")}
    page = Page(forms["html"].decode())
    assert (page.faults(), page.dangers()) == ([], [])
    assert [one.tag for one in page.elements("script", "img", "form", "link", "svg", "iframe", "base")] == []
    assert len(list(page.elements("article"))) == len(told(forms["text"].decode()))
    assert len(told(forms["text"].decode())) + 4 == len(pmids())  # four call themselves the notice of another one
    for form in ("text", "html"):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028]", forms[form].decode())
    assert "<script" in forms["text"].decode()
    assert "&lt;script" in forms["html"].decode()
    message = parsed(forms["eml"])
    assert "harm" not in str(message.items())
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert body(message, "html").split() == forms["html"].decode().split()


def hostile_digest(home: Path, form: str) -> bytes:
    call = ["--home", str(home), "digest", "--since", "2020-01-01", "--format", form, "--dry-run"]
    result = CliRunner().invoke(main, call, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout_bytes


def test_the_page_is_valid_and_loads_nothing(tracker: Tracker) -> None:
    """It may be read in a mail program, or opened as a file."""
    text = digest(tracker, "--format", "html")
    page = Page(text)
    assert (page.faults(), page.dangers()) == ([], [])
    assert [one.tag for one in page.elements("h1")] == ["h1"]
    assert "Ketamine for neuropathic pain" in unescape(text)


def test_plain_text_keeps_within_its_lines(tracker: Tracker) -> None:
    """78 characters, words that are longer apart; what a record says never begins a line at the margin."""
    lines = digest(tracker, "--since", "5w").splitlines()
    assert all(len(line) <= 78 for line in lines)
    assert not [line for line in lines if line.startswith(("Ketamine for", "Forty", "METHODS", "*", "!"))]


def test_texts_lose_what_would_act_on_those_around_them() -> None:
    """Controls of terminals, of lines and of direction; everything else stays."""
    assert clean(" a\x1b[31m\r\nb\tc\u2028d ") == "a [31m b c d"
    assert clean(BIDI) == "right to left isolated forced unclosed"
    assert clean(CONTROLS) == "next line quote delete none of these  is text".replace("  ", " ")
    assert clean("עברית \U0001f469\u200d\u2695\ufe0f e\u0301") == "עברית \U0001f469\u200d\u2695\ufe0f e\u0301"


def test_a_quotation_ends_between_words() -> None:
    """And says that it goes on; where not one word fits there is none."""
    assert shortened("one two three", 20) == "one two three"
    assert shortened("one two three", 9) == "one two …"
    assert shortened("endless", 3) == ""
    assert shortened("anything at all", 0) == ""


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "0 days"), (1, "1 day"), (7, "1 week"), (84, "12 weeks"), (90, "3 months"), (365, "1 year"), (730, "2 years")],
)
def test_days_are_told_in_the_largest_unit_that_is_exact(days: int, words: str) -> None:
    """As on the site."""
    assert span(days) == words
