import { useSignal, useSignalEffect } from "@preact/signals";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import type { CustomerCard } from "../messages.gen";

/** One line about the customer, whatever else goes on. What is typed is kept until it is saved. */
export function QuickNote({ card }: { card: CustomerCard }) {
  const desk = useDesk();
  const draftKey = `party:${card.party_id}`;
  const text = useSignal(desk.drafts.get(draftKey)?.text ?? "");
  const busy = useSignal(false);
  useSignalEffect(() => desk.drafts.set(draftKey, { text: text.value, sent: "" }));
  const save = async (event: Event) => {
    event.preventDefault();
    const body = text.peek().trim();
    if (busy.peek() || body === "") return;
    busy.value = true;
    if (await desk.work.noteAbout(card.party_id, card.name, body)) {
      if (text.peek().trim() === body) text.value = "";
      void desk.customer.refresh();
    }
    busy.value = false;
  };
  return (
    <form class="quick-note" onSubmit={save}>
      <input
        value={text}
        placeholder={t("quick_note.hint")}
        aria-label={t("quick_note.title")}
        maxLength={10_000}
        data-testid="quick-note"
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <button
        type="submit"
        class="button"
        disabled={busy.value || text.value.trim() === ""}
        data-testid="quick-note-save"
      >
        {t("quick_note.save")}
      </button>
    </form>
  );
}
