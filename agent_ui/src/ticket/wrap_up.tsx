import { type Signal, useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { Remaining } from "../ui/timer";

/** After the call: one press saves what is written and takes the next caller. Its place is always kept. */
export function WrapUp({ subject }: { subject: Signal<string> }) {
  const desk = useDesk();
  const busy = useSignal(false);
  const me = desk.store.me.value;
  const wrapping = me?.state === "wrap_up";
  const finish = async () => {
    if (busy.value) return;
    busy.value = true;
    if (await desk.saveNote(subject.value)) await desk.finishWrapUp();
    busy.value = false;
  };
  return (
    <footer class={wrapping ? "wrap-up is-on" : "wrap-up"} data-testid="wrap-up">
      {wrapping && (
        <>
          <span class="wrap-up-word">
            {t("state.wrap_up")} {me.until && <Remaining until={me.until} />}
          </span>
          <button
            type="button"
            class="button primary"
            data-testid="finish-wrap-up"
            disabled={busy}
            onClick={finish}
          >
            {desk.afterwards.value === null ? t("wrap_up.ready") : t("wrap_up.finish")}
          </button>
        </>
      )}
    </footer>
  );
}
