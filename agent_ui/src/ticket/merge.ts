import type { TicketDetail, TicketPatch } from "../messages.gen";

/** What of a ticket is one value, which two people may want to be different. */
export const MERGED = ["subject", "status", "priority"] as const;
export type MergedField = (typeof MERGED)[number];
export type TicketChange = Pick<TicketPatch, MergedField>;
type Facts = Pick<TicketDetail, MergedField>;

/** One field that both changed, each to something else. */
export interface Clash<F extends MergedField = MergedField> {
  readonly field: F;
  readonly mine: Facts[F];
  readonly theirs: Facts[F];
}

export interface Merged {
  /** What of mine still has to be written: nobody else touched these fields. */
  readonly rest: TicketChange;
  readonly clashes: readonly Clash[];
  /** What somebody else changed meanwhile, mine or not. */
  readonly theirs: readonly MergedField[];
}

/**
 * My change of a ticket that somebody changed meanwhile: `base` is what I was looking at, `now` how
 * it stands. A field that only I changed is mine, one that only they changed is theirs, one that we
 * both made the same is done; the others a person decides.
 */
export function merge(base: Facts, mine: TicketChange, now: Facts): Merged {
  const theirs = MERGED.filter((field) => now[field] !== base[field]);
  const wanted = MERGED.filter(
    (field) =>
      mine[field] !== undefined && mine[field] !== base[field] && mine[field] !== now[field],
  );
  return {
    rest: pick(
      mine,
      wanted.filter((field) => !theirs.includes(field)),
    ),
    clashes: wanted
      .filter((field) => theirs.includes(field))
      .map((field) => ({ field, mine: mine[field] as Facts[typeof field], theirs: now[field] })),
    theirs,
  };
}

export function pick(change: TicketChange, fields: readonly MergedField[]): TicketChange {
  return Object.fromEntries(fields.map((field) => [field, change[field]])) as TicketChange;
}
