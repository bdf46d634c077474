import type { enWork } from "./en.work";

export const zhCNWork: Record<keyof typeof enWork, string> = {
  "lists.title": "查看内容",
  "lists.calls": "通话",
  "lists.missed": "未接",
  "lists.callbacks": "回电",
  "lists.tasks": "任务",
  "log.older": "显示更早的通话",
  "log.undisposed": "尚未选择处置结果",
  "timeline.order": "订单",
  "timeline.task": "任务",
  "timeline.mail": "邮件",
  "timeline.campaign": "营销活动",
  "timeline.again": "重试",
};
