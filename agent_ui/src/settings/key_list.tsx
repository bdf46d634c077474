import { useSignal, useSignalEffect } from "@preact/signals";
import { ACTION_GROUPS, type Action, type Refusal } from "../desk/actions";
import { comboOf, SECOND } from "../desk/combos";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/model";
import { t } from "../i18n";
import { Drawer } from "../ui/drawer";
import { KeyCaps } from "../ui/keys";

/** While nobody types, and in the list that is open: always these. */
const FIXED = [
  { combo: "1 – 9", text: "keys.disposition" },
  { combo: "0", text: "keys.disposition_back" },
  { combo: "1 – 9", text: "keys.reason" },
  { combo: "Enter", text: "keys.consult" },
] as const;

/** Every shortcut there is, and the way to change it. */
export function KeyList() {
  const desk = useDesk();
  const { actions, prefs } = desk;
  const changed = Object.keys(prefs.value.shortcuts).length > 0;
  return (
    <Drawer title={t("panel.keys")} testid="key-list">
      <p class="hint">{t("keys.hint")}</p>
      {ACTION_GROUPS.map((group) => {
        const own = actions.all.value.filter((action) => action.group === group);
        return (
          own.length > 0 && (
            <section class="setting" key={group}>
              <h3>{t(`keys.${group}`)}</h3>
              <ul class="key-rows">
                {own.map((action) => (
                  <KeyRow key={action.id} action={action} />
                ))}
              </ul>
            </section>
          )
        );
      })}
      <section class="setting">
        <h3>{t("keys.fixed")}</h3>
        <ul class="key-rows">
          {FIXED.map(({ combo, text }) => (
            <li class="key-row" key={text} data-testid="key-fixed">
              <span class="key-label">{t(text)}</span>
              <KeyCaps combo={combo} />
            </li>
          ))}
        </ul>
      </section>
      <button
        type="button"
        class="button"
        data-testid="keys-reset"
        disabled={!changed}
        onClick={() => desk.setPrefs({ shortcuts: {} })}
      >
        {t("keys.reset")}
      </button>
    </Drawer>
  );
}

function KeyRow({ action }: { action: Action }) {
  const desk = useDesk();
  const { actions } = desk;
  const recording = useSignal(false);
  /** The first of two was pressed. */
  const second = useSignal(false);
  const refusal = useSignal<Refusal | null>(null);
  const keys = actions.keysOf(action);
  const take = (combo: string) => {
    refusal.value = actions.refusal(action.id, combo);
    if (refusal.value !== null) return;
    give(desk, action, combo);
    recording.value = false;
  };
  useSignalEffect(() => {
    if (!recording.value) return;
    const onKey = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      const combo = comboOf(event);
      if (combo === "") return;
      if (second.peek()) {
        second.value = false;
        if (/^[A-Z0-9]$/.test(combo)) take(SECOND + combo);
        else recording.value = false;
        return;
      }
      if (combo === actions.hint("desk.second") && action.id !== "desk.second") {
        second.value = true;
        return;
      }
      if (combo === "Backspace" || combo === "Delete") give(desk, action, "");
      else if (combo !== "Escape") return take(combo);
      refusal.value = null;
      recording.value = false;
    };
    // Before everybody else: the combination may mean something already.
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  });
  return (
    <li class="key-row" data-testid="key-row" data-action={action.id}>
      <span class="key-label">{action.label()}</span>
      {action.plain && <KeyCaps combo={action.plain} />}
      <button
        type="button"
        class="button key-combo"
        aria-pressed={recording.value}
        title={t("keys.change", { name: action.label(), keys })}
        data-testid="key-combo"
        data-keys={keys}
        onClick={() => {
          recording.value = !recording.value;
          second.value = false;
          refusal.value = null;
        }}
        onBlur={() => {
          recording.value = false;
        }}
      >
        <span class="for-ears">{t("keys.change", { name: action.label(), keys })}</span>
        {recording.value ? (
          t(second.value ? "keys.press_second" : "keys.press")
        ) : (
          <Combo keys={keys} />
        )}
      </button>
      {refusal.value && (
        <p class="key-refusal" role="alert" data-testid="key-refusal">
          {inWords(refusal.value)}
        </p>
      )}
    </li>
  );
}

function give(desk: Desk, { id, keys }: Action, combo: string): void {
  const { [id]: _, ...others } = desk.prefs.peek().shortcuts;
  desk.setPrefs({ shortcuts: { ...others, ...(combo !== keys && { [id]: combo }) } });
}

function Combo({ keys }: { keys: string }) {
  return keys === "" ? <span>–</span> : <KeyCaps combo={keys} />;
}

function inWords(refusal: Refusal): string {
  if (refusal.kind === "taken") return t("keys.taken", { name: refusal.by.label() });
  return t(`keys.${refusal.kind}`);
}
