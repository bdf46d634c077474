import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { CallView } from "../messages.gen";
import { isTalk, partiesOf, useConsultation, useReachable } from "../phone/desk_calls";
import { TierBadge } from "../ui/badges";
import { Icon } from "../ui/icon";
import { Elapsed } from "../ui/timer";
import { queueLabel } from "./ringing_card";

/** A call of mine that goes on, is held, asks somebody, or is being wrapped up. A click shows it. */
export function CallTile({ call }: { call: CallView }) {
  const desk = useDesk();
  const { caller } = call;
  const name = partiesOf(call);
  const shown = desk.shown.value;
  const look =
    call.state === "ended" ? "is-ended" : call.state === "held" ? "is-held" : "is-active";
  const consulting = useConsultation()?.consult.id === call.id;
  return (
    <div
      class={`tile ${call.answered_at ? look : "is-dialling"} ${consulting ? "is-consult" : ""}`}
      data-testid="call-tile"
      data-call-id={call.id}
      data-state={call.state}
    >
      <button
        type="button"
        class="tile-open"
        aria-current={shown.kind === "call" && shown.call.id === call.id}
        onClick={() => desk.showCall(call)}
      >
        <span class="tile-head">
          <span class="mark" aria-hidden="true" />
          <b>{consulting ? `${t("call.consult")} · ${wordFor(call)}` : wordFor(call)}</b>
          <Clock call={call} />
        </span>
        <b class="tile-name">{name}</b>
        <span class="tile-line">
          {caller.card?.tier && <TierBadge tier={caller.card.tier} />}
          <span class="num">{caller.display !== name && caller.display}</span>
        </span>
        <span class="tile-line">
          {call.queue !== "" && <span>{queueLabel(desk.store.queues.value, call.queue)}</span>}
          <Recording call={call} />
        </span>
      </button>
      <TileOrder call={call} />
    </div>
  );
}

/** The one thing to do with a call that waits: talk in it. In a consultation the strip has it. */
function TileOrder({ call }: { call: CallView }) {
  const desk = useDesk();
  const reachable = useReachable();
  const consultation = useConsultation();
  if (call.state !== "held" || !isTalk(call) || consultation !== null) return null;
  const talking = desk.current.value?.state === "active";
  return (
    <button
      type="button"
      class="button tile-order"
      data-testid="tile-talk"
      disabled={!reachable}
      onClick={() => void desk.phoneOrder((phone) => phone.resume(call.id))}
    >
      <Icon name={talking ? "swap" : "play"} />
      <span>{talking ? t("call.swap") : t("phone.resume")}</span>
    </button>
  );
}

function Recording({ call: { recording, state } }: { call: CallView }) {
  if (state === "ended" || (recording !== "on" && recording !== "paused")) return null;
  return (
    <span class={`tile-recording is-${recording}`}>
      <Icon name={recording === "on" ? "record" : "pause"} />
      {t(`record.is_${recording}`)}
    </span>
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
