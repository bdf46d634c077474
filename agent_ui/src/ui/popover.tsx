import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { type Action, useAction } from "../desk/actions";
import { useDesk } from "../desk/context";

const CloseContext = createContext<() => void>(() => undefined);

/** Closes the popover it is drawn in. */
export function useClose(): () => void {
  return useContext(CloseContext);
}

interface Props {
  /** What the button shows. */
  face: ComponentChildren;
  /** What it is for: the tooltip, and the name of a face without words. */
  label: string;
  wordless?: boolean;
  class?: string;
  testid?: string;
  disabled?: boolean;
  /** Which way it opens. */
  side?: "down" | "up";
  align?: "start" | "center" | "end";
  shortcut?: string;
  /** What opens it without a mouse; it is then called what its button is called. */
  action?: Pick<Action, "id" | "group" | "keys" | "plain">;
  children: ComponentChildren;
}

const FIRST = ".popover-body :is(button, input, select, textarea):not(:disabled)";

/** From one entry of a menu to the next; false where there is none to go from. */
function step(box: HTMLElement | null, by: 1 | -1): boolean {
  const items: Element[] = [...(box?.querySelectorAll(".menu-item:not(:disabled)") ?? [])];
  const at = document.activeElement ? items.indexOf(document.activeElement) : -1;
  if (items.length === 0 || (at < 0 && document.activeElement instanceof HTMLInputElement)) {
    return false;
  }
  const next = items.at(at < 0 ? (by > 0 ? 0 : -1) : (at + by) % items.length);
  (next as HTMLElement).focus();
  return true;
}

type OpensProps = NonNullable<Props["action"]> & { label: string; open: (() => void) | null };

function Opens({ label, open, ...action }: OpensProps) {
  useAction({
    ...action,
    label: () => label,
    enabled: () => open !== null,
    run: () => open?.(),
  });
  return null;
}

/** A button and what it opens; closes on Escape, on a click elsewhere and when the focus leaves. */
export function Popover(props: Props) {
  const { actions } = useDesk();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const byKey = useRef(false);
  const openByKey = () => {
    byKey.current = true;
    setOpen(true);
  };

  useEffect(() => {
    if (!open) return;
    // Unless what is in it has taken the keys itself.
    if (byKey.current && !document.activeElement?.closest(".popover-body")) {
      box.current?.querySelector<HTMLElement>(FIRST)?.focus();
    }
    byKey.current = false;
    const outside = (event: Event) => {
      if (!(event.target instanceof Node && box.current?.contains(event.target))) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") {
        setOpen(false);
        button.current?.focus();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (step(box.current, event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
      }
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("focusin", outside);
    document.addEventListener("keydown", onKey);
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("focusin", outside);
      document.removeEventListener("keydown", onKey);
    };
  }, [open]);

  return (
    <div class="popover" ref={box}>
      {props.action && (
        <Opens {...props.action} label={props.label} open={props.disabled ? null : openByKey} />
      )}
      <button
        type="button"
        ref={button}
        class={props.class ?? "button"}
        aria-expanded={open}
        aria-label={props.wordless ? props.label : undefined}
        title={props.label}
        aria-keyshortcuts={props.action ? actions.aria(props.action.id) : props.shortcut}
        data-testid={props.testid}
        disabled={props.disabled}
        onClick={() => setOpen(!open)}
      >
        {props.face}
      </button>
      {open && (
        <div class={`popover-body ${props.side ?? "down"} ${props.align ?? "start"}`}>
          <CloseContext.Provider value={() => setOpen(false)}>
            {props.children}
          </CloseContext.Provider>
        </div>
      )}
    </div>
  );
}
