import { absolute, duration } from "../format";
import { t, tCode } from "../i18n";
import type { RecordingRow } from "../messages.gen";
import { Icon } from "../ui/icon";

/** Where a recording would be: why there is nothing to hear, and since when and by whom. */
export function Silent({ row }: { row: RecordingRow }) {
  return (
    <p class="recording-silent" data-testid="recording-silent" data-state={row.state}>
      <Icon name="record" />
      <span>
        {wordsFor(row)} {row.state !== "deleted" && <small>{problemsOf(row)}</small>}
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

/** What is wrong with it, in the reader's words. */
function problemsOf({ problems }: RecordingRow): string {
  return problems
    .map(({ code, values }) => tCode("recording", `problem_${code}`, code, inFigures(values)))
    .join(" ");
}

/** Seconds as they are written elsewhere. */
function inFigures(values: Record<string, number>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      name.endsWith("_s") ? duration(value) : value,
    ]),
  );
}

/** What is wrong with a recording that can be heard all the same. */
export function Problem({ row }: { row: RecordingRow }) {
  if (row.state === "stored") return null;
  return (
    <p class="recording-problem" data-testid="recording-problem" data-state={row.state}>
      <Icon name="alert" />
      <span>
        <b>{tCode("recording", row.state, row.state)}</b> {problemsOf(row)}
      </span>
    </p>
  );
}
