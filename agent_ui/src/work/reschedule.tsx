import { useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { CallbackRow } from "../messages.gen";
import { WhenFields } from "./when_fields";
import { browserZone, momentOf, wallTime } from "./zones";

/** Another time for a callback that was promised. */
export function Reschedule({ row, onDone }: { row: CallbackRow; onDone: () => void }) {
  const { todo } = useDesk();
  const place = row.zone || browserZone();
  const value = useSignal(wallTime(Date.parse(row.due_at), place));
  const busy = useSignal(false);
  const at = momentOf(value.value, place);
  const save = async (event: Event) => {
    event.preventDefault();
    if (busy.value || at === null) return;
    busy.value = true;
    const done = await todo.reschedule(row, new Date(at).toISOString(), row.zone);
    busy.value = false;
    if (done) onDone();
  };
  return (
    <form class="reschedule" onSubmit={save} data-testid="reschedule">
      <WhenFields
        value={value.value}
        zone={row.zone}
        onChange={(next) => {
          value.value = next;
        }}
      />
      <div class="todo-orders">
        <button type="submit" class="button primary" disabled={busy.value || at === null}>
          {t("callback.save")}
        </button>
        <button type="button" class="button quiet" onClick={onDone}>
          {t("callback.cancel")}
        </button>
      </div>
    </form>
  );
}
