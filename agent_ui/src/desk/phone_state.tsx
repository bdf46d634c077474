import { t } from "../i18n";
import type { LineState } from "../phone";
import { Icon } from "../ui/icon";
import { useDesk } from "./context";

/** How the telephone is, in a word; what to do about it is in the phone bar. */
export function PhoneState() {
  const { phone } = useDesk();
  const { kind, line } = phone.value;
  const state: LineState = kind === "none" ? "off" : line.value;
  const word = t(`phone_state.${state}`);
  return (
    <p class={`phone-state line-${state}`} data-testid="phone-state" data-line={state} title={word}>
      <Icon name="phone" />
      <span class="mark" aria-hidden="true" />
      <span class="phone-state-word">{word}</span>
    </p>
  );
}
