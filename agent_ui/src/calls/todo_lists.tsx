import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { timeIn, when } from "../format";
import { t } from "../i18n";
import type { CallbackRow, MissedRow, TaskRow } from "../messages.gen";
import type { Resource } from "../resource";
import { TierBadge } from "../ui/badges";
import { Icon } from "../ui/icon";
import { lazy } from "../ui/lazy";
import { SkeletonRows } from "../ui/skeleton";
import { When } from "../ui/timer";
import { Virtual } from "../ui/virtual";
import { browserZone } from "../work/zones";
import { listShown } from "./calls_column";
import { Dial } from "./dial";
import { rescheduling, toggleRescheduling } from "./rescheduling";
import { queueLabel } from "./ringing_card";
import "./todo.css";

const Reschedule = lazy(async () => (await import("../work/reschedule")).Reschedule);

// --- what the three have in common -----------------------------------------------------------

interface TodoListProps<T> {
  title: string;
  empty: string;
  /** Its name among the undoable things. */
  name: "missed" | "callbacks" | "tasks";
  of: Resource<readonly T[]>;
  head?: ComponentChildren;
  keyOf: (item: T) => string;
  row: (item: T) => ComponentChildren;
  height: number;
  open?: ReadonlySignal<ReadonlySet<string>>;
}

function TodoList<T>(props: TodoListProps<T>) {
  const { todo } = useDesk();
  const rows = props.of.data.value;
  const error = props.of.error.value;
  return (
    <div class="log" data-testid={`todo-${props.name}`}>
      <div class="log-head">
        <h2>{props.title}</h2>
        {props.head}
      </div>
      <UndoLine where={props.name} />
      <div class="log-rows scroll">
        {rows && rows.length > 0 && (
          <Virtual
            items={rows}
            keyOf={props.keyOf}
            row={props.row}
            height={props.height}
            label={props.title}
            {...(props.open && { open: props.open.value })}
          />
        )}
        {rows === null && !error && <SkeletonRows rows={4} />}
        {rows?.length === 0 && <p class="empty">{props.empty}</p>}
        {error && (
          <div class="empty" role="alert">
            <p>{t("list.failed", { why: inWords(error) })}</p>
            <button type="button" class="button" onClick={() => todo.refresh()}>
              {t("list.again")}
            </button>
          </div>
        )}
      </div>
    </div>
  );
}

/** Ten seconds long what was done away with can be brought back. */
function UndoLine({ where }: { where: string }) {
  const { todo } = useDesk();
  const last = todo.undo.last.value;
  if (last === null || last.where !== where) return null;
  return (
    <p class="undo" role="status" data-testid="undo-line">
      <span>{last.text}</span>
      <button
        type="button"
        class="button quiet"
        data-testid="undo"
        onClick={() => void todo.takeBack()}
      >
        {t("undo.take")}
      </button>
    </p>
  );
}

/** Whom it is about; a click shows them. */
function Who({ id, name, display }: { id: string | null; name: string; display: string }) {
  const desk = useDesk();
  if (id === null) return <b class="todo-who num">{name || display}</b>;
  return (
    <button type="button" class="todo-who" onClick={() => desk.showCustomer(id)}>
      {name || display}
    </button>
  );
}

// --- missed calls ----------------------------------------------------------------------------

export function MissedList() {
  const { todo } = useDesk();
  const rows = todo.missed.data.value ?? [];
  return (
    <TodoList
      name="missed"
      title={t("missed.title")}
      empty={t("missed.empty")}
      of={todo.missed}
      keyOf={({ call_id }) => call_id}
      row={(row) => <Missed row={row} />}
      height={56}
      head={
        rows.length > 0 && (
          <button
            type="button"
            class="button quiet"
            data-testid="missed-clear"
            onClick={() => void todo.clearMissed()}
          >
            {t("missed.clear")}
          </button>
        )
      }
    />
  );
}

function Missed({ row }: { row: MissedRow }) {
  const desk = useDesk();
  const name = row.party_name || row.display || t("caller.withheld");
  const facts = [
    row.times > 1 && t("missed.times", { n: row.times }),
    t(`missed.reason_${row.reason}`),
    row.queue && queueLabel(desk.store.queues.value, row.queue),
  ];
  return (
    <div class="todo-row" data-testid="missed-row" data-call-id={row.call_id}>
      <div class="todo-line">
        <Who id={row.party_id} name={name} display={row.display} />
        <When at={row.at} />
      </div>
      <div class="todo-line">
        <span class="todo-facts">{facts.filter(Boolean).join(" · ")}</span>
        <Dial bare number={row.number} display={row.display} />
      </div>
    </div>
  );
}

// --- callbacks -------------------------------------------------------------------------------

export function CallbackList() {
  const { todo } = useDesk();
  return (
    <TodoList
      name="callbacks"
      title={t("callback.title")}
      empty={t("callback.empty")}
      of={todo.callbacks}
      keyOf={({ id }) => id}
      row={(row) => (
        <CallbackLine
          row={row}
          isOpen={rescheduling.value.has(row.id)}
          toggle={() => toggleRescheduling(row.id)}
        />
      )}
      height={108}
      open={rescheduling}
    />
  );
}

interface CallbackLineProps {
  row: CallbackRow;
  isOpen: boolean;
  toggle: () => void;
}

