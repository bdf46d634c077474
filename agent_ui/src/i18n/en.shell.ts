/** Part of the English texts: see `en.ts`. */
export const enShell = {} as const;
