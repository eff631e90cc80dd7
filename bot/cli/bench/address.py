"""`bench address`: how fast is a place read from a text, in a city of so many buildings?"""

from __future__ import annotations

import json
import random
import resource
import statistics
import time
from dataclasses import asdict, dataclass
from itertools import product

from bot.desk.community import Area, AreaKind, Building, Community, Place
from bot.language.address import AddressBook

_HOUSES = 20  # buildings of an estate
_ROUNDS = 2000
_SEED = 1
# Invented names of the usual make; what is left over is numbered 二里, 三里.
_FIRST = "春夏秋冬梅兰竹菊松柏杨柳桃李杏榆槐桂枫荷安宁康泰和顺福祥瑞吉庆喜乐欣荣华富贵兴旺"
_SECOND = "山水云月星河湖海江泉溪谷林园景苑庭阁台亭桥路道坊街巷门城乡村"
_KINDS = ("小区", "花园", "家园", "公寓", "新村", "宿舍")
_STORIES = (
    "{estate}{number}号楼{unit}单元{room}漏水",
    "{estate}{number}-{unit}-{room}，楼道灯坏了三天没人修",
    "您好，我住{estate}{number}号楼，楼下有人飞线充电，请尽快处理",
    "{slip}{number}号楼{unit}单元电梯困人",
    "{number}号楼{unit}单元停水了",
    "我家楼下垃圾没人收",
    "小区里晚上跳广场舞的声音太大，能不能管一管，孩子明天还要上学，老人也睡不着觉",
)


@dataclass(frozen=True, kw_only=True)
class AddressSpeed:
    """seconds and megabytes of building the book, milliseconds of an answer.

    cpu_*: of the processor only; the others include waiting for it on a busy machine.
    """

    places: int
    estates: int
    build_seconds: float
    build_mb: float
    answers: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    cpu_p50_ms: float
    cpu_p95_ms: float
    cpu_p99_ms: float


def address(places: int, as_json: bool) -> None:
    """Build a city of `places` buildings and read texts of every kind against it."""
    speed = measure(places)
    if as_json:
        print(json.dumps(asdict(speed)))
        return
    for name, value in asdict(speed).items():
        print(f"{name:>14}  {value}")


def measure(places: int) -> AddressSpeed:
    """The same city and the same texts every time."""
    city = _city(places)
    memory, began = _peak_mb(), time.perf_counter()
    book = AddressBook(city)
    built = time.perf_counter() - began
    memory = _peak_mb() - memory
    dice = random.Random(_SEED)  # noqa: S311
    home = Place(building="0-1", unit="1", room="101")
    book.resolve("春山", home=home)  # the tables of pinyin and numerals are read once
    estates = list(dict.fromkeys(building.estate for building in city.buildings.values()))
    spent, worked = list[float](), list[float]()
    for _ in range(_ROUNDS):
        text = _story(dice, dice.choice(estates))
        began, busy = time.perf_counter(), time.thread_time()
        book.resolve(text, home=home)
        worked.append(1000 * (time.thread_time() - busy))
        spent.append(1000 * (time.perf_counter() - began))
    cuts, cpu = statistics.quantiles(spent, n=100), statistics.quantiles(worked, n=100)
    return AddressSpeed(
        places=places,
        estates=len(estates),
        build_seconds=round(built, 2),
        build_mb=round(memory, 1),
        answers=len(spent),
        p50_ms=round(cuts[49], 3),
        p95_ms=round(cuts[94], 3),
        p99_ms=round(cuts[98], 3),
        max_ms=round(max(spent), 3),
        cpu_p50_ms=round(cpu[49], 3),
        cpu_p95_ms=round(cpu[94], 3),
        cpu_p99_ms=round(cpu[98], 3),
    )


def _city(places: int) -> Community:
    grids = {
        f"g{at}": Area(code=f"g{at}", kind=AreaKind.GRID, name=f"第{at + 1}网格")
        for at in range(max(1, places // 300))
    }
    buildings: dict[str, Building] = {}
    for at, name in zip(range(-(-places // _HOUSES)), _names(), strict=False):
        for number in range(1, min(_HOUSES, places - at * _HOUSES) + 1):
            code = f"{at}-{number}"
            grid = f"g{at % len(grids)}"
            buildings[code] = Building(
                code=code, name=f"{number}号楼", estate=name, grid=grid, units=4, floors=18
            )
    return Community(
        name="bench",
        version="1",
        areas=grids,
        buildings=buildings,
        staff={},
        schedules={},
        categories={},
    )


def _names() -> list[str]:
    """8,000 and more names of estates, no two alike, many that sound alike."""
    dice = random.Random(_SEED)  # noqa: S311
    names = [a + b + kind for a, b, kind in product(_FIRST, _SECOND, _KINDS)]
    dice.shuffle(names)
    numbered = [f"{name[:2]}{part}{name[2:]}" for part in "北南东西" for name in names]
    return names + numbered


def _story(dice: random.Random, estate: str) -> str:
    at = dice.randrange(len(estate))
    slip = estate[:at] + dice.choice(_FIRST + _SECOND) + estate[at + 1 :]
    return dice.choice(_STORIES).format(
        estate=estate,
        slip=slip,
        number=dice.randint(1, _HOUSES),
        unit=dice.randint(1, 4),
        room=f"{dice.randint(1, 18)}0{dice.randint(1, 4)}",
    )


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
