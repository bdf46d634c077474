import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { keepFocus } from "./focus";
import { Icon } from "./icon";
import "./panels.css";

interface Props {
  title: string;
  testid: string;
  /** Over all but the calls: something to read across. */
  wide?: boolean;
  children: ComponentChildren;
}

/**
 * Something to read or set beside the work: over the right side of the desk, never in the way of a
 * call. Escape closes it while the keys are in it, and they go back to where they were.
 */
export function Drawer({ title, testid, wide, children }: Props) {
  const { panel } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => keepFocus(box.current), []);
  const close = () => {
    panel.value = null;
  };
  return (
    <div
      class={wide ? "drawer wide" : "drawer"}
      ref={box}
      role="dialog"
      aria-label={title}
      tabIndex={-1}
      data-testid={testid}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        close();
      }}
    >
      <div class="drawer-head">
        <h2>{title}</h2>
        <button
          type="button"
          class="button quiet icon-only"
          aria-label={t("close")}
          data-testid="drawer-close"
          onClick={close}
        >
          <Icon name="close" />
        </button>
      </div>
      {wide ? (
        <section
          class="drawer-body scroll"
          aria-label={title}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and may have nothing to press
          tabIndex={0}
        >
          {children}
        </section>
      ) : (
        <div class="drawer-body scroll">{children}</div>
      )}
    </div>
  );
}
