import { useEffect } from "preact/hooks";
import { type ListName, listShown } from "../calls/calls_column";
import { rescheduling } from "../calls/rescheduling";
import { t } from "../i18n";
import type { CallbackRow, TicketStatus } from "../messages.gen";
import { lastDialled } from "../phone/last_dialled";
import { afterPaint } from "../ui/frame";
import type { Action } from "./actions";
import { useDesk } from "./context";
import type { Desk } from "./model";
import { rareActions } from "./rare_keys";

type Doing = Pick<Action, "label" | "enabled" | "run">;

/**
 * What can be done with two keys, the first being the desk's for more: it has a button somewhere,
 * but not always on the screen.
 */
export function MoreActions() {
  const desk = useDesk();
  useEffect(() => {
    const { actions } = desk;
    actions.rare.value = rareActions();
    const ends = [...calls(desk), ...lists(desk), ...callbacks(desk), ...tickets(desk)].map(
      (action) => actions.register(action),
    );
    return () => {
      for (const end of ends) end();
    };
  }, [desk]);
  return null;
}

function more(id: string, group: Action["group"], key: string, doing: Doing): Action {
  return { id, group, keys: `then ${key}`, ...doing };
}

function mayDial({ phone, current }: Desk): boolean {
  const { kind, line } = phone.value;
  return kind !== "none" && line.value === "ready" && current.value === null;
}

function dial(desk: Desk, number: string): void {
  if (number !== "") void desk.phoneOrder((phone) => phone.dial(number));
}

function calls(desk: Desk): Action[] {
  return [
    more("phone.redial", "call", "R", {
      label: () => t("pad.redial", { number: desk.phone.value.lastDialled.value }).trim(),
      enabled: () => mayDial(desk),
      run: () => void lastDialled(desk).then((number) => dial(desk, number)),
    }),
  ];
}

const LIST_KEYS: Record<ListName, string> = { calls: "C", missed: "M", callbacks: "B", tasks: "T" };

function lists(desk: Desk): Action[] {
  const shown = Object.entries(LIST_KEYS) as [ListName, string][];
  return [
    ...shown.map(([name, key]) =>
      more(`list.${name}`, "desk", key, {
        label: () => t("desk.go_to", { name: t(`lists.${name}`) }),
        enabled: () => true,
        run: () => showList(desk, name),
      }),
    ),
    more("list.clear_missed", "desk", "X", {
      label: () => t("missed.clear_long"),
      enabled: () => (desk.todo.missed.data.value?.length ?? 0) > 0,
      run: () => void desk.todo.clearMissed(),
    }),
    more("list.undo", "desk", "U", {
      label: () => t("undo.take"),
      enabled: () => desk.todo.undo.last.value !== null,
      run: () => void desk.todo.takeBack(),
    }),
  ];
}

function showList(desk: Desk, name: ListName): void {
  listShown.value = name;
  desk.tab.value = "calls";
  focusOn(`[data-testid="list-${name}"]`);
}

/** What is drawn with the next frame gets the keys. */
function focusOn(selector: string): void {
  afterPaint(() => document.querySelector<HTMLElement>(selector)?.focus());
}

/** The due callback that is meant: the customer's who is shown, else the one that waits longest. */
function dueOne({ todo, partyId }: Desk): CallbackRow | undefined {
  const due = todo.due.value;
  return due.find(({ party_id }) => party_id !== null && party_id === partyId.value) ?? due[0];
}

function callbacks(desk: Desk): Action[] {
  const named = (text: string) => {
    const row = dueOne(desk);
    return row ? `${text}: ${row.party_name || row.display}` : text;
  };
  const isDue = () => dueOne(desk) !== undefined;
  return [
    more("callback.call", "call", "G", {
      label: () => named(t("callback.call_due")),
      enabled: () => isDue() && mayDial(desk),
      run: () => dial(desk, dueOne(desk)?.number ?? ""),
    }),
    more("callback.done", "call", "K", {
      label: () => named(t("callback.done_long")),
      enabled: isDue,
      run: () => {
        const row = dueOne(desk);
        if (row) void desk.todo.finish(row);
      },
    }),
    more("callback.later", "call", "L", {
      label: () => named(t("callback.later")),
      enabled: isDue,
      run: () => {
        const row = dueOne(desk);
        if (row === undefined) return;
        showList(desk, "callbacks");
        rescheduling.value = new Set([row.id]);
        focusOn('[data-testid="todo-callbacks"] [data-testid="when-hour"]');
      },
    }),
  ];
}

function tickets(desk: Desk): Action[] {
  const { subject, ticket, ticketChanges } = desk;
  const become = (id: string, key: string, status: TicketStatus) =>
    more(id, "work", key, {
      label: () => `${t("ticket.status")}: ${t(`ticket.${status}`)}`,
      enabled: () => (ticket.data.value?.status ?? status) !== status,
      run: () => {
        const now = ticket.data.peek();
        if (now !== null) void ticketChanges.change(now, { status });
      },
    });
  return [
    more("ticket.new", "work", "N", {
      label: () => t("ticket.new"),
      enabled: () => subject.value.key !== "",
      run: () => {
        desk.work.wrap.change({ without_ticket: false });
        desk.workOn(null);
        focusOn('[data-testid="ticket-subject"]');
      },
    }),
    become("ticket.solved", "E", "solved"),
    become("ticket.closed", "Z", "closed"),
    more("work.tags", "work", "Y", {
      label: () => t("tags.add"),
      enabled: () => subject.value.callId !== null,
      run: () => {
        desk.tab.value = "work";
        focusOn('[data-testid="tag-add"]');
      },
    }),
  ];
}
