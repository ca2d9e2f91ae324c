"""PubMed's numbered files in the database."""

from __future__ import annotations

from harvest.model import Pmid
from harvest.store import FileState, LastNamed, Outcome, Store
from harvest.store.decision import Held, decide
from tests.fakes import study
from tests.store.saving import save


def test_a_file_is_known_by_what_it_was_when_it_was_read(store: Store) -> None:
    """Read again, it is known as it is now."""
    assert store.files.state("pubmed26n0001") is None
    for state in (FileState("words", 1, 2), FileState("others", 3, 4)):
        with store.transaction():
            store.files.finish("pubmed26n0001", state, records=3, hits=2, deletions=1)
        assert store.files.state("pubmed26n0001") == state


def test_what_the_last_file_said_of_a_study_is_known(store: Store) -> None:
    """Whether it withdrew it, and whether its record is the one that is held."""
    held = study(Pmid(1))
    save(store, held)
    assert store.files.last_named(held.pmid) is None
    for fingerprint, told in (
        (held.fingerprint, LastNamed("pubmed26n0001", withdrew=False, stands=True)),
        ("another", LastNamed("pubmed26n0001", withdrew=False, stands=False)),
        (None, LastNamed("pubmed26n0001", withdrew=True, stands=False)),
    ):
        with store.transaction():
            store.files.name("pubmed26n0001", [(held.pmid, fingerprint)])
        assert store.files.last_named(held.pmid) == told


def test_a_later_file_stands_whatever_the_dates_say_but_for_an_older_version() -> None:
    """Of one version of a record."""
    held = Held.of(study(Pmid(1), title="Before", revised="2026-02-02", version=2))
    older = study(Pmid(1), title="After", revised="2026-01-01", version=2)
    assert decide(held, older) is Outcome.OLDER
    assert decide(held, older, later=True) is Outcome.REVISED
    assert decide(held, study(Pmid(1), title="After", version=1), later=True) is Outcome.OLDER
