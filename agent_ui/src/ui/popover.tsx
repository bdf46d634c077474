import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";

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
  children: ComponentChildren;
}

/** A button and what it opens; closes on Escape, on a click elsewhere and when the focus leaves. */
export function Popover(props: Props) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event) => {
      if (!(event.target instanceof Node && box.current?.contains(event.target))) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
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
      <button
        type="button"
        ref={button}
        class={props.class ?? "button"}
        aria-expanded={open}
        aria-label={props.wordless ? props.label : undefined}
        title={props.label}
        aria-keyshortcuts={props.shortcut}
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
