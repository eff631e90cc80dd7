"""One text, read against the names of a register but not yet decided."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.desk.community import AreaKind, Place
from bot.language.address_grammar import FIRST_PLACE, Mention, detail, home_word, mentions
from bot.language.address_names import Hit, Kind
from bot.language.address_register import Register, tidy
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

    def named(self, kind: Kind, *, before: int = 0) -> list[str]:
        """Codes of the last name of this kind before a position, else of the first after it."""
        places = [at for at in self.hits if any(t.kind is kind for t in self.hits[at].targets)]
        if not places:
            return []
        at = max((at for at in places if at < before), default=places[0])
        return [target.code for target in self.hits[at].targets if target.kind is kind]

    def estates(self, *, before: int = 0) -> list[str]:
        """The estates named; 我们小区 names that of home."""
        named = self.named(Kind.ESTATE, before=before)
        meant = self.home_word == "estate" and not named
        return [self.home.estate] if meant and self.home.estate else named

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
    hits = register.names.find(plain)[:_MOST_NAMES]
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
    code = home.building
    known = code is not None and code in register.community.buildings
    areas = register.areas_of(code) if code and known else register.lineage(home.grid)
    areas = areas or register.lineage(home.community)
    place = replace(
        home,
        building=code if known else None,
        grid=register.level(areas, AreaKind.GRID),
        community=register.level(areas, AreaKind.COMMUNITY),
    )
    if not (code and known):
        return Home(place=place)
    return Home(place=place, building=code, estate=register.estate_of(code))
