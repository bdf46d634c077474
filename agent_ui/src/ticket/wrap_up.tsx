import { useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { t } from "../i18n";
import { Keys } from "../ui/keys";
import { lazy } from "../ui/lazy";
import { Popover } from "../ui/popover";
import { Remaining } from "../ui/timer";
import { saveLabel } from "./save_label";

const OutboxList = lazy(async () => (await import("../work/outbox_list")).OutboxList);

/**
 * After the call: one press saves everything about it and takes the next caller. Its place is always
 * kept. What waits for the server is told here too.
 */
export function WrapUp() {
  const desk = useDesk();
  const busy = useSignal(false);
  const me = desk.store.me.value;
  const wrapping = me?.state === "wrap_up";
  const canSave = wrapping || (desk.isOver.value && desk.work.unsaved.value);
  const finish = async () => {
    if (busy.value) return;
    busy.value = true;
    await desk.theBench.saveAndGoOn();
    busy.value = false;
  };
  const problem = desk.work.problem.value;
  return (
    <footer class={wrapping ? "wrap-up is-on" : "wrap-up"} data-testid="wrap-up">
      <span class="wrap-up-word">
        {wrapping && (
          <>
            {t("state.wrap_up")} {me.until && <Remaining until={me.until} />}
          </>
        )}
        {problem?.where === "save" && problem.error && (
          <small class="warn" role="alert" data-testid="save-problem">
            {inWords(problem.error)}
          </small>
        )}
        <OutboxFlag />
      </span>
      {canSave && (
        <button
          type="button"
          class="button primary"
          data-testid="finish-wrap-up"
          aria-keyshortcuts={desk.actions.aria("work.save")}
          disabled={busy}
          onClick={finish}
        >
          {saveLabel(desk)}
          <Keys of="work.save" />
        </button>
      )}
    </footer>
  );
}

/** What was saved and is not on the server yet. */
function OutboxFlag() {
  const { work, todo, theBench, afterwards } = useDesk();
  const jobs = work.outbox.jobs.value;
  const undone = todo.undo.last.value;
  if (undone?.where === "outbox") {
    return (
      <button type="button" class="outbox-flag" onClick={() => void todo.takeBack()}>
        {undone.text} {t("undo.take")}
      </button>
    );
  }
  const refused = jobs.filter((job) => job.refused !== undefined).length;
  if (jobs.length === 0) return null;
  const text =
    refused > 0
      ? t("outbox.refused", { n: refused })
      : theBench.leaving.value === "waiting"
        ? t("outbox.then_out")
        : theBench.goesOn.value !== null && afterwards.value === null
          ? t("outbox.then_ready")
          : t("outbox.waiting", { n: jobs.length });
  return (
    <Popover
      face={<span role="status">{text}</span>}
      label={text}
      class={refused > 0 ? "outbox-flag warn" : "outbox-flag"}
      side="up"
      align="start"
      testid="outbox"
    >
      <OutboxList />
    </Popover>
  );
}