function CallbackLine({ row, isOpen, toggle }: CallbackLineProps) {
  const desk = useDesk();
  const isDue = desk.todo.due.value.some(({ id }) => id === row.id);
  return (
    <div
      class={isDue ? "todo-row is-due" : "todo-row"}
      data-testid="callback-row"
      data-callback-id={row.id}
    >
      <div class="todo-line">
        <Who id={row.party_id} name={row.party_name} display={row.display} />
        <When at={row.due_at} />
      </div>
      <div class="todo-line">
        <span class="todo-facts">{whereAndWhose(row)}</span>
        {row.tier && <TierBadge tier={row.tier} />}
      </div>
      <p class="todo-note" title={row.note}>
        {row.note}
      </p>
      <CallbackOrders row={row} isOpen={isOpen} reschedule={toggle} />
      {isOpen && <Reschedule row={row} onDone={toggle} />}
    </div>
  );
}

/** What time the customer's clock shows then, and who has promised it. */
function whereAndWhose(row: CallbackRow): string {
  const isForeign = row.zone !== "" && row.zone !== browserZone();
  const there = isForeign ? timeIn(row.zone, Date.parse(row.due_at)) : "";
  const facts = [there && t("callback.there", { time: there }), row.owner || t("callback.anyone")];
  return facts.filter(Boolean).join(" · ");
}

interface OrdersProps {
  row: CallbackRow;
  isOpen: boolean;
  reschedule: () => void;
}

function CallbackOrders({ row, isOpen, reschedule }: OrdersProps) {
  const { todo, user } = useDesk();
  const mine = row.owner_id === user.id;
  return (
    <div class="todo-orders">
      <Dial bare number={row.number} display={row.display} class="callback-call" />
      <button
        type="button"
        class="button quiet"
        data-testid="callback-done"
        onClick={() => void todo.finish(row)}
      >
        {t("callback.done")}
      </button>
      <button
        type="button"
        class="button quiet"
        aria-expanded={isOpen}
        data-testid="callback-reschedule"
        onClick={reschedule}
      >
        {t("callback.reschedule")}
      </button>
      <button
        type="button"
        class="button quiet icon-only"
        title={mine ? t("callback.give") : t("callback.take")}
        aria-label={mine ? t("callback.give") : t("callback.take")}
        data-testid="callback-hand"
        onClick={() => void todo.handTo(row, mine ? "anyone" : "me")}
      >
        <Icon name={mine ? "swap" : "user"} />
      </button>
    </div>
  );
}

/** The first callback whose time has come, where the next call would be: a call to make. */
export function DueCallback() {
  const desk = useDesk();
  const [row, ...others] = desk.todo.due.value;
  if (row === undefined) return null;
  const isOpen = rescheduling.value.has(row.id);
  const toggle = () => toggleRescheduling(row.id);
  return (
    <article class="due" data-testid="due-callback" data-callback-id={row.id}>
      <p class="due-head">
        <Icon name="callback" />
        <b>{t("callback.due")}</b>
        <When at={row.due_at} />
        {others.length > 0 && (
          <button
            type="button"
            class="button quiet"
            data-testid="due-more"
            onClick={() => {
              listShown.value = "callbacks";
            }}
          >
            {t("callback.more", { n: others.length })}
          </button>
        )}
      </p>
      <p class="due-who">
        <Who id={row.party_id} name={row.party_name} display={row.display} />
        {row.tier && <TierBadge tier={row.tier} />}
      </p>
      <p class="todo-facts">{whereAndWhose(row)}</p>
      <p class="todo-note" title={row.note}>
        {row.note}
      </p>
      <Dial number={row.number} display={row.display} class="due-call" />
      <CallbackOrders row={row} isOpen={isOpen} reschedule={toggle} />
      {isOpen && <Reschedule row={row} onDone={toggle} />}
    </article>
  );
}

// --- tasks -----------------------------------------------------------------------------------

export function TaskList() {
  const { todo } = useDesk();
  return (
    <TodoList
      name="tasks"
      title={t("task.title")}
      empty={t("task.empty")}
      of={todo.tasks}
      keyOf={({ id }) => id}
      row={(row) => <Task row={row} />}
      height={56}
    />
  );
}

function Task({ row }: { row: TaskRow }) {
  const desk = useDesk();
  const late = row.due_at !== null && Date.parse(row.due_at) <= desk.clock.now.value;
  const open = () => {
    if (row.party_id !== null) desk.showCustomer(row.party_id);
    if (row.ticket_id !== null) desk.workOn(row.ticket_id);
  };
  const facts = [
    row.due_at && when(row.due_at, desk.clock.now.value),
    row.party_name,
    row.ticket_number !== null && `#${row.ticket_number}`,
  ];
  return (
    <div class={late ? "todo-row task is-due" : "todo-row task"} data-testid="task-row">
      <button
        type="button"
        class="button quiet icon-only"
        title={t("task.done")}
        aria-label={`${t("task.done")}: ${row.body}`}
        data-testid="task-done"
        onClick={() => void desk.todo.finishTask(row)}
      >
        <span class="box" aria-hidden="true" />
      </button>
      <button type="button" class="task-open" title={row.body} onClick={open}>
        <span class="todo-who">{row.body}</span>
        <span class="todo-facts num">{facts.filter(Boolean).join(" · ")}</span>
      </button>
    </div>
  );
}
