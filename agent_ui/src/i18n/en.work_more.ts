/** Part of the English texts of what is opened on demand: see `en.more.ts`. */
export const enWorkMore = {} as const;
