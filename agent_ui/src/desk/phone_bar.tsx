import { t } from "../i18n";
import type { CallView } from "../messages.gen";
import type { Phone } from "../phone";
import {
  hangUp,
  hangUpHint,
  isTalk,
  order,
  partiesOf,
  useConsultation,
  useReachable,
} from "../phone/desk_calls";
import { PhoneLine } from "../phone/phone_line";
import { Icon, type IconName } from "../ui/icon";
import { Keys } from "../ui/keys";
import { lazy } from "../ui/lazy";
import { Popover } from "../ui/popover";
import { Elapsed } from "../ui/timer";
import { type Action, useAction } from "./actions";
import { useDesk } from "./context";
import { isVisitor } from "./model";

const Pad = lazy(async () => (await import("../phone/pad")).Pad);
const TransferPanel = lazy(async () => (await import("../phone/transfer_panel")).TransferPanel);
const ConsultStrip = lazy(async () => (await import("../phone/consult_strip")).ConsultStrip);
const LiveSound = lazy(async () => (await import("../phone/live_sound")).LiveSound);

/** The telephone. Every control has its place whether it can be used or not. */
export function PhoneBar() {
  const desk = useDesk();
  const phone = desk.phone.value;
  const call = desk.current.value;
  const stray = phone.stray.value;
  const consultation = useConsultation();
  return (
    <section class="phonebar" aria-label={t("phone.title")}>
      <PhoneLine />
      <div class={`phone-call ${stateClass(phone, call)}`} data-testid="phone-call">
        {call && (
          <>
            <b class="phone-who" title={partiesOf(call)}>
              {partiesOf(call)}
            </b>
            <CallClock call={call} />
          </>
        )}
        {call === null && stray && <b class="phone-who">{stray.number}</b>}
        {phone.kind === "sip" && call !== null && isTalk(call) && (
          <div class="phone-live">
            <LiveSound call={call} />
          </div>
        )}
      </div>
      <PhoneKeys call={call} />
      <PhoneEnds call={call} />
      {consultation && <ConsultStrip {...consultation} />}
    </section>
  );
}

function PhoneKeys({ call }: { call: CallView | null }) {
  const desk = useDesk();
  const phone = desk.phone.value;
  const consultation = useConsultation();
  const reachable = useReachable();
  const talking = call !== null && isTalk(call);
  const held = talking && phone.isHeld(call);
  const muted = talking && phone.isMuted(call);
  // In a consultation the two change places instead.
  const mayHold = talking && reachable && consultation === null;
  const linked = desk.socket.link.value === "up";
  const give = (what: (callId: string) => Promise<void>) => {
    if (call !== null) void desk.phoneOrder(() => what(call.id));
  };
  return (
    <div class="phone-keys">
      <PhoneKey
        of={{ id: "phone.mute", keys: "Ctrl+Shift+M", plain: "M" }}
        icon="mic"
        word={muted ? t("phone.unmute") : t("phone.mute")}
        pressed={muted}
        may={talking}
        run={() => give((id) => phone.mute(id, !muted))}
      />
      <PhoneKey
        of={{ id: "phone.hold", keys: "Ctrl+Shift+H", plain: "H" }}
        icon={held ? "play" : "pause"}
        word={held ? t("phone.resume") : t("phone.hold")}
        pressed={held}
        may={mayHold}
        run={() => give((id) => (held ? phone.resume(id) : phone.hold(id)))}
      />
      <Keypad call={talking || call?.state === "active" ? call : null} />
      <Popover
        face={<KeyFace icon="transfer" word={t("phone.transfer")} of="phone.transfer" />}
        label={t("phone.transfer")}
        class="button key"
        testid="transfer"
        action={{ id: "phone.transfer", group: "call", keys: "Ctrl+Shift+F", plain: "T" }}
        side="up"
        align="center"
        disabled={!talking || !linked || consultation !== null}
      >
        {call && <TransferPanel call={call} />}
      </Popover>
      <RecordKey call={talking && linked ? (consultation?.customer ?? call) : null} />
    </div>
  );
}

/** Dials a number while there is no call, sends key tones while there is one. */
function Keypad({ call }: { call: CallView | null }) {
  const { phone, current } = useDesk();
  const reachable = useReachable();
  const word = call ? t("phone.keypad") : t("phone.dial");
  return (
    <Popover
      face={<KeyFace icon="keypad" word={word} of="phone.keypad" />}
      label={word}
      class="button key"
      testid="keypad"
      action={{ id: "phone.keypad", group: "call", keys: "Ctrl+Shift+K", plain: "K" }}
      side="up"
      align="center"
      disabled={
        phone.value.kind === "none" || (call ? false : current.value !== null || !reachable)
      }
    >
      <Pad call={call} />
    </Popover>
  );
}

