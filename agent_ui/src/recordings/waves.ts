/** The picture of a recording: plain functions of bytes and seconds. */

/** A bar this wide with its gap, in pixels. */
export const BAR_PX = 3;

/** As many bars as are wanted from the heights the server gave (0 … 255): of each stretch the
 * loudest, so that a short word in a long silence is still seen. */
export function bars(peaks: Uint8Array, wanted: number): number[] {
  const count = Math.max(1, Math.min(wanted, peaks.length));
  const made = new Array<number>(peaks.length === 0 ? 0 : count).fill(0);
  for (let at = 0; at < made.length; at += 1) {
    const from = Math.floor((at * peaks.length) / count);
    const to = Math.max(from + 1, Math.floor(((at + 1) * peaks.length) / count));
    for (let slice = from; slice < to; slice += 1) {
      made[at] = Math.max(made[at] ?? 0, peaks[slice] ?? 0);
    }
  }
  return made;
}

/** The bars as one path in a box of `bars.length` × 100, the loudest from edge to edge. */
export function wavePath(heights: readonly number[]): string {
  return heights
    .map((height, at) => {
      const half = Math.max(1, (height / 255) * 48);
      return `M${at + 0.5} ${(50 - half).toFixed(1)}V${(50 + half).toFixed(1)}`;
    })
    .join("");
}

export interface Stay {
  readonly from_s: number;
  readonly to_s: number;
}

/** In which line each stay is drawn, so that no two that overlap share one. */
export function lanes(stays: readonly Stay[]): number[] {
  const ends: number[] = [];
  return stays.map(({ from_s, to_s }) => {
    const free = ends.findIndex((end) => end <= from_s);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = to_s;
    return lane;
  });
}

/** A place within the recording. */
export function within(seconds: number, length: number): number {
  return Math.min(Math.max(0, seconds), length);
}
