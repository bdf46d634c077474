import type { enShell } from "./en.shell";

export const zhCNShell: Record<keyof typeof enShell, string> = {};
