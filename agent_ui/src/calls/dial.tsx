import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { Icon } from "../ui/icon";

interface Props {
  number: string;
  display: string;
  /** Only the receiver is drawn; the number stands beside it already. */
  bare?: boolean;
  class?: string;
  /** After the order went out. */
  onDialled?: () => void;
}

/** A number one can call with a click. Where it cannot be called now it is only read. */
export function Dial({ number, display, bare, class: look, onDialled }: Props) {
  const desk = useDesk();
  if (number === "" || desk.phone.value.kind === "none") {
    return bare ? null : <span class="num">{display}</span>;
  }
  const dial = async () => {
    if (await desk.phoneOrder((phone) => phone.dial(number))) onDialled?.();
  };
  const label = t("phone.call_number", { number: display });
  return (
    <button
      type="button"
      class={`button quiet ${bare ? "icon-only" : "number"} ${look ?? ""}`}
      title={label}
      aria-label={bare ? label : undefined}
      disabled={desk.current.value !== null || desk.phone.value.line.value !== "ready"}
      data-testid="dial-this"
      onClick={(event) => {
        event.stopPropagation();
        void dial();
      }}
    >
      <Icon name="phone" />
      {!bare && <span class="num">{display}</span>}
    </button>
  );
}
