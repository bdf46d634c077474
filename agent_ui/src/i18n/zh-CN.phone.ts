import type { enPhone } from "./en.phone";

export const zhCNPhone: Record<keyof typeof enPhone, string> = {
  "line.desk": "桌面话机",
  "sound.title": "声音、设备与测试通话",

  "phone.transfer": "转接",
  "phone.leave": "退出",
  "phone.leave_hint": "您退出，其他人继续通话",
  "phone.hangup_consult": "结束与{name}的咨询，回到客户",
  "record.start": "录音",
  "record.pause": "暂停录音",
  "record.is_never": "此队列的通话不录音",
  "record.is_off": "未录音",
  "record.is_on": "正在录音",
  "record.is_paused": "录音已暂停",

  "call.hold_answer": "保持并接听",
  "call.returning": "刚才断线了，{name}已接回",
  "call.swap": "切换",
  "call.about": "关于{name}",
  "call.consult": "咨询中",
};
