import { signal } from "@preact/signals";
import { useDesk } from "../desk/context";
import { isVisitor } from "../desk/model";
import { t } from "../i18n";
import type { AgentView } from "../messages.gen";
import { Icon, type IconName } from "../ui/icon";
import { lazy } from "../ui/lazy";
import { CallLog } from "./call_log";
import { CallTile } from "./call_tile";
import { RingingCard } from "./ringing_card";

const DueCallback = lazy(async () => (await import("./todo_lists")).DueCallback);
const MissedList = lazy(async () => (await import("./todo_lists")).MissedList);
const CallbackList = lazy(async () => (await import("./todo_lists")).CallbackList);
const TaskList = lazy(async () => (await import("./todo_lists")).TaskList);

/**
 * My calls: the one that rings, those that go on, the one I wrap up; and below what can be looked
 * at: the calls that were, and what waits to be done. A callback whose time has come stands where
 * the next call would.
 */
export function CallsColumn() {
  const { store, bench } = useDesk();
  const due = bench.value?.todo.due.value.length ?? 0;
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
        {calls.length === 0 && (due > 0 ? <DueCallback /> : <NoCall />)}
      </div>
      <Lists />
    </section>
  );
}

const LISTS = ["calls", "missed", "callbacks", "tasks"] as const;
export type ListName = (typeof LISTS)[number];

/** Which list is looked at: it stays when another call comes. */
export const listShown = signal<ListName>("calls");

const ICONS: Record<ListName, IconName> = {
  calls: "phone",
  missed: "missed",
  callbacks: "callback",
  tasks: "task",
};

function Lists() {
  const todo = useDesk().bench.value?.todo;
  const counts: Record<ListName, number> = {
    calls: 0,
    missed: todo?.missed.data.value?.length ?? 0,
    callbacks: todo?.due.value.length ?? 0,
    tasks: todo?.tasks.data.value?.length ?? 0,
  };
  const shown = listShown.value;
  return (
    <div class="lists">
      <nav class="list-tabs" aria-label={t("lists.title")}>
        {LISTS.map((name) => (
          <button
            type="button"
            key={name}
            aria-pressed={name === shown}
            data-testid={`list-${name}`}
            onClick={() => {
              listShown.value = name;
            }}
          >
            <Icon name={ICONS[name]} />
            {counts[name] > 0 && <b class={`list-count count-${name}`}>{short(counts[name])}</b>}
            <span>{t(`lists.${name}`)}</span>
          </button>
        ))}
      </nav>
      {shown === "calls" && <CallLog />}
      {todo && shown === "missed" && <MissedList />}
      {todo && shown === "callbacks" && <CallbackList />}
      {todo && shown === "tasks" && <TaskList />}
    </div>
  );
}

function short(count: number): string {
  return count > 99 ? "99+" : String(count);
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