const RECORD_WORDS = {
  never: "record.start",
  off: "record.start",
  on: "record.pause",
  paused: "record.start",
} as const;

/** The switch really stops writing: the key shows what its event said. */
function RecordKey({ call }: { call: CallView | null }) {
  const desk = useDesk();
  const state = call?.recording ?? "never";
  return (
    <PhoneKey
      of={{ id: "phone.record", keys: "Ctrl+Shift+O" }}
      icon={state === "paused" ? "pause" : "record"}
      class={`record is-${state}`}
      word={t(RECORD_WORDS[state])}
      hint={t(`record.is_${state}`)}
      pressed={state === "on"}
      may={state !== "never"}
      run={() => {
        if (call) void order(desk, "phone.record", { call_id: call.id, on: state !== "on" });
      }}
    />
  );
}

function PhoneEnds({ call }: { call: CallView | null }) {
  const desk = useDesk();
  const phone = desk.phone.value;
  const stray = phone.stray.value;
  const consultation = useConsultation();
  const ringingId = desk.ringing.value?.id ?? (stray?.ringing ? stray.id : null);
  const id = call?.id ?? stray?.id ?? null;
  const mayEnd = id !== null && !(call !== null && isVisitor(call));
  useAction({
    id: "phone.reject",
    group: "call",
    keys: "Ctrl+Shift+D",
    label: () => t("call.reject"),
    enabled: () => ringingId !== null,
    run: () => void desk.phoneOrder((each) => each.reject(ringingId ?? "")),
  });
  return (
    <div class="phone-ends">
      <PhoneKey
        of={{ id: "phone.answer", keys: "Ctrl+Shift+A", plain: "Enter" }}
        testid="phone-answer"
        icon="phone"
        class="answer"
        word={t("call.answer")}
        may={ringingId !== null && phone.kind !== "none"}
        run={() => void desk.phoneOrder((each) => each.answer(ringingId ?? ""))}
      />
      <PhoneKey
        of={{ id: "phone.hangup", keys: "Ctrl+Shift+E" }}
        testid="hangup"
        icon="hangup"
        class="hangup"
        word={call !== null && call.parties.length > 0 ? t("phone.leave") : t("phone.hangup")}
        hint={hangUpHint(call, consultation)}
        may={mayEnd}
        run={() => hangUp(desk, id ?? "")}
      />
    </div>
  );
}

interface KeyProps {
  of: Pick<Action, "id" | "keys" | "plain">;
  icon: IconName;
  word: string;
  /** What it does, where the word is not enough. */
  hint?: string;
  class?: string;
  testid?: string;
  pressed?: boolean;
  may: boolean;
  run: () => void;
}

function PhoneKey({ of, icon, word, hint, pressed, may, run, ...rest }: KeyProps) {
  const { actions } = useDesk();
  useAction({ ...of, group: "call", label: () => word, enabled: () => may, run });
  return (
    <button
      type="button"
      class={`button key ${rest.class ?? ""}`}
      data-testid={rest.testid ?? of.id.slice("phone.".length)}
      title={hint ?? word}
      aria-pressed={pressed}
      aria-keyshortcuts={actions.aria(of.id)}
      disabled={!may}
      onClick={run}
    >
      <KeyFace icon={icon} word={word} of={of.id} />
    </button>
  );
}

function KeyFace({ icon, word, of }: { icon: IconName; word: string; of: string }) {
  return (
    <>
      <span class="key-top">
        <Icon name={icon} />
        <Keys of={of} />
      </span>
      <span class="key-word">{word}</span>
    </>
  );
}

function CallClock({ call }: { call: CallView }) {
  const { phone } = useDesk();
  if (phone.value.isHeld(call) && call.held_at) {
    return (
      <span>
        <span class="phone-word">{t("call.held")} </span>
        <Elapsed since={call.held_at} />
      </span>
    );
  }
  if (isVisitor(call)) return <span class="phone-word">{t("call.ringing")}</span>;
  if (call.answered_at) return <Elapsed since={call.answered_at} />;
  return <span>{t("call.dialling")}</span>;
}

function stateClass(phone: Phone, call: CallView | null): string {
  if (call === null) return "";
  if (phone.isHeld(call)) return "is-held";
  return call.answered_at && !isVisitor(call) ? "is-active" : "is-ringing";
}
