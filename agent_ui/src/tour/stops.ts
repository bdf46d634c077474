/** Where the tour stops, and what of the desk it points at there. */
export const STOPS = [
  { id: "welcome", at: "" },
  { id: "state", at: ".agent" },
  { id: "queues", at: ".queues, .banner" },
  { id: "calls", at: ".columns > .calls" },
  { id: "customer", at: ".columns > .customer" },
  { id: "work", at: ".columns > .work" },
  { id: "phone", at: ".phonebar" },
  { id: "keys", at: ".palette-open" },
] as const;

export type Stop = (typeof STOPS)[number];

export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const GAP = 12;

/** Beside what it is about, inside the window: below it, else above, else over it. */
export function cardPlace(of: Place | null, card: Place, width: number, height: number) {
  if (of === null) {
    return { left: (width - card.width) / 2, top: (height - card.height) / 3 };
  }
  const left = Math.min(
    Math.max(of.left + of.width / 2 - card.width / 2, GAP),
    width - card.width - GAP,
  );
  const below = of.top + of.height + GAP;
  const above = of.top - card.height - GAP;
  if (below + card.height + GAP <= height) return { left, top: below };
  return { left, top: above >= GAP ? above : of.top + GAP };
}
