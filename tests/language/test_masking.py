from __future__ import annotations

import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.masking import find_numbers, find_phone, mask


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13800135678", "138****5678"),
        ("电话13800135678，谢谢", "电话138****5678，谢谢"),
        ("138-0013-5678", "138-****-5678"),
        ("138 0013 5678", "138 **** 5678"),
        ("1 3 8 0 0 1 3 5 6 7 8", "1 3 8 * * * * 5 6 7 8"),
        ("１３８００１３５６７８", "１３８****５６７８"),
        ("138\u200b0013\u200b5678", "138\u200b****\u200b5678"),
        ("+86 13800135678", "+86 138****5678"),
        ("8613800135678", "86138****5678"),
        ("013800135678", "0138****5678"),
        ("幺三八零零幺三五六七八", "幺三八****五六七八"),
        ("13800135678和13900135679", "138****5678和139****5679"),
        ("3201 13800135678", "3201 138****5678"),
        ("010-88881234", "010-****1234"),
        ("(010)88881234", "(010)****1234"),
        ("（０５５１）６２８８ １２３４", "（０５５１）**** １２３４"),
        ("+86-10-88881234", "+86-10-****1234"),
        ("座机88881234", "座机****1234"),
        ("11010119900101123X", "110***********123X"),
        ("110101 19900101 1234", "110*** ******** 1234"),
        ("110101 20050101-1234", "110*** ********-1234"),
        ("6222021234567890123", "6222***********0123"),
        ("6222 0212 3456 7890 123", "6222 **** **** ***0 123"),
        ("138001356781234", "1380*******1234"),
        ("zhang.san@qq.com", "z****.***@qq.com"),
        ("13800135678@139.com", "1**********@139.com"),
        ("京A12345", "京A****5"),
        ("京AD12345", "京A*****5"),
        ("沪B·8K123停了三天", "沪B·****3停了三天"),
        ("粤b 12345", "粤b ****5"),
        ("京A D12345", "京A *****5"),
        ("京 A 1 2 3 4 5 挡道", "京 A * * * * 5 挡道"),
        ("京Ａ·１２３４５", "京Ａ·****５"),
        ("沪AF12345堵门", "沪A*****5堵门"),
        ("苏E12345D", "苏E*****D"),
        ("冀B-8K12挂", "冀B-****挂"),
        ("粤Z1234港", "粤Z****港"),
        ("车牌京a12345和津B67890", "车牌京a****5和津B****0"),
    ],
)
def test_what_identifies_a_person_is_hidden(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "工单20261123-0007",
        "20261123-0007 20261123-0008",
        "202611230007",
        "2026-11-23 13:05:00",
        "2026-11-23T13:05:00+08:00",
        "15 2026-11-23 0",
        "2026年11月23日",
        "2026/11/23",
        "20261123130506",
        "3号楼2单元501",
        "3-2-501 13-8-1201 3-501",
        "110、119、12345、95598",
        "5000000元",
        "1.5万",
        "今天停水了，一共三百块",
        "幸福里小区A座12层",
        "云A座3号楼",
        "京东B2层1203",
        "",
    ],
)
def test_ticket_numbers_dates_and_addresses_stay(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我电话是13800135678", "13800135678"),
        ("138-0013-5678", "13800135678"),
        ("１３８ ００１３ ５６７８", "13800135678"),
        ("+86 138 0013 5678", "13800135678"),
        ("幺三八零零幺三五六七八", "13800135678"),
        ("010-88881234", "01088881234"),
        ("(0551) 6288 1234转801", "055162881234"),
        ("+86-10-88881234", "01088881234"),
        ("联系电话：88881234", "88881234"),
        ("座机010-88881234，手机13800135678", "13800135678"),
        ("身份证110101199001011234", None),
        ("工单20261123-0007", None),
        ("3号楼2单元501", None),
        ("1380013567", None),
        ("", None),
    ],
)
def test_a_telephone_number_is_found_in_plain_digits(text: str, expected: str | None) -> None:
    assert find_phone(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("京A12345挡路，电话138 0013 5678", "plate 京A12345|phone 13800135678"),
        ("粤b·ｄ１２３４５", "plate 粤BD12345"),
        ("津 C 6 7 8 9 0", "plate 津C67890"),
        ("沪A.12345F的车", "plate 沪A12345F"),
        ("座机010-88881234", "phone 01088881234"),
        ("粤Z1234港，冀B8K12挂", "plate 粤Z1234港|plate 冀B8K12挂"),
        ("3号楼2单元501", ""),
    ],
)
def test_telephones_and_plates_are_found_where_they_stand(text: str, expected: str) -> None:
    found = find_numbers(text)
    assert "|".join(f"{number.kind} {number.value}" for number in found) == expected
    for number in found:
        said = unicodedata.normalize("NFKC", text[slice(*number.span)]).upper()
        assert re.sub(r"[^0-9A-Z\u4e00-\u9fff]", "", said) == number.value.lstrip("+")


MOBILE = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
WORDS = st.text(alphabet=st.characters(blacklist_categories=("Nd", "Cs"), blacklist_characters="-"))


FULL_WIDTH = str.maketrans("0123456789- ", "０１２３４５６７８９－　")


@settings(deadline=None)
@given(WORDS, MOBILE, WORDS, st.sampled_from(["", "-", " "]), st.booleans())
def test_no_mobile_number_is_left(
    before: str, mobile: str, after: str, gap: str, wide: bool
) -> None:
    written = gap.join((mobile[:3], mobile[3:7], mobile[7:]))
    text = f"{before}，{written.translate(FULL_WIDTH) if wide else written}，{after}"
    left = unicodedata.normalize("NFKC", mask(text))
    assert mobile not in re.sub(r"[\s-]", "", left)
    assert find_phone(text) is not None


@settings(deadline=None)
@given(st.text())
def test_any_text_keeps_its_length(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", masked)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 9999))
def test_every_ticket_number_stays(day: date, number: int) -> None:
    text = f"工单{day:%Y%m%d}-{number:04}已受理"
    assert mask(text) == text


PLATE = st.from_regex(
    r"[京津沪冀粤川云藏][A-HJ-NP-Z]([A-HJ-NP-Z0-9]{4}[0-9]|[ADF][0-9]{5}|[0-9]{5}[DF])",
    fullmatch=True,
)


@settings(deadline=None)
@given(WORDS, PLATE, WORDS, st.sampled_from(["", "·", " ", "."]), st.booleans())
def test_no_plate_is_left(before: str, plate: str, after: str, dot: str, low: bool) -> None:
    written = plate[:2] + dot + plate[2:]
    text = f"{before}，{written.lower() if low else written}，{after}"
    assert written.lower() not in mask(text).lower()
    assert plate in [number.value for number in find_numbers(text)]
