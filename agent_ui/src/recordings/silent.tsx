import { absolute } from "../format";
import { t, tCode } from "../i18n";
import type { RecordingRow } from "../messages.gen";
import { Icon } from "../ui/icon";

/** Where a recording would be: why there is nothing to hear, and since when and by whom. */
export function Silent({ row }: { row: RecordingRow }) {
  return (
    <p class="recording-silent" data-testid="recording-silent" data-state={row.state}>
      <Icon name="record" />
      <span>
        {wordsFor(row)} {row.state !== "deleted" && <small>{row.problem}</small>}
      </span>
    </p>
  );
}

function wordsFor({ state, deleted_at, deleted_by }: RecordingRow): string {
  if (state === "deleted") {
    if (deleted_at === null) return tCode("recording", state, state);
    const when = absolute(deleted_at);
    return deleted_by === ""
      ? t("recording.deleted_by_time", { when })
      : t("recording.deleted_by", { who: deleted_by, when });
  }
  return state === "stored" ? t("player.unplayable") : tCode("recording", state, state);
}

/** What is wrong with a recording that can be heard all the same. */
export function Problem({ row }: { row: RecordingRow }) {
  if (row.state === "stored") return null;
  return (
    <p class="recording-problem" data-testid="recording-problem" data-state={row.state}>
      <Icon name="alert" />
      <span>
        <b>{tCode("recording", row.state, row.state)}</b> {row.problem}
      </span>
    </p>
  );
}
