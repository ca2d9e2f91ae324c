"""How the cost of a study grows with the number of studies: to read, tag and store one more, to search, to show a page.

Sizes are those of the database. Reading and tagging know nothing of it, so they are measured on a sample of each size's
stream of records; storing on a sample that is put beside as many studies as there are.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from harvest import medline
from harvest.assembly import tagger_of
from harvest.batches import batches
from harvest.cli import ALLOCATIONS
from harvest.config import load
from harvest.model import Pmid, Study, Tag
from harvest.pubmed import BATCH
from tests.bench.material import grown_records
from tests.bench.measure import Figure, Options, fresh, seconds
from tests.bench.search import asked, bands
from tests.bench.store import save
from tests.bulk.files import file_of
from tests.db.large import make, times
from tests.db.site import Site

SIZES = (1_000, 10_000, 40_000)
LARGEST = 400_000
SAMPLE = 2_000
"""Studies that are read, tagged and stored at each size."""

PICTURE = Path(".github/growth.svg")

PAGES = ("/", "/matrix", "/study/777", "/tag/condition/depression")


def growth(options: Options) -> Iterator[Figure | str]:
    """Every cost at every size, and how many times as much the largest size costs as the smallest."""
    most = options.records or (LARGEST if options.large else SIZES[-1])
    sizes = [size for size in (*SIZES, LARGEST) if size <= most]
    costs: dict[str, list[float]] = {}
    for size in sizes:
        for what, cost in fresh(costs_at, size).items():
            costs.setdefault(what, []).append(cost)
    for what, taken in costs.items():
        detail = ", ".join(f"{cost:,.3g} at {size:,}" for size, cost in zip(sizes, taken, strict=True))
        yield Figure(what, taken[-1] / taken[0], f"x from {sizes[0]:,} to {sizes[-1]:,} studies", detail=detail)
    if most == LARGEST:
        draw(sizes, costs, PICTURE)


def costs_at(size: int) -> dict[str, float]:
    """What it costs at a size, by what is done and in which unit."""
    gc.set_threshold(ALLOCATIONS)
    files = [file_of(some) for some in batches(grown_records(min(size, SAMPLE), seed=size), BATCH)]
    tagger = tagger_of(load(Path("db"), {}))
    studies: list[Study] = []
    tags: dict[Pmid, Sequence[Tag]] = {}
    reading = seconds(
        lambda: studies.extend(study for file in files for study in medline.read_set(file) if isinstance(study, Study))
    )
    tagging = seconds(lambda: tags.update((study.pmid, tagger.tag(study)) for study in studies))
    with TemporaryDirectory() as name:
        home = make(Path(name) / "home", size)
        mid, common = (statistics.median(fresh(asked, home, words)) for words in bands(home / "ketamine.db"))
        page = fresh(shown, home)
        new = [[(study, tags[study.pmid]) for study in some] for some in batches(studies, BATCH)]
        storing = save(home / "ketamine.db", new)
    each = {"read": reading, "tag": tagging, "store": storing}
    costs = {f"{what} a study, µs": spent / len(studies) * 1e6 for what, spent in each.items()}
    return costs | {
        "search, a word of middle frequency, ms": mid,
        "search, one of the commonest, ms": common,
        "page, ms": page,
    }


def shown(home: Path) -> float:
    """Milliseconds that a page takes, on average over the kinds of page."""
    with Site(home) as site:
        site.page("/")
        return statistics.mean(statistics.median(times(site, page)) for page in PAGES)


def draw(sizes: Sequence[int], costs: Mapping[str, Sequence[float]], picture: Path) -> None:
    """Draw the costs of a study beside those of an answer, both axes logarithmic."""
    import matplotlib as mpl
    from matplotlib import pyplot

    mpl.use("svg")
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "growth"}
    figure, panels = pyplot.subplots(1, 2, figsize=(10, 4.6), layout="constrained")
    for panel, unit, title in zip(
        panels, ("µs", "ms"), ("a study, in microseconds", "an answer, in milliseconds"), strict=True
    ):
        for what, taken in costs.items():
            if what.endswith(unit):
                panel.plot(sizes, taken, marker="o", label=what.removesuffix(f", {unit}"))
        panel.set(xscale="log", yscale="log", xlabel="studies in the database", title=title)
        panel.set_xticks(sizes, [f"{size:,}" for size in sizes], minor=False)
        panel.minorticks_off()
        panel.grid(alpha=0.3)
        panel.legend(loc="upper left", bbox_to_anchor=(0, -0.15), frameon=False)
    figure.savefig(picture, metadata={"Date": None})
