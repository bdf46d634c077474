import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { CallView } from "../messages.gen";
import { TierBadge } from "../ui/badges";
import { Elapsed } from "../ui/timer";
import { nameOf } from "./names";
import { queueLabel } from "./ringing_card";

/** A call of mine that goes on, is held, or is being wrapped up. A click shows it. */
export function CallTile({ call }: { call: CallView }) {
  const desk = useDesk();
  const { caller } = call;
  const name = nameOf(caller);
  const shown = desk.shown.value;
  const look =
    call.state === "ended" ? "is-ended" : call.state === "held" ? "is-held" : "is-active";
  return (
    <button
      type="button"
      class={`tile ${call.answered_at ? look : "is-dialling"}`}
      data-testid="call-tile"
      data-call-id={call.id}
      data-state={call.state}
      aria-current={shown.kind === "call" && shown.call.id === call.id}
      onClick={() => desk.showCall(call)}
    >
      <span class="tile-head">
        <span class="mark" aria-hidden="true" />
        <b>{wordFor(call)}</b>
        <Clock call={call} />
      </span>
      <b class="tile-name">{name}</b>
      <span class="tile-line">
        {caller.card?.tier && <TierBadge tier={caller.card.tier} />}
        <span class="num">{caller.display !== name && caller.display}</span>
      </span>
      {call.queue !== "" && (
        <span class="tile-line">{queueLabel(desk.store.queues.value, call.queue)}</span>
      )}
    </button>
  );
}

function wordFor({ state, answered_at }: CallView): string {
  if (state === "ended") return t("call.ended");
  if (state === "held") return t("call.held");
  return answered_at ? t("call.active") : t("call.dialling");
}

function Clock({ call }: { call: CallView }) {
  if (call.state === "ended") return call.ended_at ? <Elapsed since={call.ended_at} /> : null;
  if (call.state === "held" && call.held_at) return <Elapsed since={call.held_at} />;
  return <Elapsed since={call.answered_at ?? call.started_at} />;
}
