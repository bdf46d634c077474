import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context";
import { dialable } from "../format";
import { t } from "../i18n";
import type { CallView } from "../messages.gen";
import { Icon } from "../ui/icon";
import { useClose } from "../ui/popover";
import { playKeys } from "./key_tones";
import { lastDialled } from "./last_dialled";
import "./panels.css";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** A number to dial, or key tones into the call. */
export function Pad({ call }: { call: CallView | null }) {
  return call ? <TonePad call={call} /> : <DialPad />;
}

/** Keys, the pad, and what is pasted ("123#") all go out as tones. */
function TonePad({ call }: { call: CallView }) {
  const desk = useDesk();
  const sent = useSignal("");
  const field = useFocus();
  const send = (text: string) => {
    const digits = text.replace(/[^0-9*#]/g, "");
    if (digits === "") return;
    sent.value += digits;
    playKeys(digits);
    void desk.phoneOrder((phone) => phone.tones(call.id, digits));
  };
  return (
    <div class="pad">
      <input
        ref={field}
        type="text"
        inputMode="tel"
        class="num"
        value={sent}
        placeholder={t("pad.tones")}
        aria-label={t("pad.tones")}
        data-testid="tones"
        onInput={({ currentTarget }) => {
          const { value } = currentTarget;
          const added = value.startsWith(sent.value) ? value.slice(sent.value.length) : "";
          currentTarget.value = sent.value;
          send(added);
          currentTarget.value = sent.value;
        }}
      />
      <Keys
        onPress={(key) => {
          send(key);
          field.current?.focus();
        }}
      />
    </div>
  );
}

function DialPad() {
  const desk = useDesk();
  const close = useClose();
  const typed = useSignal("");
  const again = useSignal("");
  const field = useFocus();
  useEffect(() => {
    void lastDialled(desk).then((number) => (again.value = number));
  }, [desk, again]);

  const busy = desk.current.value !== null; // perhaps since this was opened
  const dial = async (wanted: string) => {
    const number = dialable(wanted);
    if (busy || number === "") return;
    if (await desk.phoneOrder((phone) => phone.dial(number))) close();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    // As on any telephone: Dial with nothing typed brings the last number back, to look at first.
    if (typed.value === "") typed.value = again.value;
    else void dial(typed.value);
  };
  return (
    <form class="pad" onSubmit={submit}>
      <input
        ref={field}
        type="tel"
        class="num"
        value={typed}
        placeholder={t("pad.number")}
        aria-label={t("pad.number")}
        data-testid="dial-number"
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
      <Keys
        onPress={(key) => {
          typed.value += key;
          playKeys(key);
          field.current?.focus();
        }}
      />
      <button type="submit" class="button answer" data-testid="dial" disabled={busy}>
        <Icon name="phone" />
        <span>
          {typed.value === "" && again.value !== ""
            ? t("pad.redial", { number: again.value })
            : t("phone.dial")}
        </span>
      </button>
      <SpeedDial number={typed.value} busy={busy} onDial={(number) => void dial(number)} />
    </form>
  );
}

interface SpeedDialProps {
  number: string;
  busy: boolean;
  onDial: (number: string) => void;
}

/** The user's own numbers; they follow them. */
function SpeedDial({ number, busy, onDial }: SpeedDialProps) {
  const desk = useDesk();
  const naming = useSignal<string | null>(null);
  const entries = desk.prefs.value.speed_dial;
  const keep = (event: Event) => {
    event.preventDefault();
    const label = naming.value?.trim() ?? "";
    if (label === "") return;
    desk.setPrefs({ speed_dial: [...entries, { label, number: dialable(number) }] });
    naming.value = null;
  };
  const known = entries.some((entry) => entry.number === dialable(number));
  return (
    <div class="speed-dial">
      {entries.map((entry) => (
        <div class="speed-row" key={`${entry.label} ${entry.number}`}>
          <button
            type="button"
            class="menu-item"
            title={entry.number}
            disabled={busy}
            data-testid="speed-dial"
            onClick={() => onDial(entry.number)}
          >
            {entry.label}
          </button>
          <button
            type="button"
            class="button quiet icon-only"
            aria-label={t("pad.forget", { name: entry.label })}
            title={t("pad.forget", { name: entry.label })}
            onClick={() => desk.setPrefs({ speed_dial: entries.filter((each) => each !== entry) })}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {naming.value === null && dialable(number) !== "" && !known && (
        <button
          type="button"
          class="button quiet"
          data-testid="speed-keep"
          onClick={() => {
            naming.value = "";
          }}
        >
          {t("pad.keep")}
        </button>
      )}
      {naming.value !== null && (
        <div class="speed-row">
          <input
            type="text"
            maxLength={60}
            value={naming.value}
            placeholder={t("pad.label")}
            aria-label={t("pad.label")}
            data-testid="speed-label"
            onInput={(event) => {
              naming.value = event.currentTarget.value;
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") keep(event);
            }}
          />
          <button type="button" class="button" onClick={keep}>
            {t("pad.keep_it")}
          </button>
        </div>
      )}
    </div>
  );
}

function Keys({ onPress }: { onPress: (key: string) => void }) {
  return (
    <div class="pad-keys">
      {KEYS.map((key) => (
        <button type="button" class="button" key={key} onClick={() => onPress(key)}>
          {key}
        </button>
      ))}
    </div>
  );
}

function useFocus() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return field;
}
