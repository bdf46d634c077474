import { useSignal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { NoteBox } from "./note_box";
import { TicketHead } from "./ticket_head";
import { TicketNotes } from "./ticket_notes";
import { WrapUp } from "./wrap_up";

/** The matter: its ticket, what is written about it, and the way on to the next call. */
export function WorkColumn() {
  const desk = useDesk();
  const subject = useSignal("");
  const nothing = desk.partyId.value === null && desk.shown.value.kind === "nothing";
  if (nothing) {
    return (
      <section class="column work" aria-label={t("tabs.work")}>
        <div class="empty empty-page">
          <h2>{t("work.none_title")}</h2>
          <p>{t("work.none")}</p>
        </div>
      </section>
    );
  }
  return (
    <section class="column work" aria-label={t("tabs.work")}>
      <TicketHead subject={subject} />
      <TicketNotes />
      <NoteBox subject={subject} />
      <WrapUp subject={subject} />
    </section>
  );
}
