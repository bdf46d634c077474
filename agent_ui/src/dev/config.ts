import type { DeskConfig, FiguresView, PrefsView } from "../messages.gen";
import { ago, TIERS } from "./data";

/** The settings of the made-up call centre and of its agent. */

const HOUR = 3_600;

export const PREFS: PrefsView = {
  density: "cosy",
  ringtone: "",
  ring_volume: 0.8,
  ring_on: true,
  notify: true,
  columns: null,
  shortcuts: {},
  speed_dial: [
    { label: "Warehouse", number: "+8657188880001" },
    { label: "Finance", number: "1010" },
  ],
  devices: { microphone: "", speaker: "", ringer: "" },
  toured: true,
  layout: {},
};

export const DESK_CONFIG: DeskConfig = {
  company: {
    name: "",
    accent: "",
    accent_text: "",
    accent_dark: "",
    accent_dark_text: "",
    logo_url: "",
  },
  reasons: [
    { code: "break", label: { en: "Break", "zh-CN": "小休" }, paid: true, allowed_minutes: 15 },
    { code: "lunch", label: { en: "Lunch", "zh-CN": "午餐" }, paid: false, allowed_minutes: 45 },
    {
      code: "meeting",
      label: { en: "Meeting", "zh-CN": "会议" },
      paid: true,
      allowed_minutes: null,
    },
    {
      code: "training",
      label: { en: "Training", "zh-CN": "培训" },
      paid: true,
      allowed_minutes: null,
    },
    { code: "other", label: { en: "Other", "zh-CN": "其他" }, paid: true, allowed_minutes: null },
  ],
  dispositions: [],
  queues: [
    {
      name: "support",
      label: { en: "Support", "zh-CN": "技术支持" },
      disposition_required: false,
      recording: "on_demand",
    },
    {
      name: "sales",
      label: { en: "Sales", "zh-CN": "销售" },
      disposition_required: true,
      recording: "always",
    },
    {
      name: "vip",
      label: { en: "VIP", "zh-CN": "贵宾" },
      disposition_required: false,
      recording: "never",
    },
  ],
  tags: ["invoice", "delivery", "complaint"],
  tiers: Object.values(TIERS),
};

export const FIGURES: FiguresView = {
  calls: 42,
  answered_in: 37,
  outbound: 5,
  talk_s: 9_842,
  hold_s: 610,
  wrap_s: 1_260,
  aht_s: 279,
  ready_s: 5_300,
  occupancy: 0.69,
  missed: 1,
  undisposed: 2,
  since: ago(6 * HOUR),
};
