import { keyCaps, SECOND } from "../desk/combos";
import { useDesk } from "../desk/context";

/**
 * The keys of an action, as small caps beside its word; the button's `aria-keyshortcuts` says them.
 * A button has room for two: a longer combination is found with `?`.
 */
export function Keys({ of }: { of: string }) {
  const hint = useDesk().actions.hint(of);
  if (hint === "" || hint.startsWith(SECOND) || keyCaps(hint).length > 2) return null;
  return <KeyCaps combo={hint} />;
}

/** Of a second key also the first. */
export function KeyCaps({ combo }: { combo: string }) {
  const { actions } = useDesk();
  const caps = combo.startsWith(SECOND)
    ? [...keyCaps(actions.hint("desk.second")), combo.slice(SECOND.length)]
    : keyCaps(combo);
  return (
    <span class="keys" aria-hidden="true">
      {caps.map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}
