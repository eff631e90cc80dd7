"""Words that carry no news: 好的, 谢谢, 收到. They restart no clock and answer no question."""

from __future__ import annotations

import re

_COURTESY = re.compile(
    r"好(的|滴|嘞|吧|呀|啊|了)?|行|可以|嗯+|哦+|噢|收到|知道了|明白(了)?|辛苦(了|啦|您|你们|你)?|"
    r"(多|太|非常|十分|万分)?(感谢|谢谢|谢|多谢)(您|你们|你|了|啦|啊)*|麻烦(您|你们|你)?(了|啦)?|"
    r"不客气|没事(了|儿)?|(您|你们|你|大家)?好|在(吗|么|不在)?|早上好|中午好|下午好|晚上好|再见|拜拜|ok|thanks?"
)
_BETWEEN = re.compile(r"[\s,，.。!！~～?？、;；:：…\U0001F300-\U0001FAFF\u2600-\u27BF\ufe0f]+")
_SHORT_ANSWER = re.compile(
    r"(是|是的|对|对的|没错|不是|不对|有|有的|没|没有|还在|还是|在|不在|在家|不在家|还没|都是|都有)"
)
_LONGEST = 20  # characters; whoever writes more has something to say


def says_nothing_new(text: str) -> bool:
    """Whether a text is courtesy and nothing else: 好的，谢谢！"""
    if len(text) > _LONGEST:
        return False
    words = [word for word in _BETWEEN.split(text.strip().lower()) if word]
    return all(_is_courtesy(word) for word in words)


def is_short_answer(text: str) -> bool:
    """Whether a text only says yes or no: to be heard with the question it answers."""
    return bool(_SHORT_ANSWER.fullmatch(_BETWEEN.sub("", text.strip())))


def _is_courtesy(word: str) -> bool:
    rest = word
    while rest:
        found = _COURTESY.match(rest)
        if not found or not found.end():
            return False
        rest = rest[found.end() :]
    return True
