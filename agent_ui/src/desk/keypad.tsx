import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { dialable } from "../format";
import { t } from "../i18n";
import type { CallView } from "../messages.gen";
import { Icon } from "../ui/icon";
import { Popover, useClose } from "../ui/popover";
import { useDesk } from "./context";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

/** Dials a number while there is no call, sends key tones while there is one. */
export function Keypad({ call }: { call: CallView | null }) {
  const { phone, current } = useDesk();
  const mayDial = current.value === null && phone.value.line.value === "ready";
  const face = (
    <>
      <Icon name="keypad" />
      <span>{call ? t("phone.keypad") : t("phone.dial")}</span>
      <kbd>K</kbd>
    </>
  );
  return (
    <Popover
      face={face}
      label={call ? t("phone.keypad") : t("phone.dial")}
      class="button key"
      testid="keypad"
      shortcut="K"
      side="up"
      align="center"
      disabled={phone.value.kind === "none" || (call === null && !mayDial)}
    >
      <Pad call={call} />
    </Popover>
  );
}

function Pad({ call }: { call: CallView | null }) {
  const desk = useDesk();
  const close = useClose();
  const typed = useSignal("");
  const silent = useSignal(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);

  const busy = desk.current.value !== null; // perhaps since this was opened
  const press = (key: string) => {
    typed.value += key;
    if (call) silent.value = !desk.phone.peek().tones(call.id, key);
    field.current?.focus();
  };
  const dial = async (event: Event) => {
    event.preventDefault();
    const number = dialable(typed.value);
    if (busy || number === "") return;
    if (await desk.phoneOrder((phone) => phone.dial(number))) close();
  };
  return (
    <form class="pad" onSubmit={dial}>
      <input
        ref={field}
        type="tel"
        class="num"
        value={typed}
        readOnly={call !== null}
        placeholder={call ? t("pad.tones") : t("pad.number")}
        aria-label={call ? t("pad.tones") : t("pad.number")}
        data-testid="dial-number"
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (call && KEYS.includes(event.key)) press(event.key);
        }}
      />
      <div class="pad-keys">
        {KEYS.map((key) => (
          <button type="button" class="button" key={key} onClick={() => press(key)}>
            {key}
          </button>
        ))}
      </div>
      {call === null && (
        <button type="submit" class="button answer" data-testid="dial" disabled={busy}>
          <Icon name="phone" />
          <span>{t("phone.dial")}</span>
        </button>
      )}
      {silent.value && <p class="hint">{t("pad.silent")}</p>}
    </form>
  );
}
