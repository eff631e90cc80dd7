"""What only this channel says. Everything about tickets comes from the gateway and the cards."""

from __future__ import annotations

from bot.services.outbox import Message

_URGENT = "急事请直接打电话：火警119、急救120、报警110。"

WELCOME = (
    "您好！这里是{community}的“邻里通”。家里、楼里、小区里有事要办，或者想问政策，直接写给我就行，"
    "也可以发照片和位置。我马上转给负责的人，并告诉您编号和办好的时间。" + _URGENT
)
WELCOME_STAFF = "{name}，您好！新任务会发到这里，点“接单”“完成”就行。要看自己的任务，发“我的任务”。"
BOUND_STAFF = "{name}，绑定好了。从现在起，您的任务会发到这里，点按钮就能接单和办结。"
BOUND_RESIDENT = (
    "{name}，绑定好了。从现在起，您在这里报的事都记在您名下，随时可以问我办得怎么样了。"
)
BIND_HOW = Message(
    text="请把绑定码写在后面一起发给我，例如：/bind ABCD-EFGH。还没有绑定码，请向社区受理台要一个。"
)
BIND_FAILED = Message(
    text="这个绑定码没有用上：可能抄错了一个字，可能用过了，也可能过期了（7天内有效）。"
    "请对一遍再发给我；还是不行，请社区受理台给您换一个新的。"
)
BIND_NO_MORE = Message(
    text="试的次数太多了，为了安全先停一停。请社区受理台帮您看看，明天再试；别的事照常发给我就行。"
)
UNKNOWN_COMMAND = Message(text="这个指令我不认识。有什么事，用平常的话写给我就行，我来找人办。")
UNREADABLE = Message(
    text="对不住，这种消息我还看不懂，没法替您转交。我能看文字、照片和位置："
    "请用一两句话写下是什么事、在哪里，我马上找人办。" + _URGENT
)
PHOTO_LOST = Message(text="对不住，这张照片没有收下来。请过一会儿再发一次。")
PHOTO_LARGE = Message(text="这张照片太大了。请选 10 MB 以内的照片，或者截个图再发给我。")
NOT_KEPT = Message(text="对不住，这条消息没有收下来。请换个说法，短一点，再发一次。")
GROUP = "您好！办事要写住址和电话，群里人多不方便。请点我的头像，私下发给我，我一件一件替您办。"

COMMANDS = (("start", "从头开始"), ("bind", "工作人员和居民绑定身份：/bind 绑定码"))


def tapped(text: str, label: str) -> str:
    """A card after its button was tapped."""
    return f"{text}\n\n✓ {label}"
