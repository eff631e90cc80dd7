"""What residents write, and the place it means: `building unit room detail`, - where not known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.community import Place
from bot.language.address import AddressBook
from tests.language.conftest import COMMUNITY_OF_TESTS

BOOK = AddressBook(COMMUNITY_OF_TESTS)


def shown(place: Place) -> str:
    code = place.building or place.estate or place.grid or place.community or ""
    words = (code, place.unit or "-", place.room or "-", place.detail)
    return " ".join(words).rstrip(" -")


def best(places: list[Place]) -> str:
    return shown(places[0]) if places else ""


def table(rows: str) -> list[tuple[str, str]]:
    """Lines of `text = expected`."""
    pairs = (line.split("=") for line in rows.strip().splitlines())
    return [(text.strip(), expected.strip()) for text, expected in pairs]


ONE_BUILDING = table("""
    幸福里小区3号楼2单元501 = x3 2 501
    幸福里小区三号楼二单元五零一 = x3 2 501
    幸福里小区三号楼二单元五〇一室 = x3 2 501
    幸福裏小區３號樓２單元５０１ = x3 2 501
    幸福里小区 3号楼 2单元 501 = x3 2 501
    幸福里小区3号楼，2单元，501室 = x3 2 501
    幸福里小区的3号楼 = x3
    幸福里小区3号楼第2单元 = x3 2
    幸福里小区3栋2单元 = x3 2
    幸福里小区3幢 = x3
    幸福里小区3#2-501 = x3 2 501
    幸福里小区3#楼501 = x3 - 501
    幸福里小区3-2-501 = x3 2 501
    幸福里小区3—2—501 = x3 2 501
    幸福里小区3/2/501 = x3 2 501
    幸福里小区 3 2 501 = x3 2 501
    幸福里小区3-501 = x3 - 501
    幸福里小区3-2单元501 = x3 2 501
    幸福里小区3-2 = x3 2
    幸福里小区3号501 = x3 - 501
    幸福里小区三杠二杠五零一 = x3 2 501
    幸福里小区3楼2单元501 = x3 2 501
    幸福里小区3号楼2门501 = x3 2 501
    幸福里小区3号楼5楼501 = x3 - 501
    幸福里小区3号楼2单元501户 = x3 2 501
    幸福里小区03号楼 = x3
    幸福里小区3号搂 = x3
    幸福里3号楼2单元501 = x3 2 501
    幸福里的3号楼 = x3
    3号楼，幸福里小区 = x3
    2单元501，幸福里小区3号楼 = x3 2 501
    城东街道幸福里社区幸福里小区3号楼 = x3
    阳光花园A座1203 = ya - 1203
    阳光花园a座1203室 = ya - 1203
    A座1203 = ya - 1203
    阳光花园三号楼1801 = y3 - 1801
    四季花城二期1号楼3201 = s1 - 3201
    四季花城2期1号楼 = s1
    二期1号楼 = s1
    和平小区甲7号楼 = h7
    和平甲七号楼 = h7
    23号楼 = h23
    二十三号楼 = h23
    二十三栋三单元 = h23 3
    24-301 = h24 - 301
    24-3-301 = h24 3 301
    4号楼 = x4
    四号楼 = x4
    天桥大厦 = t
    天桥大厦1203 = t - 1203
    天桥大厦1203室漏水 = t - 1203
    综合楼 = yz
    阳光花园综合楼 = yz
    写字楼 = ya
    机械厂宿舍15号楼 = h23
    机械厂宿舍十五号楼2单元 = h23 2
    机械厂宿舍16栋 = h24
    在红楼后面 = h23 - - 后面
    和平社区23号楼 = h23
    和平社区二十四号楼 = h24
    城东街道4号楼 = x4
""")

TYPOS = table("""
    幸福里小去3号楼2单元 = x3 2
    兴福里小区3号楼 = x3
    幸福李小区3号楼 = x3
    星福里3号楼 = x3
    羊光花园2栋 = y2
    阳光花圆A座 = ya
    四季华城二期8号楼 = s8
