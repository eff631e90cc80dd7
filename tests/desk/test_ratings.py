"""What people say about a case that is done."""

from __future__ import annotations

import pytest

from bot.desk import ratings


@pytest.mark.parametrize(
    ("level", "phrases"),
    [
        (5, "非常满意 很满意 特别满意! 太好了 给个好评 五星 5分 打满分"),
        (4, "满意 挺好的 不错 还不错 很好 可以 四星 4分"),
        (3, "基本满意 一般 一般般吧 还行 马马虎虎 凑合 3分"),
        (2, "不满意 不太满意 不是很满意 不怎么满意 不好 不行 两星 二星"),
        (1, "非常不满意 很不满意 太不满意了 极差 太差了 差评 一星 1分"),
    ],
)
def test_people_have_many_words_for_a_level(level: int, phrases: str) -> None:
    for phrase in phrases.split():
        assert ratings.level_of(phrase) == level, phrase


@pytest.mark.parametrize("phrase", ["不是特别满意", "不是非常满意", "不是很好", "不算满意"])
def test_not_very_satisfied_is_not_satisfied(phrase: str) -> None:
    assert ratings.level_of(phrase) == 2


@pytest.mark.parametrize("phrase", ["好的", "知道了", "什么时候来", "5单元的灯", "谢谢", ""])
def test_other_words_are_no_level(phrase: str) -> None:
    assert ratings.level_of(phrase) is None


@pytest.mark.parametrize("phrase", ["1分钟就到了", "15分钟修好的", "等了三分钟"])
def test_minutes_are_not_points(phrase: str) -> None:
    assert ratings.level_of(phrase) is None


@pytest.mark.parametrize("phrase", ["解决了", "修好了，谢谢", "已经弄好了", "办好了", "搞定"])
def test_people_say_that_it_is_solved(phrase: str) -> None:
    assert ratings.solved_in(phrase) is True


@pytest.mark.parametrize(
    "phrase",
    ["没解决", "没有修好", "根本没人来", "还是漏", "还在滴水", "又堵了", "白跑一趟", "没好"],
)
def test_people_say_that_it_is_not_solved(phrase: str) -> None:
    assert ratings.solved_in(phrase) is False


@pytest.mark.parametrize("phrase", ["满意", "好的", "你好", "谢谢师傅"])
def test_other_words_do_not_say_whether_it_is_solved(phrase: str) -> None:
    assert ratings.solved_in(phrase) is None


@pytest.mark.parametrize("phrase", ["小白楼的灯修好了", "白天就修好了", "明白了，解决了"])
def test_white_and_daytime_are_not_in_vain(phrase: str) -> None:
    assert ratings.solved_in(phrase) is True


@pytest.mark.parametrize("phrase", ["修好了吗", "解决了没有？"])
def test_asking_whether_it_is_solved_is_not_saying_so(phrase: str) -> None:
    assert ratings.solved_in(phrase) is None
