"""Tables of the community: places, people and rules, written only by an import."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped

from bot.store.base import Base, column


class CommunityRow(Base):
    """The one community this desk serves, with the rules that have no rows of their own."""

    __tablename__ = "community"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = column(Integer, primary_key=True)
    name: Mapped[str] = column(String(120))
    version: Mapped[str] = column(String(64))  # hash of the imported files
    settings: Mapped[dict[str, str]] = column(JSON)
    schedules: Mapped[list[dict[str, Any]]] = column(JSON)
    routing: Mapped[list[dict[str, Any]]] = column(JSON)
    deadlines: Mapped[list[dict[str, Any]]] = column(JSON)
    branches: Mapped[list[dict[str, Any]]] = column(JSON, default=list)  # of the Party
    rosters: Mapped[list[dict[str, Any]]] = column(JSON, default=list)
    rules: Mapped[dict[str, Any]] = column(JSON, default=dict)  # further rule files, by their stem


class AreaRow(Base):
    __tablename__ = "areas"

    code: Mapped[str] = column(String(40), primary_key=True)
    kind: Mapped[str] = column(String(20))
    name: Mapped[str] = column(String(120))
    parent: Mapped[str | None] = column(String(40), ForeignKey("areas.code"), nullable=True)
    aliases: Mapped[list[str]] = column(JSON)
    polygon: Mapped[list[list[float]]] = column(JSON)


class BuildingRow(Base):
    __tablename__ = "buildings"

    code: Mapped[str] = column(String(40), primary_key=True)
    name: Mapped[str] = column(String(120))
    estate: Mapped[str] = column(String(120), index=True)
    grid: Mapped[str] = column(String(40), ForeignKey("areas.code"), index=True)
    aliases: Mapped[list[str]] = column(JSON)
    units: Mapped[int] = column(Integer)
    floors: Mapped[int] = column(Integer)
    latitude: Mapped[float] = column(Float)
    longitude: Mapped[float] = column(Float)


class CategoryRow(Base):
    __tablename__ = "categories"

    code: Mapped[str] = column(String(60), primary_key=True)
    name: Mapped[str] = column(String(60))
    urgency: Mapped[str] = column(String(12))
    gb: Mapped[list[str]] = column(JSON)
    note: Mapped[str] = column(Text)


class StaffRow(Base):
    """A person who works for the community. People who left stay, inactive: tickets name them."""

    __tablename__ = "staff"

    code: Mapped[str] = column(String(40), primary_key=True)
    name: Mapped[str] = column(String(60))
    title: Mapped[str] = column(String(60))
    phone: Mapped[str] = column(String(40))
    posts: Mapped[list[dict[str, Any]]] = column(JSON)
    schedule: Mapped[str] = column(String(40))
    deputy: Mapped[str | None] = column(String(40), nullable=True)
    branch: Mapped[str | None] = column(String(40), nullable=True)
    capacity: Mapped[int | None] = column(Integer, nullable=True)  # open tickets; None: no limit
    absences: Mapped[list[dict[str, str]]] = column(JSON)
    active: Mapped[bool] = column(Boolean, default=True)
