import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useAction } from "../desk/actions";
import { reasonIn } from "../desk/agent_state";
import { useDesk } from "../desk/context";
import { RARE } from "../desk/rare_keys";
import { localised, t } from "../i18n";
import type { CallView } from "../messages.gen";
import { Icon } from "../ui/icon";
import { KeyCaps } from "../ui/keys";
import { useClose } from "../ui/popover";
import { Elapsed } from "../ui/timer";
import { order } from "./desk_calls";
import { type Target, targetsFor } from "./targets";
import "./panels.css";

type How = "phone.consult" | "phone.transfer";

/**
 * Gives the call to somebody: one box for colleagues, queues and numbers. Nobody is chosen before
 * something was typed, an arrow pressed or a row clicked; and who is chosen stays so while states
 * change and the list is sorted anew.
 */
export function TransferPanel({ call }: { call: CallView }) {
  const desk = useDesk();
  const close = useClose();
  const typed = useSignal("");
  const at = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => field.current?.focus(), []);
  const over = desk.store.calls.value.every(({ id, state }) => id !== call.id || state === "ended");
  useEffect(() => {
    if (over) close();
  }, [over, close]);

  const found = useComputed(() =>
    targetsFor(typed.value, {
      me: desk.user.id,
      call,
      colleagues: desk.store.colleagues.value,
      queues: desk.store.queues.value,
      numbers: desk.customer.data.value?.numbers ?? [],
      speedDial: desk.prefs.value.speed_dial,
    }),
  );
  const targets = found.value;
  const chosen = targets.findIndex((target) => keyOf(target) === at.value);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const choose = (target: Target | undefined) => {
    at.value = target ? keyOf(target) : "";
  };
  const give = async (how: How, to: Target | undefined) => {
    if (to === undefined) return;
    if (await order(desk, how, { call_id: call.id, target: to.target })) close();
  };
  useAction({
    id: "transfer.blind",
    ...RARE["transfer.blind"],
    enabled: () => chosen >= 0,
    run: () => void give("phone.transfer", targets[chosen]),
  });
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing || event.ctrlKey || event.shiftKey) return;
    if (event.key === "ArrowDown") choose(targets[Math.min(chosen + 1, targets.length - 1)]);
    else if (event.key === "ArrowUp") choose(targets.at(chosen < 0 ? -1 : Math.max(chosen - 1, 0)));
    else if (event.key === "Enter") void give("phone.consult", targets[chosen]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="transfer" data-testid="transfer-panel">
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-autocomplete="list"
        aria-controls="transfer-list"
        aria-activedescendant={chosen < 0 ? undefined : `transfer-${chosen}`}
        placeholder={t("transfer.search")}
        aria-label={t("transfer.search")}
        data-testid="transfer-search"
        value={typed}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          choose(typed.value.trim() === "" ? undefined : found.value[0]);
        }}
        onKeyDown={onKey}
      />
      <div
        class="transfer-list scroll"
        id="transfer-list"
        role="listbox"
        aria-label={t("phone.transfer")}
        ref={list}
      >
        {targets.map((target, index) => (
          <Row
            key={keyOf(target)}
            target={target}
            index={index}
            chosen={index === chosen}
            onChoose={() => choose(target)}
            onGive={(how) => void give(how, target)}
          />
        ))}
      </div>
      {targets.length === 0 && <p class="empty">{t("transfer.none")}</p>}
      <Ends to={targets[chosen]} onGive={(how) => void give(how, targets[chosen])} />
    </div>
  );
}

function keyOf({ kind, target }: Target): string {
  return `${kind} ${target}`;
}

interface EndsProps {
  to: Target | undefined;
  onGive: (how: How) => void;
}

/** What can be done with who is chosen, and the keys of it. */
function Ends({ to, onGive }: EndsProps) {
  const { actions } = useDesk();
  return (
    <div class="transfer-foot">
      <button
        type="button"
        class="button"
        aria-keyshortcuts="Enter"
        data-testid="transfer-ask"
        disabled={to === undefined}
        onClick={() => onGive("phone.consult")}
      >
        {t("transfer.consult")} <KeyCaps combo="Enter" />
      </button>
      <button
        type="button"
        class="button"
        aria-keyshortcuts={actions.aria("transfer.blind")}
        data-testid="transfer-send"
        disabled={to === undefined}
        onClick={() => onGive("phone.transfer")}
      >
        {t("transfer.blind")} <KeyCaps combo={actions.hint("transfer.blind")} />
      </button>
    </div>
  );
}

interface RowProps {
  target: Target;
  index: number;
  chosen: boolean;
  onChoose: () => void;
  onGive: (how: How) => void;
}

function Row({ target, index, chosen, onChoose, onGive }: RowProps) {
  // The search box keeps the focus: a click on a row may not take it (and close the panel).
  const keepFocus = (event: Event) => event.preventDefault();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its parts are
    <div
      class={chosen ? "transfer-row is-chosen" : "transfer-row"}
      role="presentation"
      data-testid="transfer-row"
      data-target={target.target}
      onClick={onChoose}
      onMouseDown={keepFocus}
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: reached by aria-activedescendant */}
      <div class="transfer-face" id={`transfer-${index}`} role="option" aria-selected={chosen}>
        <Face target={target} />
      </div>
      {/* For the mouse: the foot has the same two, with their keys. */}
      <span class="transfer-ends" aria-hidden="true">
        <button
          type="button"
          class="button"
          tabIndex={-1}
          data-testid="transfer-consult"
          onClick={() => onGive("phone.consult")}
        >
          {t("transfer.consult")}
        </button>
        <button
          type="button"
          class="button"
          tabIndex={-1}
          data-testid="transfer-blind"
          onClick={() => onGive("phone.transfer")}
        >
          {t("transfer.blind")}
        </button>
      </span>
    </div>
  );
}

function Face({ target }: { target: Target }) {
  const config = useDesk().config.data.value;
  switch (target.kind) {
    case "colleague": {
      const { name, extension, state, reason, since } = target.colleague;
      const why = reason === "" ? "" : reasonIn(config, reason);
      return (
        <>
          <span class={`transfer-state state-${state}`}>
            <span class="mark" aria-hidden="true" />
            <span class="transfer-word">{t(`state.${state}`)}</span>
          </span>
          <b class="transfer-name">{name}</b>
          <span class="num">
            {state !== "signed_out" && (
              <>
                {why && `${why} `}
                <Elapsed since={since} />
                {" · "}
              </>
            )}
            {extension}
          </span>
        </>
      );
    }
    case "queue": {
      const { name, label, waiting, longest_since, ready } = target.queue;
      return (
        <>
          <span class={ready > 0 ? "transfer-state state-ready" : "transfer-state"}>
            <span class="mark" aria-hidden="true" />
            <span class="transfer-word">
              {ready > 0 ? t("transfer.ready", { n: ready }) : t("transfer.nobody")}
            </span>
          </span>
          <b class="transfer-name">{localised(label, name)}</b>
          <span class="num">
            {`${t("transfer.queue")} · ${waiting} ${t("queues.waiting")}`}
            {longest_since && (
              <>
                {" · "}
                <Elapsed since={longest_since} />
              </>
            )}
          </span>
        </>
      );
    }
    default:
      return (
        <>
          <span class="transfer-state">
            <Icon name="outbound" />
            {t(`transfer.${target.kind}`)}
          </span>
          <b class="transfer-name">{target.name}</b>
          {target.display !== target.name && <span class="num">{target.display}</span>}
        </>
      );
  }
}
