import { useComputed } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { ApiError } from "../api";
import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { t } from "../i18n";
import type { RecordingList } from "../messages.gen";
import { Resource } from "../resource";
import { Player } from "./player";
import { Silent } from "./silent";
import "./player.css";

/** Refusals that say: there is nothing here for you to hear. */
const NOTHING_TO_HEAR = new Set(["not_found", "no_such_call"]);

/** The sound of a call, as far as there is any and one may hear it. */
export function Recordings({ callId }: { callId: string }) {
  const desk = useDesk();
  const list = useMemo(() => new Resource((id) => readList(() => desk.api.recordings(id))), [desk]);
  list.open(callId);
  const told = useComputed(() => {
    const changed = desk.store.changed.value;
    return changed?.what === "recordings" && changed.id === callId ? changed : null;
  });
  useEffect(() => {
    if (told.value !== null) void list.refresh();
  }, [list, told.value]);
  const failure = list.error.value;
  if (failure !== null && list.data.value === null) {
    return (
      <p class="hint" role="alert">
        {t("player.list_failed", { why: inWords(failure) })}{" "}
        <button type="button" class="button quiet" onClick={() => void list.refresh()}>
          {t("player.again")}
        </button>
      </p>
    );
  }
  const again = () => void list.refresh();
  return (
    <>
      {list.data.value?.items.map((row) =>
        row.playable ? (
          <Player key={row.id} row={row} onChanged={again} />
        ) : (
          <Silent key={row.id} row={row} />
        ),
      )}
    </>
  );
}

async function readList(read: () => Promise<RecordingList>): Promise<RecordingList> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiError && NOTHING_TO_HEAR.has(error.code)) return { items: [] };
    throw error;
  }
}
