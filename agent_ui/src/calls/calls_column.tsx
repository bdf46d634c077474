import { useDesk } from "../desk/context";
import { isVisitor } from "../desk/model";
import { t } from "../i18n";
import type { AgentView } from "../messages.gen";
import { CallLog } from "./call_log";
import { CallTile } from "./call_tile";
import { RingingCard } from "./ringing_card";

/** My calls: the one that rings, those that go on, the one I wrap up, and those that were. */
export function CallsColumn() {
  const { store } = useDesk();
  const calls = store.calls.value;
  return (
    <section class="column calls" aria-label={t("tabs.calls")}>
      <div class="call-slot">
        {calls.map((call) =>
          isVisitor(call) ? (
            <RingingCard key={call.id} call={call} />
          ) : (
            <CallTile key={call.id} call={call} />
          ),
        )}
        {calls.length === 0 && <NoCall />}
      </div>
      <CallLog />
    </section>
  );
}

function NoCall() {
  const desk = useDesk();
  const me = desk.store.me.value;
  if (me === null) return <div class="no-call" />;
  if (desk.phone.value.kind === "none") return <p class="no-call">{t("calls.without_phone")}</p>;
  if (me.queues.length === 0) return <p class="no-call">{t("calls.no_queue")}</p>;
  if (me.state === "ready") return <p class="no-call">{t("calls.waiting")}</p>;
  return (
    <div class="no-call">
      {why(me)}
      <button
        type="button"
        class="button"
        disabled={desk.socket.link.value !== "up"}
        onClick={() => void desk.ready()}
      >
        {t("state.go_ready")}
      </button>
    </div>
  );
}

/** Why no calls come, though nobody asked for that. */
const TROUBLES: Record<string, "calls.missed" | "calls.rejected" | "calls.phone_away"> = {
  missed: "calls.missed",
  rejected: "calls.rejected",
  no_phone: "calls.phone_away",
};

function why({ state, reason }: AgentView) {
  const trouble = state === "not_ready" ? TROUBLES[reason] : undefined;
  return trouble ? <p class="warn">{t(trouble)}</p> : <p>{t("calls.idle")}</p>;
}
