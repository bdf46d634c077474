import type { enPhone } from "./en.phone";

export const zhCNPhone: Record<keyof typeof enPhone, string> = {};
