"""The commands of `bench`. Each imports what it needs when it is called, as those beside it do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import Json

bench = typer.Typer(help="How fast is it, on this machine?", no_args_is_help=True)


@bench.command("gateway")
def bench_gateway(
    dialogues: Annotated[int, typer.Option(min=20)] = 400,
    concurrency: Annotated[int, typer.Option(min=1)] = 8,
    json: Json = False,
) -> None:
    """The whole path, with a ticket opened in every dialogue."""
    from bot.cli.bench import gateway as command

    command.gateway(dialogues, concurrency, json)


@bench.command("engine")
def bench_engine(
    rounds: Annotated[int | None, typer.Option(min=1, help="5, or 2 with --quick.")] = None,
    quick: Annotated[bool, typer.Option(help="Short, without training and disk.")] = False,
    ours_only: Annotated[bool, typer.Option(help="Without stock Rasa beside it.")] = False,
    stock_epochs: Annotated[int, typer.Option(min=1, help="100 is what Rasa itself takes.")] = 10,
    json: Json = False,
) -> None:
    """Our engine beside stock Rasa, in turns. Installs and trains stock Rasa the first time."""
    from bot.cli.bench import engine as command

    command.engine(rounds, quick, ours_only, stock_epochs, json)


@bench.command("soak")
def bench_soak(
    minutes: Annotated[float, typer.Option(min=0.2)] = 30,
    rate: Annotated[
        float | None, typer.Option(min=0.1, help="Messages a second; else half of the top rate.")
    ] = None,
    json: Json = False,
) -> None:
    """The whole path at a constant rate: does memory grow, is anything lost?"""
    from bot.cli.bench import soak as command

    command.soak(minutes, rate, json)


@bench.command("desk")
def bench_desk(
    tickets: Annotated[int, typer.Option(min=2_000)] = 100_000,
    url: Annotated[
        str | None, typer.Option(help="A PostgreSQL server; else SQLite in a scratch folder.")
    ] = None,
    json: Json = False,
) -> None:
    """Very many tickets: opening, routing, lists, the worker, and a thousand late at once."""
    from bot.cli.bench import desk as command

    command.desk(tickets, url, json)


@bench.command("address")
def bench_address(
    places: Annotated[int, typer.Option(min=100)] = 100_000, json: Json = False
) -> None:
    """How long the address book takes to find a place among many."""
    from bot.cli.bench import address as command

    command.address(places, json)


@bench.command("routing")
def bench_routing(
    data: Annotated[Path, typer.Option(help="Folder with the city's streets and communities.")],
    people: Annotated[int, typer.Option(min=100)] = 20_000,
    tickets: Annotated[int, typer.Option(min=0, help="In hand.")] = 100_000,
    requests: Annotated[int, typer.Option(min=100)] = 5000,
    json: Json = False,
) -> None:
    """How fast it is decided whose task something is, in a whole city."""
    from bot.cli.bench import routing as command

    command.routing_speed(data, people, tickets, requests, json)


@bench.command("messages7")
def bench_messages7(
    train: Annotated[list[Path] | None, typer.Option(help="Rows to learn from.")] = None,
    test: Annotated[Path | None, typer.Option(help="Else every fifth raw row.")] = None,
    json: Json = False,
) -> None:
    """Seven classes of real letters, as in published experiments."""
    from bot.cli.bench import messages7 as command

    command.messages7(train or command.VISIBLE, test, json)
