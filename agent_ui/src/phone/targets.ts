import { nameOf } from "../calls/names";
import { dialable } from "../format";
import { localised } from "../i18n";
import type { AgentState, CallView, ColleagueView, NumberRow, QueueView } from "../messages.gen";

/** Somebody a call can be given to. `target` is what the server is told. */
export type Target =
  | { readonly kind: "colleague"; readonly target: string; readonly colleague: ColleagueView }
  | { readonly kind: "queue"; readonly target: string; readonly queue: QueueView }
  | {
      readonly kind: "number" | "speed" | "typed";
      readonly target: string;
      readonly name: string;
      readonly display: string;
    };

export interface Sources {
  /** Nobody gives a call to themselves. */
  readonly me: string;
  readonly call: CallView;
  readonly colleagues: readonly ColleagueView[];
  readonly queues: readonly QueueView[];
  /** Of the customer on the line. */
  readonly numbers: readonly NumberRow[];
  readonly speedDial: readonly { readonly label: string; readonly number: string }[];
}

/** Who can take a call now comes first, then who could soon. */
const ORDER: readonly AgentState[] = [
  "ready",
  "wrap_up",
  "on_call",
  "ringing",
  "not_ready",
  "unresponsive",
  "signed_out",
];
const SHORTEST_NUMBER = 2;

/** Everybody that fits what was typed: by name, extension, queue or digits. */
export function targetsFor(text: string, sources: Sources): Target[] {
  const wanted = text.trim().toLowerCase();
  const digits = /^[\d\s()+*#./-]+$/.test(wanted) ? dialable(wanted) : "";
  const fits = (...texts: string[]) =>
    texts.some((each) => each.toLowerCase().includes(wanted)) ||
    (digits !== "" && texts.some((each) => dialable(each).includes(digits)));
  const found: Target[] = [
    ...colleagues(sources).filter(({ colleague }) => fits(colleague.name, colleague.extension)),
    ...sources.queues
      .filter(({ name, label }) => fits(name, localised(label, name)))
      .map((queue) => ({ kind: "queue" as const, target: queue.name, queue })),
    ...sources.numbers
      .filter(({ number, display }) => number !== sources.call.caller.number && fits(display))
      .map(({ number, display }) => {
        const name = nameOf(sources.call.caller);
        return { kind: "number" as const, target: number, name, display };
      }),
    ...sources.speedDial
      .filter(({ label, number }) => fits(label, number))
      .map(({ label, number }) => {
        return { kind: "speed" as const, target: number, name: label, display: number };
      }),
  ];
  const known = found.some(({ target }) => target === digits);
  if (digits.length >= SHORTEST_NUMBER && !known) {
    found.push({ kind: "typed", target: digits, name: text.trim(), display: digits });
  }
  return found;
}

function colleagues({ me, colleagues, call }: Sources) {
  return colleagues
    .filter(({ user_id }) => user_id !== me)
    .filter(({ extension }) => extension !== "" && extension !== call.caller.number)
    .toSorted(
      (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name),
    )
    .map((colleague) => ({
      kind: "colleague" as const,
      target: colleague.extension,
      colleague,
    }));
}
