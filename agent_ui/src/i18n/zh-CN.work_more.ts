import type { enWorkMore } from "./en.work_more";

export const zhCNWorkMore: Record<keyof typeof enWorkMore, string> = {};
