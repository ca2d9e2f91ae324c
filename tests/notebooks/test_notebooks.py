"""The notebooks answer from the published tables, say of how many, and say what does not follow."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from harvest.cli import main
from harvest.store import Store
from tests.notebooks.running import NOTEBOOKS, cells, notebook, run

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_there_are_six() -> None:
    """In the order in which they are numbered."""
    assert [path.name[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06"]


@each
def test_outputs_are_not_kept(path: Path) -> None:
    """Neither outputs nor counters nor the settings of an editor: a difference in git is one of content."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert set(stored["metadata"]) == {"kernelspec", "language_info"}
    for cell in stored["cells"]:
        assert cell["metadata"] == {}
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None


@each
def test_each_begins_with_what_does_not_follow(path: Path) -> None:
    """One heading, what may and what may not be concluded, then what the tables are."""
    first, *others = cells(path, "markdown")
    assert first.startswith(f"# {path.name[:2]} ")
    assert first.index("**What may be concluded:**") < first.index("**What may not:**")
    assert not any(re.search("^# ", prose, re.MULTILINE) for prose in others)
    assert "print(tables.standing())" in cells(path, "code")[0] + cells(path, "code")[1]


@each
def test_every_figure_says_what_it_counts(path: Path) -> None:
    """No figure is shown without its title, which has its N."""
    code = "\n".join(cells(path, "code"))
    assert code.count("tables.title(") >= code.count("show(figure)") > 0
    assert "set_title" not in code


