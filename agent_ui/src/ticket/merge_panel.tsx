import { useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { when } from "../format";
import { t } from "../i18n";
import { Segments } from "../ui/segments";
import type { Clash, MergedField } from "./merge";
import type { Conflict } from "./ticket_changes";
import "../work/work.css";

/** Two agents, one ticket: what the other made of it, and which of both shall stand. No dialog. */
export function MergePanel({ conflict }: { conflict: Conflict }) {
  const desk = useDesk();
  const mine = useSignal<readonly MergedField[]>(conflict.clashes.map(({ field }) => field));
  const busy = useSignal(false);
  const save = async (event: Event) => {
    event.preventDefault();
    if (busy.peek()) return;
    busy.value = true;
    await desk.ticketChanges.decide(mine.peek());
    busy.value = false;
  };
  const choose = (field: MergedField, isMine: boolean) => {
    const others = mine.peek().filter((each) => each !== field);
    mine.value = isMine ? [...others, field] : others;
  };
  const { now, clashes } = conflict;
  return (
    <form class="merge" onSubmit={save} data-testid="merge-panel">
      <p role="alert">
        <b>{t("merge.title")}</b>{" "}
        {t("merge.who", {
          who: now.changed_by || t("merge.somebody"),
          when: when(now.updated_at, desk.clock.now.value),
        })}
      </p>
      {clashes.map((clash) => (
        <div key={clash.field} class="merge-field" data-testid={`merge-${clash.field}`}>
          <span class="hint">{t(`merge.field_${clash.field}`)}</span>
          <Segments
            label={t(`merge.field_${clash.field}`)}
            options={[
              { value: "mine", text: `${t("merge.mine")}: ${wordFor(clash, "mine")}` },
              { value: "theirs", text: `${t("merge.theirs")}: ${wordFor(clash, "theirs")}` },
            ]}
            value={mine.value.includes(clash.field) ? "mine" : "theirs"}
            onChange={(value) => choose(clash.field, value === "mine")}
          />
        </div>
      ))}
      <button type="submit" class="button primary" disabled={busy} data-testid="merge-save">
        {t("merge.save")}
      </button>
    </form>
  );
}

function wordFor({ field, ...values }: Clash, whose: "mine" | "theirs"): string {
  const value = String(values[whose]);
  if (field === "status") return t(`ticket.${value as "open"}`);
  if (field === "priority") return t(`priority.${value as "1"}`);
  return value;
}
