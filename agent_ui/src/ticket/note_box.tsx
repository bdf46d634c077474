import { useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { Keys } from "../ui/keys";

/**
 * Where the agent writes. What is typed is safe at once; during the call Save puts it into the
 * ticket, after it everything is saved together. Escape leaves for the dispositions.
 */
export function NoteBox() {
  const desk = useDesk();
  const busy = useSignal(false);
  const save = async () => {
    if (busy.value) return;
    busy.value = true;
    await desk.theBench.saveNote();
    busy.value = false;
  };
  const status = desk.note.status.value;
  return (
    <div class="note-box">
      <textarea
        rows={4}
        value={desk.note.text}
        placeholder={t("note.hint")}
        aria-label={t("note.title")}
        data-testid="ticket-note"
        onInput={(event) => desk.note.type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || event.isComposing) return;
          const next = document.querySelector<HTMLElement>(".disposition");
          if (next) next.focus();
          else event.currentTarget.blur();
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
          aria-keyshortcuts={desk.isOver.value ? undefined : desk.actions.aria("work.save")}
          disabled={busy.value || desk.note.text.value.trim() === ""}
          onClick={save}
        >
          {t("note.save")}
          {!desk.isOver.value && <Keys of="work.save" />}
        </button>
      </div>
    </div>
  );
}
