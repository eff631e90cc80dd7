"""What the library says when it does not answer, and how it cites."""

from __future__ import annotations

NO_ANSWER = "这个问题，我的资料里没有可靠的依据，不敢乱说。需要的话，我请工作人员来回答您。"
WHICH_MATTER = "您问的是哪件事？请把事情说完整一点，比如“办居住证要带什么材料”。"
OUT_OF_SCOPE = "这件事我答不了，我只回答有法规依据的社区事务。需要的话，我请工作人员联系您。"
THIS_YEAR = (
    "具体金额、价格和当年的标准会变，我的资料里没有，不敢乱说。"
    "请问街道办事处或者拨打12345；需要的话，我请工作人员帮您问。"
)
UNKNOWN_LAW = "我的资料里没有《{name}》，不能告诉您它写了什么。需要的话，我请工作人员帮您核实。"
UNKNOWN_ARTICLE = "我的资料里没有《{name}》的{article}，不敢乱说。需要的话，我请工作人员帮您查。"
UNLAWFUL = "这件事我不能教。要是钥匙丢了、证件没了或者受了委屈，我可以请工作人员帮您走正路。"

MEDICAL = (
    "病情和用药要由医生判断，我不能替医生说话。"
    "情况急就拨打120，不急请去医院或者社区卫生服务站。我可以请工作人员联系您。"
)
PERSONAL_FILE = "您个人的办理情况我这里看不到。我请工作人员帮您查，查到了告诉您。"
LAWSUIT = "官司怎么打要由律师看材料来判断。经济困难可以申请法律援助；我可以请工作人员告诉您去哪里。"
CONTACT = "工作人员和物业人员的个人信息我不能说。我可以请工作人员联系您。"

CLARIFY = "您想问的是哪一件？"
CITATION = "依据：《{document}》{article}（{effective_from}起施行）。"
IN_FORCE = "现行"
