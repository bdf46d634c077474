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
  const second = combo.startsWith(SECOND) ? combo.slice(SECOND.length) : "";
  return (
    <span class="keys" aria-hidden="true">
      {keyCaps(second === "" ? combo : actions.hint("desk.second")).map((cap) => (
        <kbd key={cap}>{cap}</kbd>
      ))}
      {second !== "" && (
        <>
          {" › "}
          <kbd>{second}</kbd>
        </>
      )}
    </span>
  );
}