""")

DETAILS = table("""
    幸福里小区3号楼楼下 = x3 - - 楼下
    幸福里小区3号楼下 = x3 - - 楼下
    幸福里小区3号楼前面有垃圾 = x3 - - 楼前
    幸福里小区3号楼后 = x3 - - 楼后
    幸福里小区3号楼楼顶漏水 = x3 - - 楼顶
    幸福里小区3号楼2单元门口 = x3 2 - 门口
    幸福里小区3号楼2单元电梯坏了 = x3 2 - 电梯
    幸福里小区3号楼2单元楼道灯不亮 = x3 2 - 楼道
    幸福里小区3号楼南门 = x3 - - 南门
    幸福里小区3号楼旁边的花坛 = x3 - - 旁边花坛
    幸福里小区3号楼一楼楼道 = x3 - - 一楼楼道
    幸福里小区3号楼2单元5楼东户 = x3 2 - 5楼东户
    幸福里小区3号楼地下车库 = x3 - - 地下车库
    幸福里小区3号楼下午停水 = x3
    幸福里小区3号楼下水道堵了 = x3
    幸福里小区3号楼上午没电 = x3
    综合楼2楼 = yz - - 2楼
    幸福里小区南门 = 幸福里小区 - - 南门
    幸福里小区垃圾桶满了 = 幸福里小区 - - 垃圾桶
""")

NO_PLACE = """
    打了3次电话
    2023年5月1日
    13800000000
    3号线
    5号晚上
    一号会议室
    1号会议室
    三天没来
    一下雨就漏
    一楼
    三楼漏水
    5月4号楼下有人吵
    010-88881234
    300-500元
    4.5号楼
    有4栋楼停电
    这4栋都没水
    一座桥
    4号楼梯
    比分4-2
    为了和平
    城东街道
    噪音和安全隐患
    99号楼
    九十九号楼2单元
    99-1-101
    甲4号楼
    2单元501
    501室
    我家楼下
    我们小区
    电梯坏了
    卫生服务中心
    家里停电了
    4号文件
    10号到15号
    2026-11-23
    20261123-0007
    京A12345
    交了120元

    !!!
""".strip("\n").split("\n")

AT_HOME = table("""
    我家漏水 = x3 2 501
    我们家停电了 = x3 2 501
    家里没水 = x3 2 501
    我家门口堆了垃圾 = x3 2 501 门口
    我家楼下 = x3 2 - 楼下
    我家楼下垃圾没人收 = x3 2 - 楼下
    我家楼道灯不亮 = x3 2 - 楼道
    我家对面太吵 = x3 2 - 对面
    我们单元门坏了 = x3 2 - 单元门
    我们楼停电 = x3
    我们这栋楼没水 = x3
    我们小区南门 = 幸福里小区 - - 南门
    我们小区5号楼 = x5
    我们社区 = xf
    2单元501 = x3 2 501
    三单元的门禁 = x3 3
    501室漏水 = x3 - 501
    楼上601太吵 = x3 2 601 楼上
    3号楼2单元501 = x3 2 501
    1号楼 = x1
    2栋3单元 = x2 3
    我家孩子上学 =
    我家老人要办证 =
    电梯坏了 =
    小区门口 =
    打了3次电话 =
    阳光花园3号楼 = y3
    我家旁边的阳光花园2号楼 = y2 - - 旁边
    23号楼 = h23
