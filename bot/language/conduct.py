"""Open words about an official's misconduct: 主任收红包, 网格员骂人, 社区的人收了钱.

The classifier hears what a whole message is about; an accusation that comes in half a sentence
beside a broken lamp is not that, and must not be read by the one whom it accuses. So there are
signs as well: one of public office and a deed of graft, favour or abuse, near each other in one
sentence. Idle words about slowness (不作为, 没人管) are none, and a long letter that comes to speak
of somebody's protectors is about what it begins with.
"""

from __future__ import annotations

import re

from bot.language.normal import normalise

_LONGEST = 100  # characters
_OFFICE = (
    r"网格[员长]|楼门?长|居委会?|村委会?|村两委|村干部|村长|支书|书记(?!员)|书记员|[街居]道办?的|街道[办干领副工]"
    r"|社区(?:的人|里的人|那?帮人|那?个?人|[干领副主书民会]|工作人员|党委)|(?<!物业)(?<!委会)(?<!车间)(?<!班)主任(?!医)"
    r"|居委会主任|村委会主任|[镇乡县区]长|所长|局长|科长|处长|股长|干部|公务员|党员|民警|警察|交警|协警|辅警|城管|派出所"
    r"|执法|政府的人|办事员|窗口|大厅|民政|工商所|税务|安监|环保局|房管|拆迁办|纪检|法官|领导"
)
_GRAFT = (
    r"红包|回扣|[受行索]贿|贿赂|贪污|贪[了官]|以权谋私|徇私|吃拿卡要|吃拿|好处费|(?:收|拿|得)了?[^，。！？；]{0,6}好处"
    r"|收[受了]?(?:人家|别人|他们?|她|我们?|老板|商户|摊贩)?的?(?:礼|钱(?!包)|烟|酒|购物卡|黑钱)"
    r"|收了?(?:人家|别人|他们?|她|我们?)?的?[\d一二两三四五六七八九十几]+[百千万]?[多来]?(?:块|元|千|万|条烟|箱|瓶酒)"
    r"|(?:塞|送)了?(?:他|她)?(?:钱|礼|烟|两条|红包|[\d一二两三五]+[百千万])|茶水费|辛苦费|私吞|侵吞|克扣|冒领|套取|挪用"
    r"|装(?:进)?(?:自己|他们?|她|个人)[^，。！？；]{0,4}(?:兜|口袋|腰包)|中饱私囊|自己分|拉(?:到|回)?(?:自己|他)家"
)
_FAVOUR = (
    r"公款|公车|公家的?(?:车|钱)|打掩护|通风报信|包庇|保护伞|优亲厚友|(?:全|都|先)[^，。！？；]{0,4}给了?(?:自己|他|她)?家?亲戚"
    r"|(?:小舅子|大舅子|侄子|外甥|儿子|亲戚|老婆|弟弟|哥哥)[^，。！？；]{0,6}(?:承包|包的?工程|中标|吃空饷|安排|的公司)|虚报|做假账|暗箱|内定"
)
_ABUSE = (
    r"骂(?:人|我|老|居民|群众|业主|街|了|得)|爆粗|动手(?:打|动脚)|打(?:了?我|人(?!民))|推(?:了我|搡)|拍桌子|叫?让?我滚|打击报复|穿小鞋"
    r"|上班(?:时间|的?时候)?[^，。！？；]{0,4}(?:打麻将|打牌|玩手机|睡觉|喝酒|炒股|嗑瓜子|看剧)|吃喝|吃请|滥用职权|动手动脚"
)
_DEED = rf"(?:{_GRAFT}|{_FAVOUR}|{_ABUSE})"
_NEAR = r"[^。！？；\n]{0,18}"
_SIGNS = re.compile(
    rf"(?:{_OFFICE})(?![们大人]{{0,2}}[您你]?好){_NEAR}{_DEED}|{_DEED}[^，。！？；\n]{{0,6}}的?(?:{_OFFICE})"
)
# Others than officials, whose deeds are another matter: property managers, teachers, employers.
_OTHERS = re.compile(
    r"物业|业委会|开发商|老板|公司|老师|学校|校长|班主任|园长|医生|医院|护士|保安|中介|司机|银行|售楼|邻居"
)
_NOT_DONE = re.compile(r"没[有收拿]|不收|从不|拒收|退还|谢绝|谢谢|感谢|表扬|锦旗")


def is_accusation(text: str) -> bool:
    """Whether a text openly says that somebody of public office took, favoured or abused."""
    if len(text) > _LONGEST:
        return False
    return any(
        not _OTHERS.search(found[0]) and not _NOT_DONE.search(found[0])
        for found in _SIGNS.finditer(normalise(text))
    )
