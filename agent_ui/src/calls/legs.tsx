import { duration } from "../format";
import { t, tCode } from "../i18n";
import type { CallDetail, LegRow } from "../messages.gen";

/** A stretch of a leg on the call's time axis, in shares of it. */
interface Stretch {
  readonly kind: "wait" | "ring" | "talk" | "wrap";
  readonly from: number;
  readonly share: number;
}

const time = (iso: string) => Date.parse(iso) / 1000;

/** Who was in the call and when, drawn on one time axis; why each left, and what they did meanwhile. */
export function Legs({ call }: { call: CallDetail }) {
  const begin = Math.min(time(call.started_at), ...call.legs.map((leg) => time(leg.started_at)));
  const end = Math.max(...call.legs.map((leg) => time(leg.ended_at) + leg.wrap_s), begin + 1);
  return (
    <ul class="legs" aria-label={t("call.parties")} data-testid="legs">
      {call.legs.map((leg) => (
        <li key={leg.started_at + leg.interface} class="leg" data-testid="leg" data-role={leg.role}>
          <span class="leg-who" title={leg.interface}>
            <b>{nameOf(leg, call)}</b>
            <small>{tCode("role", leg.role, leg.role)}</small>
          </span>
          <span class="leg-bar" aria-hidden="true">
            {stretches(leg, begin, end - begin).map(({ kind, from, share }) => (
              <i
                key={kind}
                class={`stretch-${kind}`}
                style={{ left: `${from * 100}%`, width: `${share * 100}%` }}
              />
            ))}
          </span>
          <span class="leg-end" data-cause={leg.cause}>
            {endOf(leg)}
          </span>
          <Times leg={leg} />
        </li>
      ))}
    </ul>
  );
}

function nameOf(leg: LegRow, call: CallDetail): string {
  if (leg.agent !== "") return leg.agent;
  if (leg.role !== "customer") return leg.interface;
  return call.party_name || call.display || t("caller.withheld");
}

/** A party that called waits; one that was called rings. */
function stretches(leg: LegRow, begin: number, length: number): Stretch[] {
  const [from, to] = [time(leg.started_at), time(leg.ended_at)];
  const answered = leg.answered_at === null ? to : time(leg.answered_at);
  const all: [Stretch["kind"], number, number][] = [
    [leg.wait_s > 0 ? "wait" : "ring", from, answered],
    ["talk", answered, to],
    ["wrap", to, to + leg.wrap_s],
  ];
  return all
    .filter(([, since, until]) => until > since)
    .map(([kind, since, until]) => ({
      kind,
      from: (since - begin) / length,
      share: (until - since) / length,
    }));
}

/** Why they left; and who hung up, in the words of their part. */
export function endOf({ cause, ended_by }: LegRow): string {
  if (cause === "hung_up" && ended_by !== "") {
    return t("cause.hung_up_by", { who: tCode("role", ended_by, ended_by) });
  }
  return tCode("cause", cause, cause);
}

const TIMES = ["wait", "ring", "talk", "hold", "consult", "wrap"] as const;

/** Only what took any time. */
function Times({ leg }: { leg: LegRow }) {
  const shown = TIMES.filter((each) => leg[`${each}_s`] > 0);
  return (
    <dl class="leg-times num">
      {shown.map((each) => (
        <div key={each}>
          <dt>{t(`leg.${each}`)}</dt>
          <dd>{duration(leg[`${each}_s`])}</dd>
        </div>
      ))}
    </dl>
  );
}
