import { signal } from "@preact/signals";

/** Two minutes of what is told every two seconds. */
const KEPT = 60;

/** The lags of each switch since somebody began to look, the oldest first. */
export const lags = signal<ReadonlyMap<string, readonly number[]>>(new Map());

export function remember(pbx: string, lag: number): void {
  const known = lags.peek().get(pbx) ?? [];
  lags.value = new Map(lags.peek()).set(pbx, [...known, lag].slice(-KEPT));
}
