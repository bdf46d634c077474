/** Part of the English texts: see `en.ts`. */
export const enPhone = {} as const;
