import type { enWork } from "./en.work";

export const zhCNWork: Record<keyof typeof enWork, string> = {};
