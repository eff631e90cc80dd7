"""The commands. Each imports what it needs when it is called, so that all start fast."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from bot.cli.bench.commands import bench
from bot.cli.options import As, Json
from bot.desk.errors import LinliError

main = typer.Typer(
    help="Linli (邻里通): the service desk of a community, in a chat.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
tickets_app = typer.Typer(help="What is on the desk.", no_args_is_help=True)
community_app = typer.Typer(help="The community this desk serves.", no_args_is_help=True)
main.add_typer(tickets_app, name="tickets")
main.add_typer(community_app, name="community")
main.add_typer(bench, name="bench")


def app() -> None:
    """Run a command; what went wrong is said in one line, with exit code 1 (2: bad usage)."""
    os.umask(0o077)  # what residents wrote is not for every account of the machine
    uvloop.install()  # the leaner event loop, for whatever runs one
    try:
        main()
    except LinliError as error:
        print(f"linli: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@main.command()
def up() -> None:
    """Start everything on this machine, until Ctrl-C."""
    from bot.cli import up as command

    command.up()


@main.command()
def chat(
    script: Annotated[Path | None, typer.Option(help="Conversations to play, or -.")] = None,
    known_as: As = None,
) -> None:
    """Talk to the assistant, or play conversations from a file."""
    from bot.cli import chat as command

    if script:
        command.script(script)
    else:
        command.interactive(known_as)


@main.command()
def classify(file: Annotated[Path, typer.Argument(help="JSON lines, or -.")] = Path("-")) -> None:
    """How messages are understood: {"id", "message"} lines in, readings out."""
    from bot.cli import classify as command

    command.classify(file)


@main.command()
def evaluate(
    data: Annotated[Path | None, typer.Option(help="Folder of real labelled messages.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the report goes.")] = None,
    json: Json = False,
    with_diet: Annotated[bool, typer.Option(help="Rasa's own classifier too: an hour.")] = False,
    diet_epochs: Annotated[
        int, typer.Option(min=1, help="How long that one learns; with --with-diet.")
    ] = 100,
    at_least: Annotated[Path | None, typer.Option(help="Floors, YAML; below: exit 1.")] = None,
) -> None:
    """How well and how fast messages are understood: a report, beside other classifiers."""
    from bot.cli import evaluate as command

    if not command.evaluate(data, out, json, diet_epochs if with_diet else 0, at_least):
        raise typer.Exit(1)


@main.command()
def route(
    what: Annotated[str, typer.Argument(help="What a resident writes, or a matter's code.")],
    at: Annotated[str | None, typer.Option(help="Where: an address, or a code.")] = None,
    kind: Annotated[str | None, typer.Option(help="report, question, suggestion …")] = None,
    urgency: Annotated[str | None, typer.Option(help="normal, urgent or emergency.")] = None,
    when: Annotated[str | None, typer.Option(help="ISO, else now; without a zone: local.")] = None,
    against: Annotated[list[str] | None, typer.Option(help="Code of who is complained of.")] = None,
    explain: Annotated[bool, typer.Option(help="Rule, chain, who was passed over.")] = False,
    json: Json = False,
) -> None:
    """To whom the rules would give it, and why. Nothing is written."""
    from bot.cli import route as command

    question = command.Question(
        what=what, at=at, kind=kind, urgency=urgency, when=when, against=tuple(against or ())
    )
    command.route(question, explain=explain, as_json=json)


@main.command()
def replay(
    file: Path,
    limit: Annotated[int | None, typer.Option(min=1)] = None,
    json: Json = False,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep the data here; again, it goes on where it was.")
    ] = None,
) -> None:
    """Real messages through the real engine into tickets, and a table of the outcome."""
    from bot.cli import replay as command

    if command.replay(file, limit, json, data_dir):
        raise typer.Exit(1)


@main.command()
def topics(
    file: Annotated[
        Path | None, typer.Argument(help="JSON lines, or -; else this desk's tickets.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="ISO time; what came later is unknown.")] = None,
    weeks: Annotated[
        int | None, typer.Option(min=1, help="Before that; 4, or all of a file.")
    ] = None,
    top: Annotated[int | None, typer.Option(min=1, help="Only so many.")] = None,
    save: Annotated[bool, typer.Option(help="Keep them as this week's, for the console.")] = False,
    json: Json = False,
) -> None:
    """Hot topics: what many people report, by place and matter."""
    from bot.cli import topics as command

    if file is None:
        command.of_desk(as_of, weeks, top, json, save)
    elif save:
        raise typer.BadParameter("--save is for this desk's own tickets, not for a file")
    else:
        command.of_file(file, as_of, weeks, top, json)


@main.command()
def rates(
    as_of: Annotated[str | None, typer.Option(help="ISO time: what was known then.")] = None,
    since: Annotated[str | None, typer.Option("--from", help="First day; the month's.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last day; the one of --as-of.")] = None,
    by: Annotated[str, typer.Option(help="all, grid, person, matter, month or week.")] = "all",
    grid: Annotated[str | None, typer.Option(help="Only this one's, by its code.")] = None,
    person: Annotated[str | None, typer.Option(help="Only theirs, by their code.")] = None,
    matter: Annotated[str | None, typer.Option(help="Only this, or such as property.*")] = None,
    known_as: As = None,
    json: Json = False,
) -> None:
    """Response, solved and satisfied rates as of any moment, with every ticket behind them."""
    from bot.cli import rates as command

    wanted = command.Wanted(
        as_of=as_of, since=since, until=until, by=by, grid=grid, person=person, matter=matter
    )
    command.rates(wanted, known_as, json)


@main.command()
def train() -> None:
    """Train the assistant from nlu_data/, domain.yml and config.yml."""
    from bot.cli import serve as command

    command.train()


@main.command()
def check() -> None:
    """Is everything in order?"""
    from bot.cli import check as command

    if not command.check():
        raise typer.Exit(1)


@main.command(hidden=True)
def serve(
    name: str,
    parent: Annotated[int | None, typer.Option(help="End when this process ends.")] = None,
) -> None:
    """One process: engine, actions or worker."""
    from bot.cli import serve as command

    command.serve(name, parent)


@tickets_app.command("list")
def list_tickets(
    known_as: As = None, limit: Annotated[int, typer.Option(min=1)] = 50, json: Json = False
) -> None:
    """The newest tickets, as an administrator or as somebody sees them."""
    from bot.cli import tickets as command

    command.list_tickets(known_as, limit, json)


@tickets_app.command("show")
def show_ticket(number: str, known_as: As = None, json: Json = False) -> None:
    """One ticket with its timeline."""
    from bot.cli import tickets as command

    command.show_ticket(number, known_as, json)


@community_app.command("import")
def import_community(
    path: Annotated[Path, typer.Argument(help="A folder, or one file such as staff.xlsx.")],
    dry_run: Annotated[
        bool, typer.Option(help="Say what would change, and change nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Load a community; a bad row is refused and nothing is changed."""
    from bot.cli import community as command

    command.import_community(path, dry_run, json)
