import { useEffect, useRef } from "preact/hooks";
import { localised, t } from "../i18n";
import type { PauseReasonView } from "../messages.gen";
import { useClose } from "../ui/popover";
import { useDesk } from "./context";

/** Keys that choose: the first nine. */
const KEYS = 9;
const NO_REASONS: readonly PauseReasonView[] = [];

/**
 * What one can be not ready for. Nothing is chosen before a digit, an arrow and Enter, or a click
 * says so: the time of a pause counts, and is paid or not.
 */
export function Reasons({ current }: { current: string }) {
  const desk = useDesk();
  const close = useClose();
  const box = useRef<HTMLUListElement>(null);
  const reasons = desk.config.data.value?.reasons ?? NO_REASONS;
  const choose = (reason: PauseReasonView | undefined) => {
    if (reason === undefined) return;
    void desk.notReady(reason.code);
    close();
  };
  const latest = useRef(choose);
  latest.current = choose;
  useEffect(() => {
    box.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
      // The digit is a disposition elsewhere.
      event.preventDefault();
      event.stopPropagation();
      latest.current(desk.config.data.peek()?.reasons[Number(event.key) - 1]);
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, [desk]);
  if (reasons.length === 0) return <p class="empty">{t("state.no_reasons")}</p>;
  return (
    <ul class="menu reasons" ref={box} tabIndex={-1} aria-label={t("state.reasons")}>
      {reasons.map((reason, index) => (
        <li key={reason.code}>
          <button
            type="button"
            class="menu-item reason"
            aria-pressed={reason.code === current}
            aria-keyshortcuts={index < KEYS ? String(index + 1) : undefined}
            data-testid={`reason-${reason.code}`}
            onClick={() => choose(reason)}
          >
            <span class="reason-name">
              {index < KEYS && <kbd>{index + 1}</kbd>}
              {localised(reason.label, reason.code)}
            </span>
            <small>{terms(reason)}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** "paid · 15 min" */
function terms({ paid, allowed_minutes }: PauseReasonView): string {
  const pay = paid ? t("state.paid") : t("state.unpaid");
  return allowed_minutes === null ? pay : `${pay} · ${t("age.minutes", { n: allowed_minutes })}`;
}
