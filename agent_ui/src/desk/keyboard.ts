const TYPING = "input:not([type=button]), textarea, select, [contenteditable]";
/** What Enter already means something to. */
const PRESSABLE = "button, a, summary";

/**
 * Shortcuts live on the buttons themselves (`aria-keyshortcuts`): the key presses the button, so
 * that a key does what the button would, and nothing while it is disabled. Plain letters rest while
 * somebody types. Returns the function that ends it.
 */
export function listenForShortcuts(document: Document): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.metaKey) return;
    const at = event.target instanceof Element ? event.target : document.body;
    const name = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    const shortcut = event.ctrlKey ? `Control+${name}` : name;
    if (!event.ctrlKey && at.closest(TYPING)) return;
    if (event.key === "Enter" && at.closest(PRESSABLE)) return;
    const target = document.querySelector<HTMLElement>(
      `[aria-keyshortcuts="${CSS.escape(shortcut)}"]`,
    );
    if (target === null || event.repeat) return;
    event.preventDefault();
    if (target.matches(TYPING)) target.focus();
    else target.click();
  };
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
