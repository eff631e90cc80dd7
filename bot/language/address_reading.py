"""One text, read against the names of a register but not yet decided."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.desk.community import Place
from bot.language.address_grammar import FIRST_PLACE, Mention, detail, home_word, mentions
from bot.language.address_names import Hit, Kind, tidy
from bot.language.address_register import Register
from bot.language.numerals import to_digits

_MOST_CHARACTERS, _MOST_NAMES = 1000, 100


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where the writer lives, with everything that follows from it; all empty if not known."""

    place: Place = field(default_factory=Place)
    building: str | None = None  # only if it is still in the register
    estate: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a text names; `text` is as the grammar wants it, each name one private-use character."""

    text: str
    hits: dict[int, Hit]  # by position in `text`
    mentions: list[Mention]
    words: str  # 楼下, 南门
    home: Home
    home_word: str | None  # flat, building, unit, estate, community, grid

    def named(self, kind: Kind, *, before: int = 0) -> Hit | None:
        """The last name of this kind before a position, else the first after it."""
        places = [at for at, hit in self.hits.items() if hit.codes(kind)]
        if not places:
            return None
        return self.hits[max((at for at in places if at < before), default=places[0])]

    def estates(self, *, before: int = 0) -> list[str]:
        """The estates named; 我们小区 names that of home."""
        if hit := self.named(Kind.ESTATE, before=before):
            return hit.codes(Kind.ESTATE)
        return [self.home.estate] if self.home_word == "estate" and self.home.estate else []

    def areas(self, *, doubtful: bool = True) -> list[list[str]]:
        """For each name of an area, which it may be; those in doubt only if asked for."""
        hits = [hit for hit in self.hits.values() if doubtful or not hit.in_doubt]
        return [codes for hit in hits if (codes := hit.codes(Kind.AREA))]

    @property
    def numbered(self) -> list[Mention]:
        return [mention for mention in self.mentions if mention.number]

    @property
    def misheard(self) -> bool:
        return not all(hit.exact for hit in self.hits.values())

    @property
    def inside(self) -> Place:
        """Unit, room and detail that stand in the text without a building number."""
        said = [mention for mention in self.mentions if not mention.number]
        return self.place_in(said[0] if said else Mention(start=0, end=0))

    @property
    def literally(self) -> str:
        """What was said of buildings and rooms, for a register that does not have them."""
        return "".join(self.text[m.start : m.end].strip() for m in self.mentions) + self.words

    def place_in(self, mention: Mention) -> Place:
        return Place(unit=mention.unit, room=mention.room, detail=self.words)


def read(text: str, register: Register, home: Place | None) -> Reading:
    """Only the first thousand characters count: nobody begins an address later."""
    plain = tidy(text[:_MOST_CHARACTERS])
    hits = register.cores.beside(plain, register.names.find(plain)[:_MOST_NAMES])
    parts, end = [], 0
    for at, hit in enumerate(hits):
        parts += [plain[end : hit.start], chr(FIRST_PLACE + at)]
        end = hit.end
    prepared = to_digits("".join(parts) + plain[end:])
    said = mentions(prepared)
    return Reading(
        text=prepared,
        hits={prepared.index(chr(FIRST_PLACE + at)): hit for at, hit in enumerate(hits)},
        mentions=[mention for mention in said if not mention.denied],
        words=detail(prepared, said),
        home=_complete(home, register) if home else Home(),
        home_word=home_word(prepared) if home else None,
    )


def _complete(home: Place, register: Register) -> Home:
    """Home with the levels above its most exact one; codes no register knows are dropped."""
    known = register.community.buildings.get(home.building or "")
    named = known.estate if known else home.estate
    community, grid = register.levels(known.grid if known else home.grid or home.community)
    code = known.code if known else None
    place = replace(home, building=code, estate=named, grid=grid, community=community)
    estate = tidy(named or "")
    return Home(place=place, building=code, estate=estate if estate in register.estates else None)
