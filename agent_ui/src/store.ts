import { computed, signal } from "@preact/signals";
import type {
  CallView,
  ChangedView,
  ColleagueView,
  DelayView,
  FeedMessage,
  HealthView,
  LoggedView,
  NoticeView,
  PhoneOrderView,
  QueueView,
  ResumedMessage,
  Snapshot,
  SnapshotMessage,
} from "./messages.gen";

/** One user's desk as the gateway last told it, and how far in the feed that is. */
export interface DeskState extends Snapshot {
  readonly epoch: string;
  readonly seq: number;
}

export type StateMessage = SnapshotMessage | ResumedMessage | FeedMessage;

/** Upsert or remove, nothing cleverer. What did not change keeps its identity. */
export function apply(state: DeskState | null, message: StateMessage): DeskState | null {
  if (message.type === "snapshot") {
    return { ...message.data, epoch: message.epoch, seq: message.seq };
  }
  // "resumed" promises the rest of the feed and changes nothing; a number seen already is a repeat.
  if (state === null || message.type === "resumed" || message.seq <= state.seq) return state;
  const { seq } = message;
  switch (message.type) {
    case "call":
      return { ...state, seq, calls: upsert(state.calls, message.data, "id") };
    case "call.gone":
      return { ...state, seq, calls: state.calls.filter((call) => call.id !== message.data.id) };
    case "agent":
      return { ...state, seq, me: message.data };
    case "queue":
      return { ...state, seq, queues: upsert(state.queues, message.data, "name") };
    case "switch":
      return { ...state, seq, switch: message.data };
    case "colleague":
      return { ...state, seq, colleagues: upsert(state.colleagues, message.data, "user_id") };
    case "phone":
      return { ...state, seq, phone: message.data };
    case "call.logged": // of the log, which is read when it is looked at
    case "phone.order": // obeyed, not shown
    case "changed": // of what is read over REST
    case "notice": // said for a while
    case "delay": // how the server is: no part of one user's desk
    case "health":
      return { ...state, seq };
  }
}

function upsert<T, K extends keyof T>(items: readonly T[], item: T, key: K): T[] {
  const index = items.findIndex((each) => each[key] === item[key]);
  return index < 0 ? [...items, item] : items.with(index, item);
}

const NO_CALLS: CallView[] = [];
const NO_QUEUES: QueueView[] = [];
const NO_COLLEAGUES: ColleagueView[] = [];

/** The state as signals: a part of the screen is drawn again only when its part changed. */
export class Store {
  readonly state = signal<DeskState | null>(null);
  readonly me = computed(() => this.state.value?.me ?? null);
  readonly calls = computed(() => this.state.value?.calls ?? NO_CALLS);
  readonly queues = computed(() => this.state.value?.queues ?? NO_QUEUES);
  /** The last order for the telephone of one of this user's screens. */
  readonly phoneOrder = signal<PhoneOrderView | null>(null);
  /** The last line that the server wanted said to this user. */
  readonly notice = signal<NoticeView | null>(null);
  /** What was read over REST and is old now. */
  readonly changed = signal<ChangedView | null>(null);
  readonly colleagues = computed(() => this.state.value?.colleagues ?? NO_COLLEAGUES);
  readonly phone = computed(() => this.state.value?.phone ?? null);
  /** The last call of which the log has something new. */
  readonly logged = signal<LoggedView | null>(null);
  /** How far the call log is behind; null when it is not. */
  readonly delay = signal<DelayView | null>(null);
  /** How everything is, as long as it is watched. */
  readonly health = signal<HealthView | null>(null);
  readonly switch = computed(() => this.state.value?.switch ?? null);

  /** Where the gateway should go on after a cut. */
  get position(): { epoch: string; seq: number } | null {
    const state = this.state.peek();
    return state && { epoch: state.epoch, seq: state.seq };
  }

  receive(message: StateMessage): void {
    this.state.value = apply(this.state.peek(), message);
    if (message.type === "call.logged") this.logged.value = message.data;
    if (message.type === "phone.order") this.phoneOrder.value = message.data;
    if (message.type === "notice") this.notice.value = message.data;
    if (message.type === "changed") this.changed.value = message.data;
    if (message.type === "health") this.health.value = message.data;
    if (message.type === "delay") this.delay.value = message.data.log_s > 0 ? message.data : null;
    // Whoever begins anew is told again within seconds if it still is.
    if (message.type === "snapshot") this.delay.value = null;
  }
}
