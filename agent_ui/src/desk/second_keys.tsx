import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";
import { keepFocus } from "../ui/focus";
import type { Action } from "./actions";
import { comboOf, SECOND } from "./combos";
import { useDesk } from "./context";
import "../ui/panels.css";

/** Also with the first key's Ctrl still down. */
const ONE_KEY = /^(?:Ctrl\+)?([A-Z0-9])$/;

/**
 * What a second key does, and the wait for it. It takes the keys from the text somebody writes, so
 * that no input method makes a word of the letter, and gives them back before anything is done.
 */
export function SecondKeys() {
  const { actions, panel } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const giveBack = useRef<() => void>(() => undefined);
  useEffect(() => {
    giveBack.current = keepFocus(box.current);
    return () => giveBack.current();
  }, []);
  const close = () => {
    panel.value = null;
  };
  const does = (action: Action) => {
    giveBack.current();
    giveBack.current = () => undefined;
    close();
    actions.run(action.id);
  };
  const own = actions.all.value.filter((action) => actions.keysOf(action).startsWith(SECOND));
  return (
    <div
      class="second-keys"
      ref={box}
      role="dialog"
      aria-label={t("panel.second")}
      tabIndex={-1}
      data-testid="second-keys"
      onKeyDown={(event) => {
        const combo = comboOf(event);
        if (["", "Tab", "Shift+Tab", "Enter", "Space"].includes(combo)) return;
        const [, key] = ONE_KEY.exec(combo) ?? [];
        if (key === undefined && combo !== "Escape") return close(); // it means what it always does
        event.preventDefault();
        event.stopPropagation();
        const action = actions.at(SECOND + key);
        if (action?.enabled()) does(action);
        else close();
      }}
      onBlur={({ relatedTarget }) => {
        if (relatedTarget instanceof Node && !box.current?.contains(relatedTarget)) close();
      }}
    >
      {own.map((action) => (
        <button
          type="button"
          class="second-key"
          key={action.id}
          disabled={!action.enabled()}
          data-action={action.id}
          onClick={() => does(action)}
        >
          <kbd>{actions.keysOf(action).slice(SECOND.length)}</kbd>
          <span>{action.label()}</span>
        </button>
      ))}
    </div>
  );
}