""")


@pytest.mark.parametrize(("text", "expected"), ONE_BUILDING)
def test_one_building_is_meant(text: str, expected: str) -> None:
    places = BOOK.resolve(text)
    assert best(places) == expected
    assert len(places) == 1


@pytest.mark.parametrize(("text", "expected"), ONE_BUILDING)
def test_a_building_that_is_the_only_one_is_sure(text: str, expected: str) -> None:
    doubtful = "-" in text and "幸福里" not in text  # 24-301 may be many things
    assert BOOK.resolve(text)[0].confidence >= (0.8 if doubtful else 0.9)


@pytest.mark.parametrize(("text", "expected"), TYPOS)
def test_a_name_is_understood_by_its_sound_and_is_less_sure(text: str, expected: str) -> None:
    place = BOOK.resolve(text)[0]
    assert shown(place) == expected
    assert 0.7 <= place.confidence < 0.9


@pytest.mark.parametrize(("text", "expected"), DETAILS)
def test_words_beside_the_place_are_kept(text: str, expected: str) -> None:
    assert best(BOOK.resolve(text)) == expected


@pytest.mark.parametrize("text", NO_PLACE)
def test_ordinary_numbers_and_words_are_no_place(text: str) -> None:
    assert BOOK.resolve(text.strip()) == []


@pytest.mark.parametrize(("text", "expected"), AT_HOME)
def test_home_settles_what_the_text_leaves_open(text: str, expected: str, home: Place) -> None:
    assert best(BOOK.resolve(text, home=home)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三号楼二单元五零一", "x3 y3"),
        ("一号楼", "x1 y1 s1"),
        ("2-2-201", "x2 y2"),
        ("和平社区1号楼", "s1"),
        ("幸福里社区1号楼", "x1 y1"),
        ("第一网格", "xf1 hp1"),
    ],
)
def test_all_that_fit_are_returned_equally_sure(text: str, expected: str) -> None:
    places = BOOK.resolve(text)
    assert " ".join(shown(place).split()[0] for place in places) == expected
    assert len({place.confidence for place in places}) == 1
    assert len(places) == 1 or places[0].confidence <= 0.5


def test_home_comes_first_and_the_others_follow_clearly_behind(home: Place) -> None:
    first, *others = BOOK.resolve("1号楼", home=home)
    assert first.building == "x1"
    assert {place.building for place in others} == {"y1", "s1"}
    assert first.confidence > 2 * others[0].confidence


def test_a_unit_only_one_building_has_decides() -> None:
    (place,) = BOOK.resolve("1号楼6单元")
    assert (place.building, place.unit) == ("s1", "6")
    assert 0.5 < place.confidence < 0.9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("幸福里小区3号楼3201", "x3"),
        ("幸福里小区3号楼2单元3201", "x3 2"),
        ("幸福里小区3号楼9单元", "x3"),
        ("幸福里小区3号楼500", "x3"),
        ("阳光花园2栋1901", "y2"),
    ],
)
def test_a_room_or_unit_the_building_cannot_have_is_left_out(text: str, expected: str) -> None:
    place = BOOK.resolve(text)[0]
    assert shown(place) == expected
    assert 0.5 < place.confidence < 0.9


def test_a_register_that_never_counted_floors_accepts_any_room() -> None:
    bare = replace(COMMUNITY_OF_TESTS.buildings["x3"], units=1, floors=1)
    book = AddressBook(replace(COMMUNITY_OF_TESTS, buildings={"x3": bare}))
    assert best(book.resolve("3号楼2单元3201")) == "x3 2 3201"


@pytest.mark.parametrize(
    ("text", "grid", "detail"),
    [("幸福里小区", None, ""), ("阳光花园", "xf2", ""), ("阳光花园南门", "xf2", "南门")],
)
def test_an_estate_alone_gives_its_community_and_perhaps_its_grid(
    text: str, grid: str | None, detail: str
) -> None:
    (place,) = BOOK.resolve(text)
    assert (place.community, place.grid, place.building, place.detail) == ("xf", grid, None, detail)
    assert 0.6 <= place.confidence <= 0.7


@pytest.mark.parametrize("text", ["幸福里小区99号楼2单元", "我们小区99号楼2单元"])
def test_a_building_nobody_knows_is_words_only(text: str, home: Place) -> None:
    (place,) = BOOK.resolve(text, home=home)
    assert (place.estate, place.building, place.detail) == ("幸福里小区", None, "99号楼2单元")
    assert place.confidence <= 0.5


def test_a_number_after_an_unknown_estate_is_doubtful() -> None:
    (place,) = BOOK.resolve("蓝天小区4号楼")
    assert place.building == "x4"
    assert place.confidence <= 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第二网格", "xf2"),
        ("2网格", "xf2"),
        ("三号网格", "hp3"),
        ("和平社区一网格", "hp1"),
        ("幸福里社区第一网格", "xf1"),
        ("幸福里居委会", "xf"),
        ("和平社区", "hp"),
    ],
)
def test_grids_and_communities_are_places_too(text: str, expected: str) -> None:
    (place,) = BOOK.resolve(text)
    assert shown(place) == expected
    assert place.confidence <= 0.7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4号楼和6号楼都停水", "x4 x6"),
        ("4、5、6号楼停水", "x4 x5 x6"),
        ("4-6号楼停水", "x4 x5 x6"),
        ("四五号楼停水", "x4 x5"),
        ("幸福里小区1号楼，阳光花园2号楼", "x1 y2"),
        ("我住4号楼，6号楼的灯坏了", "x6 x4"),
        ("不是4号楼，是6号楼", "x6"),
        ("4号楼的，4号楼2单元501", "x4"),
    ],
)
def test_several_buildings_come_in_their_order(text: str, expected: str) -> None:
    places = BOOK.resolve(text)
    assert " ".join(place.building or "" for place in places) == expected
    assert all(place.confidence < places[0].confidence for place in places[1:])


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place(building="x3", unit="2", room="501"), "幸福里小区3号楼2单元501"),
        (Place(building="x3", detail="楼下"), "幸福里小区3号楼楼下"),
        (Place(building="x3", room="501", detail="5楼"), "幸福里小区3号楼501 5楼"),
        (Place(building="t", room="1203"), "天桥大厦1203"),
        (Place(community="xf", grid="xf1"), "幸福里社区第一网格"),
        (Place(community="hp", grid="hp1"), "和平社区第一网格"),
        (Place(community="xf", estate="幸福里小区", detail="南门"), "幸福里社区幸福里小区南门"),
        (Place(detail="路口"), "路口"),
        (Place(), ""),
    ],
)
def test_a_place_is_described_as_an_address(place: Place, expected: str) -> None:
    assert BOOK.describe(place) == expected


@pytest.mark.parametrize("code", COMMUNITY_OF_TESTS.buildings)
@pytest.mark.parametrize(("unit", "room"), [(None, None), ("1", None), ("1", "201")])
def test_a_description_is_understood_again(code: str, unit: str | None, room: str | None) -> None:
    place = Place(building=code, unit=unit, room=room)
    assert best(BOOK.resolve(BOOK.describe(place))) == shown(place)


def at(**building: float) -> AddressBook:
    placed = replace(COMMUNITY_OF_TESTS.buildings["x3"], **building)  # type: ignore[arg-type]
    return AddressBook(replace(COMMUNITY_OF_TESTS, buildings={"x3": placed}))


def test_a_point_near_a_building_is_that_building() -> None:
    place = at(longitude=116.401, latitude=39.901).locate(39.9012, 116.401)
    assert place is not None
    assert (place.building, place.grid, place.community) == ("x3", "xf1", "xf")


def test_a_point_far_from_every_building_is_its_grid() -> None:
    place = at(longitude=116.401, latitude=39.901).locate(39.9017, 116.401)
    assert place is not None
    assert (place.building, place.grid) == (None, "xf1")


def test_a_near_building_of_another_grid_is_not_taken() -> None:
    place = at(longitude=116.4019, latitude=39.901).locate(39.901, 116.4022)
    assert place is not None
    assert (place.building, place.grid) == (None, "xf2")


@pytest.mark.parametrize("point", [(0.0, 0.0), (31.2, 121.5), (float("nan"), 116.4), (91.0, 181.0)])
def test_a_point_elsewhere_is_no_place(point: tuple[float, float]) -> None:
    assert BOOK.locate(*point) is None


NAMES = ("幸福里小区", "阳光花园", "和平", "第一网格", "红楼", "我家", "我们小区", "楼下")
NUMBERS = ("3", "12", "501", "二", "五零一", "A", "号楼", "栋", "单元", "座", "室", "号", "月")
PIECES = st.sampled_from((*NAMES, *NUMBERS, "不是", "住", "-", "#", "、", "，", "的", " "))


@settings(deadline=None)
@given(st.text() | st.lists(PIECES).map("".join), st.booleans())
def test_resolve_never_fails_and_names_only_what_exists(text: str, at_home: bool) -> None:
    for place in BOOK.resolve(text, home=Place(building="x3", unit="2") if at_home else None):
        assert place.building is None or place.building in COMMUNITY_OF_TESTS.buildings
        assert 0 < place.confidence <= 1