@pytest.mark.slow
@each
def test_each_runs_on_sample_data_and_says_so(
    path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Above every figure, and in the first line."""
    ran = run(path, sample, monkeypatch, capsys)
    assert "INVENTED studies" in ran.printed.splitlines()[0]
    assert all(re.match(r"SAMPLE DATA, invented records\n.+\nN = [\d,]+ \w+", title) for title in ran.titles)
    assert any("\nN = 0 " not in title for title in ran.titles)


@pytest.mark.slow
@each
def test_each_runs_where_there_is_nothing_yet(
    path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It shows nothing, and does not claim that the records are invented."""
    ran = run(path, empty, monkeypatch, capsys)
    assert "ketamine.db: 0 studies" in ran.printed
    assert all("N = 0 " in title and "SAMPLE" not in title for title in ran.titles)


@pytest.mark.slow
def test_the_matrix_is_the_one_of_the_site(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cell by cell: how many studies, and what they found."""
    ran = run(notebook(2), sample, monkeypatch, capsys)
    rows = {(row["condition"], row["long_term_effect"]): row for row in saved(sample, "matrix")}
    grid = ran.names["grid"].rename(index=ran.names["conditions"], columns=ran.names["effects"])
    assert {cell: row["studies"] for cell, row in rows.items() if cell[0] != "(all studies)"} == {
        (condition, effect): grid.loc[condition, effect] for condition in grid.index for effect in grid.columns
    }
    for cell, told in ran.names["cells"].iterrows():
        for finding in ("worse", "better", "no-change", "mixed", "unclear", "not judged"):
            assert told[finding] == rows[cell][re.sub("[- ]", "_", finding)]


@pytest.mark.slow
def test_the_years_are_those_of_the_site(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Year by year."""
    ran = run(notebook(1), sample, monkeypatch, capsys)
    assert ran.names["per_year"].to_dict() == {row["year"]: row["studies"] for row in saved(sample, "studies_per_year")}


@pytest.mark.slow
def test_a_search_is_reproduced_from_a_snapshot(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The counts add up, the RIS file holds the included records, and a second run gives the same."""
    result = CliRunner().invoke(main, ["--home", str(sample), "export", str(tmp_path)])
    assert result.exit_code == 0, result.output
    (snapshot,) = tmp_path.iterdir()
    first = run(notebook(6), snapshot, monkeypatch, capsys)
    assert f"Snapshot of {snapshot.name[-10:]}" in first.printed
    flow = dict(zip(first.names["flow"]["what"], first.names["flow"]["records"], strict=True))
    assert flow["records named by searches and feeds"] == 270
    assert flow["duplicates: named by several sources"] == -100
    included = flow.pop("records included")
    assert (
        flow["records screened by tags"] + sum(n for what, n in flow.items() if what.startswith("left out")) == included
    )
    ris = (tmp_path / "output" / "ketamine-included.ris").read_text(encoding="utf-8")
    assert sorted(map(int, re.findall(r"^AN  - (\d+)$", ris, re.MULTILINE))) == first.names["included"]
    assert len(first.names["included"]) == included > 0
    second = run(notebook(6), snapshot, monkeypatch, capsys)
    assert second.printed == first.printed
    assert (tmp_path / "output" / "ketamine-included.ris").read_text(encoding="utf-8") == ris


@pytest.mark.slow
def test_figures_of_agreement_are_those_of_the_home(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Here the tagger's own answers are the labels, so that it agrees with them wholly; measured by these rules."""
    home = tmp_path / "home"
    shutil.copytree(sample, home)
    with Store(home / "ketamine.db") as store:
        rows = store.rows(
            "SELECT pmid, json_group_array(tag) AS tags FROM study_tags WHERE facet = 'condition' GROUP BY pmid"
        )
    labels = tmp_path / "itself.jsonl"
    labels.write_text("".join(f'{{"pmid": {row["pmid"]}, "condition": {row["tags"]}}}\n' for row in rows))
    result = CliRunner().invoke(main, ["--home", str(home), "evaluate", str(labels)])
    assert result.exit_code == 0, result.output
    ran = run(notebook(5), home, monkeypatch, capsys)
    (measured,) = ran.names["accuracy"].to_dict("records")
    assert (measured["facet"], measured["n"], measured["f1"], measured["old_rules"]) == ("Condition", len(rows), 1, 0)
    assert (
        f"SAMPLE DATA, invented records\nAgreement with readers: itself.jsonl\nN = {len(rows)} labelled studies"
        in ran.titles
    )


@pytest.mark.slow
@each
def test_each_runs_on_a_copy_without_abstracts(
    path: Path, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the public has it: the tags are those of the full texts, so every count is the same."""
    result = CliRunner().invoke(main, ["--home", str(sample), "export", str(tmp_path), "--abstracts", "link"])
    assert result.exit_code == 0, result.output
    (snapshot,) = tmp_path.iterdir()
    titles = run(path, snapshot, monkeypatch, capsys).titles
    if path != notebook(5):  # which asks whether there is an abstract
        assert titles == run(path, sample, monkeypatch, capsys).titles


@pytest.mark.slow
def test_nothing_can_be_written_through_a_notebook(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tables are opened for reading."""
    monkeypatch.syspath_prepend(str(Path("notebooks").resolve()))
    tables = import_module("reading").Tables(sample)
    with pytest.raises(Exception, match="attempt to write a readonly database"):
        tables.number("DELETE FROM curation RETURNING 1")
    tables.close()


@pytest.mark.slow
def test_a_home_without_a_database_is_said_to_be_so(
    notebooks_extra: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do about it."""
    monkeypatch.syspath_prepend(str(Path("notebooks").resolve()))
    with pytest.raises(FileNotFoundError, match="0 databases; fill the home with `harvest run` or `make demo`"):
        import_module("reading").Tables(tmp_path)


@pytest.mark.slow
def test_make_renders_pages_with_their_figures(sample: Path, tmp_path: Path) -> None:
    """One page each, by a kernel of its own; complete in itself, asking nothing of another host."""
    command = ["make", "-o", ".venv/.complete", "notebooks", f"HARVEST_HOME={sample}", f"PAGES={tmp_path}"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    pages = sorted(tmp_path.glob("*.html"))
    assert [page.stem for page in pages] == [path.stem for path in NOTEBOOKS]
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert "INVENTED studies" in html
        assert 'src="data:image/png;base64,' in html
        assert not re.search(r"""<(?:script|link|img)[^>]*(?:src|href)\s*=\s*["']?(?:https?:)?//""", html)
        assert "Traceback (most recent call last)" not in html
        assert all("SAMPLE DATA" in alt for alt in re.findall(r'<img[^>]*? alt="([^"]*)"', html))
        assert html.count("<img") == len(re.findall(r"<img[^>]*? alt=", html))
        assert str(Path.cwd()) not in html


def saved(home: Path, query: str) -> list[dict[str, Any]]:
    """What a saved query of the site answers with nothing filled in."""
    (database,) = yaml.safe_load((home / "metadata.yaml").read_text(encoding="utf-8"))["databases"].values()
    told = database["queries"][query]
    conn = sqlite3.connect(f"file:{home / 'ketamine.db'}?mode=ro", uri=True)
    conn.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in conn.execute(told["sql"], dict.fromkeys(told["params"], ""))]
    finally:
        conn.close()
