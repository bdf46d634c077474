"""Scripts and knowledge of the demo, in both languages. The company does not exist."""

from __future__ import annotations

from typing import Final

Text = tuple[str, str]
"""(title, body in Markdown)"""

# kind, queue ("" is every queue), English, 简体中文
ARTICLES: Final[tuple[tuple[str, str, Text, Text], ...]] = (
    (
        "script",
        "support",
        (
            "Support: opening and closing",
            (
                "**Opening**\n\n"
                "1. “Good day, customer care, my name is … How can I help?”\n"
                "2. Say the caller's name back to them, once.\n"
                "3. Ask for the order or device number *before* the details.\n\n"
                "**Closing**\n\n"
                "- Say what happens next, and by when.\n"
                "- Ask: “Is there anything else?”\n"
                "- Choose the disposition, then *Save & ready*."
            ),
        ),
        (
            "客户支持：开场与结束",
            (
                "**开场**\n\n"
                "1. “您好，客户服务中心，我是……，请问有什么可以帮您？”\n"
                "2. 称呼客户姓名一次。\n"
                "3. *先*询问订单号或设备编号，再了解详情。\n\n"
                "**结束**\n\n"
                "- 说明下一步及完成时间。\n"
                "- 询问：“请问还有其他需要吗？”\n"
                "- 选择处置结果，然后*保存并就绪*。"
            ),
        ),
    ),
    (
        "script",
        "sales",
        (
            "Sales: first conversation",
            (
                "1. What do they use today, and what annoys them about it?\n"
                "2. How many pieces, by when, who decides?\n"
                "3. Offer **one** next step: a quote, a demonstration, a call on a fixed day.\n\n"
                "> Never name a discount before the quantity is clear."
            ),
        ),
        (
            "销售：首次沟通",
            (
                "1. 目前使用什么产品？有哪些不满意之处？\n"
                "2. 需要多少数量、何时需要、由谁决定？\n"
                "3. 只提出**一个**下一步：报价、演示，或约定时间再联系。\n\n"
                "> 数量未明确之前，不要谈折扣。"
            ),
        ),
    ),
    (
        "script",
        "vip",
        (
            "VIP: what is different",
            (
                "- Greet by name and title; they are not asked for a customer number.\n"
                "- Anything that cannot be solved now: call back **today**, yourself.\n"
                "- Tell their account manager after every complaint."
            ),
        ),
        (
            "贵宾专线：注意事项",
            (
                "- 以姓名和尊称问候，不询问客户编号。\n"
                "- 无法当场解决的问题：**当天**由本人回电。\n"
                "- 每次投诉后通知其客户经理。"
            ),
        ),
    ),
    (
        "knowledge",
        "support",
        (
            "An invoice does not match the order",
            (
                "Compare the *delivery note*, not the order: partial deliveries are invoiced "
                "one by one.\n\n"
                "1. Price differs → correct it up to 5 % yourself, above that ask the team lead.\n"
                "2. Quantity differs → ticket for the warehouse, promise an answer in 2 days.\n"
                "3. Send the corrected invoice by mail."
            ),
        ),
        (
            "发票与订单不符",
            (
                "请核对*送货单*而非订单：分批发货会分别开票。\n\n"
                "1. 价格不符 → 5% 以内可自行更正，超出请联系组长。\n"
                "2. 数量不符 → 为仓库建立工单，承诺两天内答复。\n"
                "3. 通过邮件发送更正后的发票。"
            ),
        ),
    ),
    (
        "knowledge",
        "support",
        (
            "A device does not switch on",
            (
                "1. Is the lamp at the power supply lit?\n"
                "2. Hold the power key for **10 seconds**, let go, press once.\n"
                "3. Another socket, without an extension cable.\n"
                "4. Still dark: replacement under warranty for 24 months from delivery."
            ),
        ),
        (
            "设备无法开机",
            (
                "1. 电源适配器指示灯是否亮起？\n"
                "2. 长按电源键 **10 秒**，松开后再按一次。\n"
                "3. 更换插座，不使用接线板。\n"
                "4. 仍无反应：自交货起 24 个月内保修更换。"
            ),
        ),
    ),
    (
        "knowledge",
        "support",
        (
            "Signing in to the customer portal",
            (
                "- The user name is the mail address of the *main* contact.\n"
                "- After five wrong passwords the account rests for 15 minutes.\n"
                "- A new password is set by the link in the mail, never by telephone."
            ),
        ),
        (
            "登录客户门户",
            (
                "- 用户名为*主要*联系人的邮箱地址。\n"
                "- 密码连续输错五次，账户将暂停 15 分钟。\n"
                "- 只能通过邮件中的链接重设密码，不可在电话中重设。"
            ),
        ),
    ),
    (
        "knowledge",
        "sales",
        (
            "Discounts and terms of payment",
            (
                "| pieces | discount |\n| --- | --- |\n"
                "| 50 | 3 % |\n| 200 | 7 % |\n| 500 | 10 % |\n\n"
                "Payment within 30 days; 60 days for Gold and Platinum."
            ),
        ),
        (
            "折扣与付款条件",
            (
                "| 数量 | 折扣 |\n| --- | --- |\n| 50 | 3% |\n| 200 | 7% |\n| 500 | 10% |\n\n"
                "30 天内付款；黄金与白金客户为 60 天。"
            ),
        ),
    ),
    (
        "knowledge",
        "",
        (
            "Returns within 30 days",
            (
                "Unused goods are taken back within 30 days of delivery. The customer gets "
                "a label by mail; the money is back 5 working days after the parcel arrived."
            ),
        ),
        (
            "30 天内退货",
            (
                "未使用的商品可在交货后 30 天内退回。客户将通过邮件收到退货标签；"
                "收到包裹后 5 个工作日内退款。"
            ),
        ),
    ),
    (
        "knowledge",
        "",
        (
            "How long a delivery takes",
            (
                "From stock 2–3 working days, within the city the next day. Made to order: "
                "15 working days. *Never promise a day that the order system does not show.*"
            ),
        ),
        (
            "配送时间",
            (
                "现货 2–3 个工作日，同城次日送达。定制产品 15 个工作日。"
                "*不要承诺订单系统未显示的日期。*"
            ),
        ),
    ),
)

# subject of a mail, English and 简体中文
MAILS: Final = (
    ("Your order is on its way", "您的订单已发货"),
    ("Corrected invoice", "更正后的发票"),
    ("Question about the delivery", "关于配送的咨询"),
    ("Our appointment on Thursday", "关于周四的约见"),
)
CAMPAIGNS: Final = (
    ("Spring fair: invitation", "春季展会邀请"),
    ("New model, 10 % for early orders", "新品上市，早鸟九折"),
    ("How satisfied are you?", "客户满意度调查"),
)
TASKS: Final = (
    ("Send the corrected invoice", "发送更正后的发票"),
    ("Ask the warehouse for the delivery date", "向仓库确认发货日期"),
    ("Prepare a quote for 200 units", "准备 200 台的报价"),
    ("Tell the account manager about the complaint", "将投诉告知客户经理"),
)
CALLBACKS: Final = (
    ("Wants to know when the replacement comes.", "想知道何时收到换货。"),
    ("Has the figures ready then.", "届时会准备好数据。"),
    ("Asked for after lunch.", "请在午休后致电。"),
    ("Ask about the new quantity.", "询问新的数量。"),
)
TAGS: Final = ("发票", "物流", "保修", "报价", "invoice", "delivery", "warranty", "repeat")
