import { keyCaps } from "../desk/combos";
import { useDesk } from "../desk/context";

/**
 * The keys of an action, as small caps beside its word; the button's `aria-keyshortcuts` says them.
 * A button has room for two: a longer combination is found with `?`.
 */
export function Keys({ of }: { of: string }) {
  const hint = useDesk().actions.hint(of);
  return hint === "" || keyCaps(hint).length > 2 ? null : <KeyCaps combo={hint} />;
}

export function KeyCaps({ combo }: { combo: string }) {
  return (
    <span class="keys" aria-hidden="true">
      {keyCaps(combo).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
    </span>
  );
}
