import { useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { RecordingRow } from "../messages.gen";

/** Deleting cannot be taken back: it asks why, and the answer is kept. */
export function Delete({ row, onDeleted }: { row: RecordingRow; onDeleted: () => void }) {
  const desk = useDesk();
  const isAsking = useSignal(false);
  const isBusy = useSignal(false);
  const reason = useSignal("");
  if (!isAsking.value) {
    return (
      <button
        type="button"
        class="button quiet player-delete"
        data-testid="recording-delete"
        onClick={() => {
          isAsking.value = true;
        }}
      >
        {t("player.delete")}
      </button>
    );
  }
  const why = reason.value.trim();
  const send = async () => {
    if (why === "" || isBusy.peek()) return;
    isBusy.value = true;
    const done = await desk.notices.attempt(() => desk.api.deleteRecording(row.id, why));
    isBusy.value = false;
    if (done) onDeleted();
  };
  return (
    <form
      class="delete-why"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        isAsking.value = false;
      }}
    >
      <label class="field">
        {t("player.delete_why")}
        <input
          ref={focusFirst}
          type="text"
          maxLength={300}
          data-testid="recording-delete-reason"
          value={reason}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
      </label>
      <p class="hint">{t("player.delete_hint")}</p>
      <div class="player-orders">
        <button
          type="submit"
          class="button delete-now"
          data-testid="recording-delete-now"
          disabled={why === "" || isBusy.value}
        >
          {t("player.delete_now")}
        </button>
        <button
          type="button"
          class="button quiet"
          onClick={() => {
            isAsking.value = false;
          }}
        >
          {t("player.delete_not")}
        </button>
      </div>
    </form>
  );
}

const focusFirst = (input: HTMLInputElement | null) => {
  if (input && !input.dataset["asked"]) {
    input.dataset["asked"] = "yes";
    input.focus();
  }
};
