/**
 * Key combinations as text: "Ctrl+Shift+H", "Ctrl+K", "F1", "?", "H". Letters are upper case; a
 * printed sign that needs Shift is the sign alone.
 */

/** What browsers keep for themselves, or would surprise people by losing: new tab, redo … */
const RESERVED = new Set([
  ...["T", "N", "W", "Q", "Tab", "PageUp", "PageDown"].flatMap((key) => [
    `Ctrl+${key}`,
    `Ctrl+Shift+${key}`,
  ]),
  ...["I", "J", "C", "P", "R", "B", "V", "Z", "Delete"].map((key) => `Ctrl+Shift+${key}`),
  ...["A", "C", "V", "X", "Z", "Y", "F", "P", "R", "S", "L", "0", "+", "-"].map(
    (key) => `Ctrl+${key}`,
  ),
  ...["F5", "F6", "F7", "F11", "F12"],
]);

/** Begins a combination of two: "then R" is R after the keys for more. */
export const SECOND = "then ";

const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "Dead"]);
const FUNCTION_KEY = /^F\d{1,2}$/;

/** What was pressed, or "" for a modifier alone or a combination with Alt or the system key. */
export function comboOf(event: KeyboardEvent): string {
  if (event.altKey || event.metaKey || MODIFIERS.has(event.key)) return "";
  const key = keyOf(event);
  const printed = key.length === 1 && !/[A-Z0-9]/.test(key);
  const shift = event.shiftKey && !printed;
  return `${event.ctrlKey ? "Ctrl+" : ""}${shift ? "Shift+" : ""}${key}`;
}

/** The letter on the key, whatever script the keyboard writes; with Ctrl the digit, not its sign. */
function keyOf({ key, code, ctrlKey }: KeyboardEvent): string {
  if (key === " ") return "Space";
  const place = /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1];
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  if (place !== undefined && (ctrlKey || !/^[\x20-\x7e]$/.test(key))) return place;
  return key;
}

/** Works while somebody types: it cannot be a part of what they write. */
export function isSafeWhileTyping(combo: string): boolean {
  return combo.startsWith("Ctrl+") || FUNCTION_KEY.test(combo);
}

/** Why nobody may choose it: the browser's own, or a key that people write with. */
export function refusalOf(combo: string): "reserved" | "incomplete" | null {
  if (RESERVED.has(combo)) return "reserved";
  return isSafeWhileTyping(combo) || combo.startsWith(SECOND) ? null : "incomplete";
}

/** As `aria-keyshortcuts` wants it. */
export function ariaKeys(combo: string): string {
  return combo.replace("Ctrl+", "Control+");
}

const SIGNS: Record<string, string> = {
  Enter: "⏎",
  Backspace: "⌫",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
};

/** The keys of a combination, each as it is drawn. */
export function keyCaps(combo: string): string[] {
  return combo
    .split(/\+(?=.)/)
    .filter(Boolean)
    .map((key) => SIGNS[key] ?? key);
}
