/** One note: Hz, when it starts and how long it sounds (seconds), and how loud of the whole. */
export type Note = readonly [hz: number, at: number, length: number, share?: number];

/** How a call may sound, once; it is repeated while it rings. */
export const RING_TONES = {
  // Two soft notes, a fourth apart.
  calm: [
    [659.3, 0, 0.7],
    [880, 0.18, 0.7],
  ],
  // Three bells, going up.
  bells: [
    [523.3, 0, 0.9],
    [659.3, 0.22, 0.9],
    [784, 0.44, 1.2],
    [1046.5, 0.44, 0.8, 0.4],
  ],
  // Wood: short and low.
  marimba: [
    [392, 0, 0.25],
    [523.3, 0.14, 0.25],
    [392, 0.28, 0.25],
    [587.3, 0.42, 0.35],
  ],
  // What telephones did: two tones that beat, twice.
  classic: [
    [440, 0, 0.4],
    [480, 0, 0.4],
    [440, 0.6, 0.4],
    [480, 0.6, 0.4],
  ],
  // Heard across a loud room.
  bright: [
    [1318.5, 0, 0.18],
    [1760, 0.12, 0.18],
    [1318.5, 0.36, 0.18],
    [1760, 0.48, 0.3],
  ],
} as const satisfies Record<string, readonly Note[]>;

export type RingTone = keyof typeof RING_TONES;

/** In the ear of somebody who talks: there, and no more. */
export const WAITING: readonly Note[] = [
  [880, 0, 0.18, 0.35],
  [880, 0.3, 0.18, 0.35],
];
