import type { enPhoneMore } from "./en.phone_more";

export const zhCNPhoneMore: Record<keyof typeof enPhoneMore, string> = {};
