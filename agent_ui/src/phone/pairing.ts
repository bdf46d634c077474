import type { CallView } from "../messages.gen";

/** A SIP session as pairing sees it. */
export interface Pairable {
  readonly callId: string | null;
  readonly state: "ringing" | "answering" | "active" | "held";
}

/** A consultation about a call of this desk that goes on: it has no session of its own. */
export function isConsultation(call: CallView, calls: readonly CallView[]): boolean {
  if (call.consult_of === null || call.about !== null) return false;
  return calls.some(({ id, state }) => id === call.consult_of && state !== "ended");
}

/**
 * Which session belongs to which call. Invitations (SIP) and calls (gateway) arrive in either
 * order. Only one call rings at a time, so the oldest unpaired of each kind belong together. A
 * session whose call is not on the desk any more, or never was told of, belongs to the one call
 * that is talked in without a session: a consultation that became the call, or one answered while
 * the server was away.
 */
export function pairings<L extends Pairable>(
  calls: readonly CallView[],
  legs: readonly L[],
  isOwnDial: (callId: string) => boolean,
): ReadonlyMap<L, string> {
  const found = new Map<L, string>();
  const taken = new Set(legs.map(({ callId }) => callId));
  const live = calls.filter((call) => call.state !== "ended" && !isConsultation(call, calls));
  const free = live.filter(({ id }) => !taken.has(id));
  const waiting = [
    ...free.filter(({ state }) => state === "ringing"),
    ...free.filter(({ id, state }) => state !== "ringing" && isOwnDial(id)),
  ];
  for (const leg of legs) {
    if (leg.callId !== null || leg.state !== "ringing") continue;
    const call = waiting.shift();
    if (call !== undefined) found.set(leg, call.id);
  }
  const lost = legs.filter(
    ({ callId, state }) =>
      (state === "active" || state === "held") && !live.some(({ id }) => id === callId),
  );
  const talked = free.filter(({ state, id }) => state !== "ringing" && !isOwnDial(id));
  const [leg, otherLeg] = lost;
  const [call, otherCall] = talked;
  if (leg && call && !otherLeg && !otherCall) found.set(leg, call.id);
  return found;
}
