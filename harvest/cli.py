"""The command line: verbs in, one clear line and an exit code out. It decides nothing else.

Exit codes: 0 done, 1 something failed and the rest is stored, 2 configuration or usage, 3 another run holds the lock.
"""

from __future__ import annotations

import gc
import json
import logging
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

import click

from harvest import __version__, accuracy, pipeline, status, tagging
from harvest import config as recipe
from harvest import home as homes
from harvest.assembly import REACH_SECONDS, crew_of, network_of, reach, since_of, sources_of, tagger_of, today
from harvest.bulk import workers
from harvest.bulk.collect import collect
from harvest.bulk.terms import terms_of
from harvest.config import Abstracts, Config
from harvest.errors import DeliveryError, HarvestError
from harvest.lock import writing_to
from harvest.model import Pmid
from harvest.publish import delivery, snapshot
from harvest.publish.digest import look_back, tell
from harvest.publish.letter import Form
from harvest.pubmed import describe
from harvest.store import Outcome, Store
from harvest.terminal import progress, say
from harvest.words import first_of

EXAMPLES = 3
"""PMIDs shown beside a count."""

ALLOCATIONS = 100_000
"""Objects made before cycles among them are looked for: after 700, as is usual, it takes a tenth of the time."""


class _Verbs(click.Group):
    """Turns an expected error into one line on stderr and its exit code, and SIGTERM into an orderly end."""

    def invoke(self, ctx: click.Context) -> Any:
        gc.set_threshold(ALLOCATIONS)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            return super().invoke(ctx)
        except HarvestError as error:
            click.echo(f"harvest: {error}", err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("harvest: interrupted; what was stored is kept, and the next run goes on from there", err=True)
            ctx.exit(1)


def _keep_home(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value:
        ctx.ensure_object(dict)["home"] = value


def home_option(**extra: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``--home``, which may stand before or after the verb."""
    return click.option(
        "--home",
        type=click.Path(path_type=Path),
        metavar="DIR",
        expose_value=False,
        callback=_keep_home,
        help="The home to work on; else HARVEST_HOME, else db/ in a checkout.",
        **extra,
    )


json_option = click.option("--json", "as_json", is_flag=True, help="Print a summary for a program.")


def _log_to_stderr(_: click.Context, __: click.Parameter, verbose: bool) -> None:
    if verbose:
        logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(name)s: %(message)s")


verbose_option = click.option(
    "--verbose", is_flag=True, expose_value=False, callback=_log_to_stderr, help="Tell each step on stderr."
)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@home_option(envvar="HARVEST_HOME")
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Harvest studies from PubMed into SQLite, tag them with reasons, publish them with Datasette.

    A home is a folder with a recipe (what to ask PubMed for), a taxonomy (what to tag), the pages, and one database.

    \b
    harvest init DIR       make a home
    harvest check          is the recipe right? how do I add a feed?
    harvest run            fetch what is new since the last success
    harvest status         how fresh is it, what is waiting, what failed?
    datasette DIR          look at it
    """
    ctx.ensure_object(dict)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def init(folder: Path) -> None:
    """Make a fresh home in DIR: recipe, taxonomy and pages, no database."""
    homes.make(folder)
    click.echo(f"{folder}: a fresh home; next: harvest --home {shlex.quote(str(folder))} run")


def _refuse_future(_: click.Context, __: click.Parameter, day: datetime | None) -> datetime | None:
    if day and day.date() > today():
        raise click.BadParameter(f"{day.date()} is in the future; today is {today()} (UTC)")
    return day


@main.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--since",
    callback=_refuse_future,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Ask searches for what entered PubMed on this day or later, whatever was harvested before.",
)
@json_option
@verbose_option
@home_option()
@click.pass_context
def run(ctx: click.Context, names: tuple[str, ...], since: datetime | None, as_json: bool) -> None:
    """Fetch, store and tag what is new or revised in every source, or in the named ones.

    The first time a search takes what entered PubMed in the last days that the recipe names, later what entered or was
    revised since its last success. Silent on success unless on a terminal, or when a study that was here was retracted.
    """
    _harvest(_config(ctx), names, since.date() if since else None, as_json, command="run")


@main.command()
@click.argument("names", nargs=-1, metavar="[SEARCH]...")
@json_option
@verbose_option
@home_option()
@click.pass_context
def backfill(ctx: click.Context, names: tuple[str, ...], as_json: bool) -> None:
    """Fetch, store and tag everything that the searches find, from the first year of PubMed on.

    It can be cut off at any point: the next backfill, or the next run, goes on from what is stored.
    """
    config = _config(ctx)
    searches = tuple(search.name for search in config.recipe.searches)
    _harvest(config, names or searches, pipeline.BEGINNING, as_json, command="backfill")


@main.command()
@click.argument("pmid", type=int)
@click.argument("facet")
@click.argument("slug", metavar="TAG")
@click.argument("verdict", type=click.Choice(["include", "exclude"]))
@click.option("--reason", required=True, help="Why; it is shown beside the tag.")
@home_option()
@click.pass_context
def curate(ctx: click.Context, pmid: int, facet: str, slug: str, verdict: str, reason: str) -> None:
    """Say that a study has a tag, or has it not, whatever the tagger finds; it outlives every re-tagging."""
    config = _config(ctx)
    with _session(config) as (store, tagger):
        tagging.curate(store, tagger, Pmid(pmid), facet, slug, verdict, reason)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@home_option()
@click.pass_context
def load(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Store and tag the records of PubMed XML files, plain or gzipped.

    Takes PubmedArticleSet (articles, books, deletions), a single PubmedArticle and the older MedlineCitationSet.
    """
    config = _config(ctx)
    with _session(config) as (store, tagger):
        report = pipeline.load(files, store, tagger, progress=progress)
        _tell(report, store)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Read the files on a Dask cluster, as tcp://host:8786, where they lie under the same path (needs Dask).",
)
@home_option()
@click.pass_context
def bulk(ctx: click.Context, files: tuple[Path, ...], scheduler: str | None) -> None:
    """Store and tag what the recipe's searches ask for out of PubMed's baseline and update FILEs.

    Give as many as there are, in any order: the later one stands, and what it deletes is marked. Files done are
    skipped unless they, or the searches, have changed. Where a .md5 file lies beside a file, it is checked.
    """
    config = _config(ctx)
    terms = terms_of((search.name, search.expression) for search in config.recipe.searches)
    with _session(config) as (store, tagger), workers.cluster(scheduler) if scheduler else workers.local() as crew:
        report = collect(files, terms, crew, store, tagger, progress=progress)
        _tell(report, store)


@main.command()
@click.option("--dry-run", is_flag=True, help="Only say what would change, tag by tag, with examples.")
@home_option()
@click.pass_context
def tag(ctx: click.Context, dry_run: bool) -> None:
    """Tag every stored study anew by the present taxonomy, all at once or not at all."""
    config = _config(ctx)
    with _session(config) as (store, tagger):
        if dry_run:
            changes = tagging.preview(store, tagger, progress)
            click.echo("\n".join(map(_change_line, changes)) or "nothing would change")
            return
        count = tagging.retag(store, tagger, progress)
    say(f"{count:,} studies tagged")


@main.command()
@click.argument("labels", type=click.Path(path_type=Path))
@click.option("--name", help="What the figures are shown as measured on.  [default: the file's name]")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@home_option()
@click.pass_context
def evaluate(ctx: click.Context, labels: Path, name: str | None, as_json: bool) -> None:
    """Measure the tags against readers' LABELS and keep the figures, which are shown beside each tag.

    LABELS holds one JSON object a line: pmid, and for each facet the reader's tags, one tag or a number. The figures
    are precision, recall and F1 with its 95 % interval.
    """
    config = _config(ctx)
    with _session(config) as (store, tagger):
        evaluation = tagging.evaluate(store, tagger, labels, name or labels.name, progress)
    if as_json:
        click.echo(json.dumps([asdict(measure) for measure in evaluation.measures], indent=2))
    else:
        click.echo("\n".join(accuracy.table(evaluation.measures)))
    if evaluation.missing:
        few = first_of(evaluation.missing, EXAMPLES)
        rest = f"{len(evaluation.missing):,} labelled ones are not here and were left out ({few})"
        click.echo(f"harvest: {labels}: {evaluation.studies:,} studies measured; {rest}", err=True)
        ctx.exit(1)


@main.command()
@click.argument("dest", type=click.Path(path_type=Path))
@click.option(
    "--abstracts",
    type=click.Choice(get_args(Abstracts)),
    help="How much of each abstract: all, its beginning, or none.  [default: as the recipe says, else full]",
)
@click.option("--public", is_flag=True, help="For a site that is open to all; abstracts are excerpts by default.")
@click.option("--parquet", is_flag=True, help="Add the tables as Parquet files (needs pyarrow).")
@home_option()
@click.pass_context
def export(ctx: click.Context, dest: Path, abstracts: Abstracts | None, public: bool, parquet: bool) -> None:
    """Make a snapshot of the home in the folder DEST, named after the recipe and the day (UTC).

    It holds the database as it stands at this moment, also while a harvest runs, all that Datasette serves with it, and
    sums, counts, data dictionary and notices. A snapshot of the same day is replaced.
    """
    config = _config(ctx)
    publish = config.recipe.publish
    usual = publish.public_abstracts if public else publish.abstracts
    folder = snapshot.export(config, dest, snapshot.Wanted(abstracts or usual, public, parquet), today())
    say(f"{folder}: a snapshot; look at it with: datasette {shlex.quote(str(folder))}")


def _look_back(_: click.Context, __: click.Parameter, text: str) -> date:
    try:
        return look_back(text, today())
    except ValueError as error:
        raise click.BadParameter(f"{error}; say 7d, 2w or a day such as 2026-11-22") from None


@main.command()
@click.option(
    "--since",
    default="7d",
    show_default=True,
    callback=_look_back,
    metavar="7d|2w|DATE",
    help="How far the first digest looks back, by entry into PubMed. Later ones tell what was not told yet.",
)
@click.option("--format", "form", type=click.Choice(get_args(Form)), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="Write a file there, not to stdout.")
@click.option("--send", is_flag=True, help="Send it by mail, as the recipe says in [mail]; print nothing.")
@click.option("--dry-run", is_flag=True, help="Do not note that it was told: the next digest tells it again.")
@home_option()
@click.pass_context
def digest(ctx: click.Context, since: date, form: Form, output: Path | None, send: bool, dry_run: bool) -> None:
    """Tell what has come since the last digest, each thing once; say nothing where there is nothing to tell.

    First the studies that were retracted, doubted or corrected, then the new studies of people that are mainly about
    the subject: those with findings, then the others by what they are about. What could not be written or sent is told
    by the next digest.
    """
    config = _config(ctx)
    if send and (output or dry_run):
        raise click.UsageError("--send goes with neither --output nor --dry-run")
    deliver = _delivery(config, form, output, send)
    if not config.database.exists():
        return
    with writing_to(config.database), Store(config.database) as store, _rehearsed(store, dry_run):
        problem = tell(store, config, since, deliver)
    if problem:
        raise DeliveryError(problem)


def _delivery(config: Config, form: Form, output: Path | None, send: bool) -> delivery.Delivery:
    if send:
        return delivery.by_mail(config)
    if output:
        return delivery.to_folder(output, form, config)
    return delivery.to_stream(sys.stdout.buffer, form, config)


def _rehearsed(store: Store, is_rehearsal: bool) -> AbstractContextManager[None]:
    return store.rehearsal() if is_rehearsal else nullcontext()


@main.command(name="status")
@click.option("--json", "as_json", is_flag=True, help="For a program.")
@click.option("--line", is_flag=True, help="One line; exit code 1 when there are no studies.")
@home_option()
@click.pass_context
def status_(ctx: click.Context, as_json: bool, line: bool) -> None:
    """Say how fresh the home is, what is waiting and what failed."""
    config = _config(ctx)
    if line and not config.database.exists():
        ctx.exit(1)
    with Store(config.database if config.database.exists() else Path(":memory:")) as store:
        now = status.status_of(config, store, datetime.now(UTC))
    if as_json:
        click.echo(json.dumps(now.as_json(), indent=2))
    elif not line:
        click.echo("\n".join(status.lines_of(now)))
    elif now.studies:
        click.echo(status.summary_of(now))
    else:
        ctx.exit(1)


@main.command()
@click.option("--reach", "reach_only", is_flag=True, help=f"Only see whether PubMed answers, within {REACH_SECONDS} s.")
@home_option()
@click.pass_context
def check(ctx: click.Context, reach_only: bool) -> None:
    """Read the recipe and the taxonomy, say what is wrong, and how to add a feed."""
    config = _config(ctx)
    if reach_only:
        reach(config)
        return
    tagger = tagger_of(config)
    click.echo(f"recipe {config.home / config.name}.toml: {config.recipe.tracker.title}")
    click.echo(f"facets: {', '.join(config.recipe.tracker.facets)} ({len(tagger.definitions)} tags)")
    click.echo(f"NCBI may write to: {config.email or 'nobody; set email in the recipe or NCBI_EMAIL'}")
    click.echo(f"API key: {'set' if config.api_key else 'none, 3 requests a second'}")
    for search in config.recipe.searches:
        click.echo(f"search {search.name}: {search.expression}")
    for feed in config.recipe.feeds:
        click.echo(f"feed {feed.name}: {feed.url}")
    if not config.recipe.feeds:
        click.echo("no feed configured")
    _explain_feeds(config)


def _explain_feeds(config: Config) -> None:
    """PubMed issues feed addresses to people only; say where and what to do with them."""
    for search in config.recipe.searches:
        page = "https://pubmed.ncbi.nlm.nih.gov/?" + urlencode({"term": search.expression, "sort": "date"})
        click.echo(
            f"to follow search {search.name} by a feed as well, open\n  {page}\n"
            "choose Create RSS, 100 items, Create RSS again, and paste the address at the end of the recipe:\n"
            f'  [[feeds]]\n  name = "{search.name}-feed"\n  url = "https://pubmed.ncbi.nlm.nih.gov/rss/search/..."'
        )


def _config(ctx: click.Context) -> Config:
    return recipe.load(ctx.obj.get("home") or homes.default())


@contextmanager
def _session(config: Config) -> Iterator[tuple[Store, tagging.Tagger]]:
    """A home opened for writing."""
    with crew_of(config) as tagger, writing_to(config.database), Store(config.database) as store:
        yield store, tagger


def _harvest(config: Config, names: Sequence[str], day: date | None, as_json: bool, *, command: str) -> None:
    with _session(config) as (store, tagger):
        client, eutils = network_of(config)
        sources = sources_of(config, store, client, eutils, names)
        others = [source for source in sources_of(config, store, client, eutils) if source.kind == "search"]
        _ask_for_email(config, store)
        report = pipeline.run(
            sources,
            store,
            tagger,
            partial(describe, eutils),
            since=since_of(config, store, day),
            today=today(),
            catch_up=[search for search in others if search.name not in names and names],
            recheck_days=config.recipe.limits.recheck_days,
            command=command,
            progress=progress,
        )
        _tell(report, store, as_json)


def _ask_for_email(config: Config, store: Store) -> None:
    """Tell a terminal once what NCBI asks of those who use its services."""
    if config.email or not sys.stderr.isatty() or store.fact("asked_for_email"):
        return
    say("NCBI asks programs to name an e-mail address that it can write to: set email in the recipe, or NCBI_EMAIL.")
    with store.transaction():
        store.set_fact("asked_for_email", "yes")


def _change_line(change: tagging.Change) -> str:
    """What would change about a tag, with a few PMIDs of each kind."""
    parts = [
        f"{sign}{len(pmids):,} ({first_of(pmids, EXAMPLES)})"
        for sign, pmids in (("+", change.gained), ("-", change.lost), ("~", change.altered))
        if pmids
    ]
    return f"{change.facet} {change.tag}: {' '.join(parts)}"


def _tell(report: pipeline.Report, store: Store, as_json: bool = False) -> None:
    """Retractions on stdout, problems on stderr, a summary on a terminal or as JSON, and the exit code."""
    if as_json:
        click.echo(json.dumps(pipeline.summary(report), indent=2))
    else:
        for pmid, title in report.retracted:
            click.echo(f"newly retracted: PMID {pmid}: {title}")
    store.changes.retractions_told()
    for problem in report.problems:
        click.echo(f"harvest: {problem}", err=True)
    counts = [f"{report.count(outcome):,} {outcome}" for outcome in Outcome if report.count(outcome)]
    say(", ".join(counts) or "nothing new")
    if report.problems:
        sys.exit(1)
