import { CallsColumn } from "../calls/calls_column";
import { CustomerColumn } from "../customer/customer_column";
import { t } from "../i18n";
import { WorkColumn } from "../ticket/work_column";
import { useAction } from "./actions";
import { useDesk } from "./context";
import { fold, isFolded, Splitter, widthOf } from "./splitter";

/** Calls, customer and work beside each other; one at a time where there is no room. */
export function Columns() {
  const desk = useDesk();
  const { columns, layout } = desk.prefs.value;
  const folded = (side: "calls" | "work") => (isFolded(layout, side) ? "folded" : undefined);
  useGoTo("calls", 1);
  useGoTo("customer", 2);
  useGoTo("work", 3);
  useGoTo("phone", 4);
  return (
    <main
      class="columns"
      id="columns"
      data-calls={folded("calls")}
      data-work={folded("work")}
      data-ringing={desk.ringing.value !== null}
      style={{ "--calls": widthOf("calls", columns), "--work": widthOf("work", columns) }}
    >
      <CallsColumn />
      <Splitter side="calls" />
      <CustomerColumn />
      <Splitter side="work" />
      <WorkColumn />
    </main>
  );
}

const PLACES = { calls: ".calls", customer: ".customer", work: ".work", phone: ".phonebar" };

/** Brings a part of the desk before the eyes and the keys to it. */
function useGoTo(part: keyof typeof PLACES, digit: number): void {
  const desk = useDesk();
  useAction({
    id: `desk.go_${part}`,
    group: "desk",
    keys: `Ctrl+Shift+${digit}`,
    label: () => t("desk.go_to", { name: part === "phone" ? t("phone.title") : t(`tabs.${part}`) }),
    enabled: () => true,
    run: () => {
      if (part !== "phone") desk.tab.value = part;
      if ((part === "calls" || part === "work") && isFolded(desk.prefs.peek().layout, part)) {
        fold(desk, part, false);
      }
      requestAnimationFrame(() => {
        const place = document.querySelector<HTMLElement>(PLACES[part]);
        if (place === null) return;
        place.tabIndex = -1;
        place.focus();
      });
    },
  });
}
