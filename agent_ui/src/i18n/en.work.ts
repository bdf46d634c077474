/** Part of the English texts: see `en.ts`. */
export const enWork = {} as const;
