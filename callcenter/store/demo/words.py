"""What demo data is made of. Nobody and nothing here exists."""

from __future__ import annotations

from typing import Final

SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏"
    "苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金贾夏傅方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万"
    "覃武钱戴严莫孔汤"
)
GIVEN: Final = (
    "伟", "芳", "娜", "敏", "静", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超",
    "秀英", "丽华", "建国", "志强", "小明", "晓燕", "海燕", "国庆", "文静", "思远", "雨桐",
    "子涵", "浩然", "梓萱", "一诺", "欣怡", "宇轩", "嘉怡", "俊杰", "诗涵", "天宇", "晨曦",
)  # fmt: skip

FIRST_NAMES: Final = (
    "Emma", "Oliver", "Amelia", "Noah", "Isla", "Leo", "Ava", "Arthur", "Mia", "Jack", "Sofia",
    "Henry", "Lucas", "Elena", "Tom", "Hannah", "Daniel", "Ingrid", "José", "Chloé", "Marta",
    "Aisha", "Ravi", "Yuki", "Liam", "Grace", "Samuel", "Ruth", "Victor", "Nora",
)  # fmt: skip
LAST_NAMES: Final = (
    "Brown", "Taylor", "Wilson", "Evans", "Walker", "Green", "Hall", "Wood", "Clarke", "Young",
    "Baker", "Carter", "Parker", "Collins", "Bennett", "Foster", "Murray", "Grant", "Schmidt",
    "Müller", "Rossi", "García", "Novak", "Jensen", "Kowalski", "Dubois", "O'Brien", "Tanaka",
)  # fmt: skip

CITIES: Final = (
    # 中文, area code, English
    ("北京", "010", "Beijing"),
    ("上海", "021", "Shanghai"),
    ("广州", "020", "Guangzhou"),
    ("深圳", "0755", "Shenzhen"),
    ("杭州", "0571", "Hangzhou"),
    ("南京", "025", "Nanjing"),
    ("苏州", "0512", "Suzhou"),
    ("成都", "028", "Chengdu"),
    ("武汉", "027", "Wuhan"),
    ("西安", "029", "Xi'an"),
)
TRADES: Final = (
    "光学", "电子", "机械", "纺织", "物流", "食品", "医药", "软件", "建材", "化工", "贸易", "汽配",
)  # fmt: skip
COMPANY_WORDS: Final = (
    "恒远", "华信", "天成", "东方", "金鼎", "博雅", "瑞丰", "新宇", "永盛", "嘉禾", "云帆", "启明",
)  # fmt: skip
ENGLISH_COMPANY_WORDS: Final = (
    "Harbour", "Northfield", "Bluestone", "Evergreen", "Lakeside", "Silverline", "Redwood",
    "Summit", "Orchard", "Beacon", "Ironbridge", "Westgate",
)  # fmt: skip
ENGLISH_TRADES: Final = (
    "Optics",
    "Instruments",
    "Foods",
    "Logistics",
    "Textiles",
    "Software",
    "Trading",
    "Motors",
)

# domain, English, 简体中文
SUBJECTS: Final = (
    ("support", "Invoice does not match the order", "发票与订单不符"),
    ("support", "Device does not switch on", "设备无法开机"),
    ("support", "Delivery is late", "货物未按时送达"),
    ("support", "Replacement for a broken part", "申请更换损坏零件"),
    ("support", "Cannot sign in to the portal", "无法登录客户门户"),
    ("support", "Asks for a certificate of origin", "需要原产地证明"),
    ("support", "Warranty claim", "保修申请"),
    ("sales", "Quote for 200 units", "询价：200 台"),
    ("sales", "Renewal of the service contract", "服务合同续签"),
    ("sales", "Wants a demonstration", "希望安排产品演示"),
    ("sales", "Change of the delivery address", "更改收货地址"),
)
NOTES: Final = (
    ("Promised to call back on Friday.", "答应周五回电。"),
    ("Sent the invoice again by mail.", "已重新寄送发票。"),
    ("Needs the answer before the end of the month.", "月底前需要答复。"),
    ("Explained the steps, it works now.", "已说明步骤，问题解决。"),
    ("Will think about it and call again.", "客户考虑后再来电。"),
    ("Asked for the technician's report.", "索要技术员报告。"),
    ("Very satisfied, wants to order more.", "非常满意，打算追加订单。"),
)
CUSTOMER_NOTES: Final = (
    ("Prefers to be called after 14:00.", "请在下午两点以后致电。"),
    ("Speaks quickly; confirm numbers twice.", "语速快，数字请复述确认。"),
    ("Payment terms: 60 days.", "账期 60 天。"),
    ("Decides about purchases herself.", "本人负责采购决策。"),
)
