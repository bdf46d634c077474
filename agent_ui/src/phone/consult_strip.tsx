import { nameOf } from "../calls/names";
import { useAction } from "../desk/actions";
import { useDesk } from "../desk/context";
import { RARE } from "../desk/rare_keys";
import { t } from "../i18n";
import type { CallView } from "../messages.gen";
import { Icon, type IconName } from "../ui/icon";
import { Keys } from "../ui/keys";
import { Elapsed } from "../ui/timer";
import { type Consultation, order } from "./desk_calls";
import "./panels.css";

/** Whom I ask, who waits for it, and what can come of it. It stands over the phone bar. */
export function ConsultStrip({ customer, consult }: Consultation) {
  const there = consult.answered_at !== null;
  const id = customer.id;
  return (
    <section class="consult" aria-label={t("consult.title")} data-testid="consult-strip">
      <div class="consult-parties" aria-live="polite">
        <Party call={consult} word={consultWord(consult)} />
        <Party
          call={customer}
          word={customer.state === "held" ? t("consult.waits") : t("call.active")}
        />
      </div>
      <div class="consult-orders">
        <Order of="swap" icon="swap" name="phone.swap" id={id} may={there} />
        <Order of="complete" icon="transfer" name="phone.complete" id={id} may />
        <Order of="three_way" icon="people" name="phone.three_way" id={id} may={there} />
        <Order of="cancel" icon="back" name="phone.cancel_consult" id={id} may />
      </div>
    </section>
  );
}

function consultWord({ state, answered_at }: CallView): string {
  if (answered_at === null) return t("call.dialling");
  return state === "held" ? t("consult.waits") : t("call.active");
}

function Party({ call, word }: { call: CallView; word: string }) {
  const look = call.state === "held" ? "is-held" : call.answered_at ? "is-active" : "is-dialling";
  return (
    <p class={`consult-party ${look}`} data-testid="consult-party" data-state={call.state}>
      <span class="mark" aria-hidden="true" />
      <b title={nameOf(call.caller)}>{nameOf(call.caller)}</b>
      <span>{word}</span>
      <Elapsed
        since={(call.state === "held" ? call.held_at : call.answered_at) ?? call.started_at}
      />
    </p>
  );
}

interface OrderProps {
  of: "swap" | "complete" | "three_way" | "cancel";
  icon: IconName;
  name: "phone.swap" | "phone.complete" | "phone.three_way" | "phone.cancel_consult";
  id: string;
  may: boolean;
}

function Order({ of, icon, name, id, may }: OrderProps) {
  const desk = useDesk();
  const able = may && desk.socket.link.value === "up";
  const run = () => void order(desk, name, { call_id: id });
  const label = t(`consult.${of}`);
  useAction({ id: name, ...RARE[name], enabled: () => able, run });
  return (
    <button
      type="button"
      class="button"
      data-testid={`consult-${of}`}
      title={t(`consult.${of}_hint`)}
      aria-keyshortcuts={desk.actions.aria(name)}
      disabled={!able}
      onClick={run}
    >
      <Icon name={icon} />
      <span>{label}</span>
      <Keys of={name} />
    </button>
  );
}
