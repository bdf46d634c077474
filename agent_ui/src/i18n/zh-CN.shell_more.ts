import type { enShellMore } from "./en.shell_more";

export const zhCNShellMore: Record<keyof typeof enShellMore, string> = {};
