import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context";
import { localised, t } from "../i18n";
import type { CallView } from "../messages.gen";
import { Icon } from "../ui/icon";
import { KeyCaps } from "../ui/keys";
import { useClose } from "../ui/popover";
import { Elapsed } from "../ui/timer";
import { order } from "./desk_calls";
import { type Target, targetsFor } from "./targets";
import "./panels.css";

/**
 * Gives the call to somebody: one box for colleagues, queues and numbers. Enter asks them first,
 * Ctrl+Enter sends the caller at once.
 */
export function TransferPanel({ call }: { call: CallView }) {
  const desk = useDesk();
  const close = useClose();
  const typed = useSignal("");
  const at = useSignal(0);
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
  const chosen = Math.min(at.value, targets.length - 1);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const give = async (how: "phone.consult" | "phone.transfer", index: number) => {
    const target = found.peek()[index]?.target;
    if (target === undefined) return;
    if (await order(desk, how, { call_id: call.id, target })) close();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const by = event.key === "ArrowDown" ? 1 : -1;
      at.value = Math.min(Math.max(chosen + by, 0), Math.max(targets.length - 1, 0));
    } else if (event.key === "Enter") {
      void give(event.ctrlKey ? "phone.transfer" : "phone.consult", chosen);
    } else return;
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
        aria-activedescendant={targets.length > 0 ? `transfer-${chosen}` : undefined}
        placeholder={t("transfer.search")}
        aria-label={t("transfer.search")}
        data-testid="transfer-search"
        value={typed}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          at.value = 0;
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
            key={`${target.kind} ${target.target}`}
            target={target}
            index={index}
            chosen={index === chosen}
            onPoint={() => {
              at.value = index;
            }}
            onGive={(how) => void give(how, index)}
          />
        ))}
      </div>
      {targets.length === 0 && <p class="empty">{t("transfer.none")}</p>}
      <p class="transfer-hint">
        <KeyCaps combo="Enter" /> {t("transfer.consult")}
        <KeyCaps combo="Ctrl+Enter" /> {t("transfer.blind")}
      </p>
    </div>
  );
}

interface RowProps {
  target: Target;
  index: number;
  chosen: boolean;
  onPoint: () => void;
  onGive: (how: "phone.consult" | "phone.transfer") => void;
}

function Row({ target, index, chosen, onPoint, onGive }: RowProps) {
  // The search box keeps the focus: a click on a row may not take it (and close the panel).
  const keepFocus = (event: Event) => event.preventDefault();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: its parts are; the row only keeps the focus
    <div
      class={chosen ? "transfer-row is-chosen" : "transfer-row"}
      role="presentation"
      data-testid="transfer-row"
      data-target={target.target}
      onMouseEnter={onPoint}
      onMouseDown={keepFocus}
    >
      {/* biome-ignore lint/a11y/useFocusableInteractive: reached by aria-activedescendant */}
      <div class="transfer-face" id={`transfer-${index}`} role="option" aria-selected={chosen}>
        <Face target={target} />
      </div>
      {/* For the mouse: the search box has the same two on its keys. */}
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
  switch (target.kind) {
    case "colleague": {
      const { name, extension, state } = target.colleague;
      return (
        <>
          <span class={`transfer-state state-${state}`}>
            <span class="mark" aria-hidden="true" />
            {t(`state.${state}`)}
          </span>
          <b class="transfer-name">{name}</b>
          <span class="num">{extension}</span>
        </>
      );
    }
    case "queue": {
      const { name, label, waiting, longest_since } = target.queue;
      return (
        <>
          <span class="transfer-state">{t("transfer.queue")}</span>
          <b class="transfer-name">{localised(label, name)}</b>
          <span class="num">
            {waiting} {t("queues.waiting")}
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
