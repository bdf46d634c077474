import { nameOf } from "../calls/names";
import { t } from "../i18n";
import type { CallView } from "../messages.gen";
import { Icon } from "../ui/icon";
import { Elapsed } from "../ui/timer";
import { useDesk } from "./context";
import { Keypad } from "./keypad";
import { isVisitor } from "./model";

/** The telephone. Every control has its place whether it can be used or not. */
export function PhoneBar() {
  const desk = useDesk();
  const phone = desk.phone.value;
  const call = desk.current.value;
  const stray = phone.stray.value;
  const id = call?.id ?? stray?.id ?? null;
  const ringingId = desk.ringing.value?.id ?? (stray?.ringing ? stray.id : null);
  const talking = call !== null && (call.state === "active" || call.state === "held");
  const held = call !== null && phone.isHeld(call);
  const muted = call !== null && phone.isMuted(call);
  const canRenegotiate = talking && call.answered_at !== null && phone.line.value === "ready";
  const order = (what: (id: string) => Promise<void>, about = id) => {
    if (about !== null) void desk.phoneOrder(() => what(about));
  };
  return (
    <section class="phonebar" aria-label={t("phone.title")}>
      <Line />
      <div class={`phone-call ${stateClass(call, held)}`} data-testid="phone-call">
        {call && (
          <>
            <b class="phone-who">{nameOf(call.caller)}</b>
            <CallClock call={call} held={held} />
          </>
        )}
        {call === null && stray && <b class="phone-who">{stray.number}</b>}
      </div>
      <div class="phone-keys">
        <button
          type="button"
          class="button key"
          data-testid="mute"
          aria-pressed={muted}
          aria-keyshortcuts="M"
          disabled={!talking || call.answered_at === null}
          onClick={() => order((callId) => phone.mute(callId, !muted))}
        >
          <Icon name="mic" />
          <span>{muted ? t("phone.unmute") : t("phone.mute")}</span>
          <kbd>M</kbd>
        </button>
        <button
          type="button"
          class="button key hold"
          data-testid="hold"
          aria-pressed={held}
          aria-keyshortcuts="H"
          disabled={!canRenegotiate}
          onClick={() => order((callId) => (held ? phone.resume(callId) : phone.hold(callId)))}
        >
          <Icon name={held ? "play" : "pause"} />
          <span>{held ? t("phone.resume") : t("phone.hold")}</span>
          <kbd>H</kbd>
        </button>
        <Keypad call={talking ? call : null} />
      </div>
      <div class="phone-ends">
        <button
          type="button"
          class="button answer"
          data-testid="phone-answer"
          disabled={ringingId === null || phone.kind === "none"}
          onClick={() => order((callId) => phone.answer(callId), ringingId)}
        >
          <Icon name="phone" />
          <span>{t("call.answer")}</span>
        </button>
        <button
          type="button"
          class="button hangup"
          data-testid="hangup"
          disabled={id === null || (call !== null && isVisitor(call))}
          onClick={() => order((callId) => phone.hangup(callId))}
        >
          <Icon name="hangup" />
          <span>{t("phone.hangup")}</span>
        </button>
      </div>
    </section>
  );
}

function Line() {
  const { phone, user } = useDesk();
  const { kind, line, microphone } = phone.value;
  if (kind === "none") {
    return <p class="line line-off">{t("line.none", { name: user.name })}</p>;
  }
  if (microphone.value === "blocked" || microphone.value === "missing") {
    return (
      <p class="line line-refused" role="alert" data-testid="mic-banner">
        <Icon name="alert" />
        <span>{t(`microphone.${microphone.value}`)}</span>
      </p>
    );
  }
  if (kind === "simulated") {
    return (
      <p class="line line-simulated" data-testid="sim-banner" data-line={line.value}>
        <span class="mark" aria-hidden="true" />
        <span>{t("line.simulated")}</span>
      </p>
    );
  }
  return (
    <p class={`line line-${line.value}`} data-testid="phone-line" data-line={line.value}>
      <span class="mark" aria-hidden="true" />
      <span>{t(`line.${line.value}`)}</span>
    </p>
  );
}

function CallClock({ call, held }: { call: CallView; held: boolean }) {
  if (held && call.held_at) {
    return (
      <span>
        <span class="phone-word">{t("call.held")} </span>
        <Elapsed since={call.held_at} />
      </span>
    );
  }
  if (call.answered_at) return <Elapsed since={call.answered_at} />;
  if (isVisitor(call)) return <span class="phone-word">{t("call.ringing")}</span>;
  return <span>{t("call.dialling")}</span>;
}

function stateClass(call: CallView | null, held: boolean): string {
  if (call === null) return "";
  if (held) return "is-held";
  return call.answered_at ? "is-active" : "is-ringing";
}
