"""How the files of a community, their sheets, columns and choices are called, also in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.desk import kinds
from bot.desk.community import AreaKind, Role


@dataclass(frozen=True, kw_only=True)
class Noun:
    """One kind of table. file: its usual file. sheet: its Chinese name, for a sheet or a file.

    columns: English name → Chinese name. required: the first import must have it.
    """

    file: str
    sheet: str
    columns: Mapping[str, str] = field(default_factory=dict)
    list_name: str = ""  # of the list in a YAML file; empty: the noun itself
    required: bool = True


_CODED = {"code": "编号", "name": "名称"}
_VALID = {"valid_from": "生效日期", "valid_until": "失效日期"}
_RULE = {"code": "编号", "matter": "事项", "urgency": "紧急程度"}

NOUNS: Mapping[str, Noun] = {
    "community": Noun(
        file="community.yml", sheet="基本信息", columns={"name": "项目", "value": "内容"}
    ),
    "areas": Noun(
        file="areas.csv",
        sheet="区域",
        columns={**_CODED, "kind": "层级", "parent": "上级", "aliases": "别名"},
        required=False,  # community.yml may hold them
    ),
    "grids": Noun(
        file="grids.geojson",
        sheet="网格",
        columns={**_CODED, "parent": "上级", "aliases": "别名", "polygon": "边界"},
        list_name="features",
    ),
    "buildings": Noun(
        file="buildings.csv",
        sheet="楼栋",
        columns={
            **_CODED,
            "estate": "小区",
            "grid": "网格",
            "aliases": "别名",
            "units": "单元数",
            "floors": "层数",
            "longitude": "经度",
            "latitude": "纬度",
        },
    ),
    "categories": Noun(
        file="categories.yml",
        sheet="事项",
        columns={**_CODED, "urgency": "紧急程度", "gb": "国标", "note": "说明"},
        list_name="leaves",
    ),
    "duty": Noun(
        file="duty.yml",
        sheet="值班时间",
        columns={**_CODED, "days": "星期", "from": "开始", "to": "结束"},
        list_name="schedules",
    ),
    "staff": Noun(
        file="staff.csv",
        sheet="人员",
        columns={
            "code": "编号",
            "name": "姓名",
            "title": "职务",
            "phone": "电话",
            "posts": "岗位",
            "schedule": "值班时间",
            "deputy": "B岗",
            "capacity": "工单上限",
            "branch": "党组织",
        },
    ),
    "routing": Noun(
        file="routing.yml",
        sheet="派单规则",
        columns={
            **_RULE,
            "kind": "类别",
            "area": "区域",
            "roles": "派给",
            "assist": "协办",
            "watch": "关注",
            **_VALID,
        },
        list_name="rules",
    ),
    "deadlines": Noun(
        file="deadlines.yml",
        sheet="时限规则",
        columns={
            **_RULE,
            "calendar": "日历",
            "accept": "接单",
            "contact": "联系",
            "resolve": "办结",
            "assist": "协办",
            "arrive": "到场",
            "verify": "核查",
            "revisit": "回访",
            "reply_wait": "等待补充",
            "hold_review": "挂账复查",
            **_VALID,
        },
        list_name="rules",
    ),
    "duplicates": Noun(
        file="duplicates.yml",
        sheet="重复判断",
        columns={
            "code": "编号",
            "matter": "事项",
            "hours": "往前小时数",
            "near": "地点范围",
            "alike": "文字相似度",
        },
        list_name="rules",
        required=False,
    ),
    "calendar": Noun(file="calendar.yml", sheet="日历", required=False),
    "ladder": Noun(file="ladder.yml", sheet="提醒与上报", required=False),
    "reasons": Noun(file="reasons.yml", sheet="原因", required=False),
    "verification": Noun(file="verification.yml", sheet="核查规则", required=False),
    "rates": Noun(file="rates.yml", sheet="三率", required=False),
    "residents": Noun(
        file="residents.csv",
        sheet="居民",
        columns={
            "code": "编号",
            "name": "姓名",
            "home_building": "楼栋",
            "home_unit": "单元",
            "home_room": "房号",
        },
        required=False,
    ),
    "branches": Noun(
        file="branches.csv",
        sheet="党组织",
        columns={**_CODED, "parent": "上级", "area": "区域"},
        required=False,
    ),
    "absences": Noun(
        file="absences.csv",
        sheet="请假",
        columns={"code": "编号", "from": "开始", "to": "结束", "reason": "原因"},
        required=False,
    ),
    "rosters": Noun(
        file="rosters.csv",
        sheet="值班表",
        columns={
            "role": "角色",
            "scope": "范围",
            "date": "日期",
            "days": "星期",
            "from": "开始",
            "to": "结束",
            "code": "编号",
            "shift": "班次",
        },
        required=False,
    ),
}
NOTES = frozenset({"说明", "notes"})  # a file or sheet of this name is for people to read

ROLES: Mapping[str, str] = {role.chinese: role.value for role in Role}
AREA_KINDS: Mapping[str, str] = {
    "街道": AreaKind.STREET.value,
    "社区": AreaKind.COMMUNITY.value,
    "网格": AreaKind.GRID.value,
}
KINDS: Mapping[str, str] = {
    "求助": kinds.REPORT,
    "咨询": kinds.QUESTION,
    "建议": kinds.SUGGESTION,
    "表扬": kinds.PRAISE,
    "举报": kinds.CONDUCT,
}
URGENCIES: Mapping[str, str] = {"一般": "normal", "加急": "urgent", "紧急": "emergency"}
ANY_URGENCY: Mapping[str, str] = {"*": "*", **URGENCIES}
NEAR: Mapping[str, str] = {"单元": "unit", "楼栋": "building", "网格": "grid"}
DAYS: Mapping[str, str] = dict(
    zip(
        ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        strict=True,
    )
)


def noun_called(name: str) -> str | None:
    """The noun of a file's stem or a sheet's name."""
    plain = name.strip().lower()
    return next((noun for noun, about in NOUNS.items() if plain in (noun, about.sheet)), None)
