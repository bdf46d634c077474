import type { Actions } from "./actions";
import { ariaKeys, comboOf, isSafeWhileTyping } from "./combos";

const TYPING =
  "input:not([type=button], [type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]";
/** What Enter and Space already mean something to. */
const PRESSABLE = "button, a, summary, [role=separator], input, select";

/**
 * Keys do what the actions say. Plain keys rest while somebody types, and while a dialog is open;
 * an action that cannot be done now swallows its combination, so that the browser's own meaning of
 * it surprises nobody. Returns the function that ends it.
 */
export function listenForShortcuts(document: Document, actions: Actions): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const combo = comboOf(event);
    if (combo === "") return;
    const at = event.target instanceof Element ? event.target : document.body;
    const safe = isSafeWhileTyping(combo);
    if (!safe && (at.closest(TYPING) || document.querySelector("[aria-modal=true]"))) return;
    if ((combo === "Enter" || combo === "Space") && at.closest(PRESSABLE)) return;
    const action = actions.at(combo);
    if (action !== undefined) {
      if (safe || action.enabled()) event.preventDefault();
      if (!event.repeat && action.enabled()) action.run();
      return;
    }
    press(document, event, combo);
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}

/** A key that belongs to one button on the screen and to no action: it presses the button. */
function press(document: Document, event: KeyboardEvent, combo: string): void {
  const selector = `[aria-keyshortcuts="${CSS.escape(ariaKeys(combo))}"]`;
  const target = document.querySelector<HTMLElement>(selector);
  if (target === null || event.repeat) return;
  event.preventDefault();
  if (target.matches(TYPING)) target.focus();
  else target.click();
}
