import { type Signal, useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { t } from "../i18n";

/** Where the agent writes. What is typed is safe at once; Save puts it into the ticket. */
export function NoteBox({ subject }: { subject: Signal<string> }) {
  const desk = useDesk();
  const busy = useSignal(false);
  const save = async () => {
    if (busy.value) return;
    busy.value = true;
    await desk.saveNote(subject.value);
    busy.value = false;
  };
  const status = desk.note.status.value;
  return (
    <div class="note-box">
      <textarea
        rows={5}
        value={desk.note.text}
        placeholder={t("note.hint")}
        aria-label={t("note.title")}
        data-testid="ticket-note"
        onInput={(event) => desk.note.type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && event.ctrlKey) void save();
        }}
      />
      <div class="note-foot">
        <span class="note-status" data-testid="note-status" data-status={status} role="status">
          {status === "empty" ? "" : t(`note.${status}`)}
        </span>
        <button
          type="button"
          class="button"
          data-testid="save-note"
          disabled={busy.value || desk.note.text.value.trim() === ""}
          onClick={save}
        >
          {t("note.save")}
          <kbd>Ctrl ⏎</kbd>
        </button>
      </div>
    </div>
  );
}
