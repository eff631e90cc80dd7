"""Options that several commands have."""

from __future__ import annotations

from typing import Annotated

import typer

As = Annotated[str | None, typer.Option("--as", help="Code of a resident or member of staff.")]
Json = Annotated[bool, typer.Option("--json", help="JSON lines instead of a table.")]
