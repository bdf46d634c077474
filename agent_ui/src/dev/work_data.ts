import { type Api, ApiError } from "../api";
import type {
  ArticleRow,
  CallbackRow,
  CallRow,
  DeskConfig,
  DispositionView,
  MissedRow,
  TaskRow,
  TimelineEntry,
} from "../messages.gen";
import { DESK_CONFIG } from "./config";
import { ago, CALLERS, customerDetail, LOG, TIERS, ticketDetail, WANG } from "./data";

/** What follows a call, made up: dispositions, callbacks, missed calls, tasks, scripts, a long history. */

const HOUR = 3_600;
const DAY = 86_400;

function leaf(
  code: string,
  en: string,
  zh: string,
  rest: Partial<DispositionView> = {},
): DispositionView {
  const label = { en, "zh-CN": zh };
  return {
    id: `d-${code}`,
    parent_id: null,
    queue: "",
    code,
    label,
    wants_callback: false,
    ...rest,
  };
}

export const DISPOSITIONS: DispositionView[] = [
  leaf("solved", "Solved", "已解决"),
  leaf("callback", "Call back", "需回电", { wants_callback: true }),
  leaf("invoice", "Invoice", "发票", { queue: "support" }),
  leaf("invoice_wrong", "Wrong amount", "金额有误", { parent_id: "d-invoice", queue: "support" }),
  leaf("invoice_late", "Not received", "未收到", { parent_id: "d-invoice", queue: "support" }),
  leaf(
    "complaint",
    "Complaint about the quality of a product or a delivery",
    "产品或交付质量投诉",
    {
      queue: "support",
    },
  ),
  leaf("complaint_lens", "Lens", "镜片", { parent_id: "d-complaint", queue: "support" }),
  leaf("complaint_frame", "Frame", "镜架", { parent_id: "d-complaint", queue: "support" }),
  leaf("spam", "Wrong number or advertising", "误拨或广告"),
];

/** Where support's calls need a disposition, in a tree of two levels. */
export const CONFIG: DeskConfig = {
  ...DESK_CONFIG,
  dispositions: DISPOSITIONS,
  queues: DESK_CONFIG.queues.map((queue) => ({
    ...queue,
    disposition_required: queue.name === "support",
  })),
  tags: ["invoice", "renewal", "calibration", "vip-visit", "发票", "delivery"],
};

export const ARTICLES: ArticleRow[] = [
  {
    id: "a-1",
    kind: "script",
    title: "Support: greeting and identification",
    body: "## Greeting\n\nGood day, this is **Hangzhou Optics support**, my name is … How can I help?\n\n## Identify\n\n1. Ask for the *customer number* or the invoice\n2. Confirm the company\n3. Only then talk about orders\n\n> Never read out a card number.\n\nSecond level: +86 571 8888 0000, or [the handbook](https://example.com/handbook).",
    queue: "support",
    locale: "",
  },
  {
    id: "a-2",
    kind: "knowledge",
    title: "Invoice and order differ",
    body: "Look at the freight line first.\n\n- booked twice: correct it, send `INV-…-C`\n- another currency: pass on to **finance**\n\n---\n\nCorrections take one working day.",
    queue: "",
    locale: "",
  },
  {
    id: "a-3",
    kind: "knowledge",
    title: "镜片校准：运输后超差怎么办",
    body: "### 步骤\n\n1. 请客户提供**序列号**\n2. 核对运输日期\n3. 开立退换工单",
    queue: "",
    locale: "zh-CN",
  },
];

const caller = CALLERS.known;

export const CALLBACKS: CallbackRow[] = [
  callback("cb-1", {
    due_at: ago(11 * 60),
    note: "Promised the corrected invoice; ask whether it came.",
  }),
  callback("cb-2", {
    party_id: "p-long",
    party_name: CALLERS.long.card.name,
    number: CALLERS.long.number,
    display: CALLERS.long.display,
    tier: TIERS.gold,
    zone: "Europe/Berlin",
    owner_id: null,
    owner: "",
    due_at: ago(60),
  }),
  callback("cb-3", {
    party_id: null,
    party_name: "",
    number: CALLERS.unknown.number,
    display: CALLERS.unknown.display,
    tier: null,
    zone: "",
    due_at: ago(-5 * HOUR),
    note: "",
  }),
];

function callback(id: string, changes: Partial<CallbackRow>): CallbackRow {
  return {
    id,
    party_id: "p-wang",
    party_name: "王小明",
    tier: TIERS.platinum,
    number: caller.number,
    display: caller.display,
    due_at: ago(0),
    zone: "Asia/Shanghai",
    queue: "support",
    owner_id: "u-1",
    owner: "Zhang Wei",
    note: "",
    status: "pending",
    call_id: null,
    ticket_id: "t-10482",
    version: 1,
    ...changes,
  };
}

export const MISSED: MissedRow[] = [
  missed("m-1", { times: 3, at: ago(7 * 60) }),
  missed("m-2", {
    number: CALLERS.unknown.number,
    display: CALLERS.unknown.display,
    party_id: null,
    party_name: "",
    reason: "missed",
    at: ago(2 * HOUR),
  }),
];

function missed(call_id: string, changes: Partial<MissedRow>): MissedRow {
  return {
    call_id,
    at: ago(0),
    number: caller.number,
    display: caller.display,
    party_id: "p-wang",
    party_name: "王小明",
    queue: "support",
    reason: "abandoned",
    times: 1,
    ...changes,
  };
}

export const TASKS: TaskRow[] = [
  task("k-1", {
    body: "Send the corrected invoice to finance and to the customer",
    due_at: ago(2 * HOUR),
  }),
  task("k-2", {
    body: "Ask the carrier about the damaged crate",
    due_at: ago(-26 * HOUR),
    ticket_id: null,
    ticket_number: null,
  }),
  task("k-3", {
    body: "续约资料",
    due_at: null,
    party_id: null,
    party_name: "",
    ticket_id: null,
    ticket_number: null,
  }),
];

function task(id: string, changes: Partial<TaskRow>): TaskRow {
  return {
    id,
    at: ago(DAY),
    body: "",
    due_at: null,
    done_at: null,
    party_id: "p-wang",
    party_name: "王小明",
    ticket_id: "t-10482",
    ticket_number: 10482,
    call_id: null,
    assignee_id: "u-1",
    assignee: "Zhang Wei",
    author: "Zhang Wei",
    ...changes,
  };
}

const KINDS = ["call", "note", "order", "mail", "ticket", "task", "campaign"] as const;
const TEXTS = {
  call: "Asked when the replacement arrives",
  note: "Prefers mail over telephone during fairs",
  order: "20 × aspheric lens 25 mm",
  mail: "Your order is confirmed and leaves on Thursday",
  ticket: "",
  task: "Send the data sheet",
  campaign: "",
};

/** A history as long as a bench wants it; like the server's, newest first. */
export function history(length: number): TimelineEntry[] {
  return Array.from({ length }, (_, index) => {
    const kind = KINDS[index % KINDS.length] ?? "call";
    return {
      kind,
      id: `h-${index}`,
      at: ago((index + 1) * 7 * HOUR),
      title:
        kind === "call"
          ? "answered"
          : ({
              order: `SO-${2291 - index}`,
              mail: "Order confirmation",
              campaign: "Spring renewals",
            }[kind as string] ?? (kind === "ticket" ? "Lens calibration after transport" : "")),
      body: TEXTS[kind],
      author: kind === "campaign" ? "" : "Li Na",
      direction: kind === "call" ? "inbound" : kind === "mail" ? "out" : "",
      status: kind === "order" ? "confirmed" : kind === "ticket" ? "closed" : "",
      connected_s: kind === "call" ? 61 + index : 0,
      disposition: kind === "call" ? { en: "Solved", "zh-CN": "已解决" } : null,
      ticket_id: kind === "ticket" ? `t-${10_000 + index}` : null,
      ticket_number: kind === "ticket" ? 10_000 + index : null,
      call_id: null,
      due_at: kind === "task" ? ago(index * HOUR) : null,
      done_at: kind === "task" && index % 2 ? ago(index * HOUR) : null,
      amount: kind === "order" ? 1_280_00 : null,
      currency: kind === "order" ? "CNY" : "",
    };
  });
}

/** A page of what is listed newest first, after the one that `before` names. */
export function page<T extends { id: string }>(
  all: readonly T[],
  limit: number,
  beforeId?: string,
) {
  const from = beforeId === undefined ? 0 : all.findIndex(({ id }) => id === beforeId) + 1;
  return { items: all.slice(from, from + limit), more: from + limit < all.length };
}

export interface WorkData {
  /** How long the log and the history are; 10,000 for looking at the scrolling. */
  many?: number;
  config?: DeskConfig;
  callbacks?: readonly CallbackRow[];
  missed?: readonly MissedRow[];
  tasks?: readonly TaskRow[];
  /** How the server answers what is saved; it takes it unless something else is said. */
  saving?: "lost" | "refused";
  /** Somebody else gave the ticket this priority while it was shown. */
  meanwhile?: number;
}

/** Tickets that somebody else changes once, just before the first change made here. */
function changedMeanwhile(priority: number): Pick<Api, "ticket" | "patchTicket"> {
  let version = 1;
  let ticket = (id: string) => ticketDetail(id);
  return {
    ticket: async (id) => ticket(id),
    patchTicket: async (id, { version: was, ...changes }) => {
      if (version === 1) {
        version = 2;
        ticket = (each) => ({ ...ticketDetail(each), priority, version });
      }
      if (was !== version) throw new ApiError(409, "changed_meanwhile", "not current");
      version += 1;
      const made = { ...ticket(id), ...changes, version };
      ticket = () => made;
      return made;
    },
  };
}

/** The part of the server that belongs to what follows a call. It remembers what it is told. */
export function workApi(data: WorkData = {}) {
  let callbacks = [...(data.callbacks ?? [])];
  let tasks = [...(data.tasks ?? [])];
  let cleared: string | null = null;
  const entries = history(data.many ?? 60);
  const log: CallRow[] = Array.from({ length: data.many ?? 0 }, (_, index) => ({
    ...(LOG[index % LOG.length] as CallRow),
    id: `c-many-${index}`,
    started_at: ago(600 + index * 420),
  }));
  return {
    ...(data.config && { deskConfig: async () => data.config as DeskConfig }),
    ...(data.many && { myCalls: async (limit: number) => ({ items: log.slice(0, limit) }) }),
    ...(data.many && {
      customer: async () => {
        const { items, more } = page(entries, 50);
        return { ...customerDetail(WANG), timeline: items, timeline_more: more };
      },
    }),
    myCallsBefore: async (before: string, limit: number) => {
      const from = log.findIndex(({ started_at }) => started_at < before);
      return { items: from < 0 ? [] : log.slice(from, from + limit) };
    },
    timeline: async (_, { kinds, before_id, limit }) => {
      const kept = kinds ? entries.filter(({ kind }) => kind === kinds) : entries;
      return page(kept, limit, before_id);
    },
    callbacks: async (state) => {
      const now = new Date().toISOString();
      const open = callbacks.filter(({ status }) => status === "pending");
      const mine = open.filter(({ owner_id }) => owner_id === "u-1");
      const due = open.filter(({ due_at }) => due_at <= now);
      return { items: { open, mine, due }[state] };
    },
    patchCallback: async (id, { version, owner, ...changes }) => {
      const found = callbacks.find((each) => each.id === id);
      if (found === undefined) throw new ApiError(404, "not_found", "no such callback");
      if (version !== found.version) throw new ApiError(409, "changed_meanwhile", "not current");
      const owned = owner && {
        owner_id: owner === "me" ? "u-1" : null,
        owner: owner === "me" ? "Zhang Wei" : "",
      };
      const made = { ...found, ...changes, ...owned, version: version + 1 };
      callbacks = callbacks.map((each) => (each.id === id ? made : each));
      return made;
    },
    missed: async () => ({
      items: (data.missed ?? []).filter(({ at }) => cleared === null || at > cleared),
    }),
    clearMissed: async (until) => {
      const former = cleared;
      cleared = until;
      return { until, former };
    },
    myTasks: async () => ({ items: tasks.filter(({ done_at }) => done_at === null) }),
    patchTask: async (id, { done, owner, ...changes }) => {
      const found = tasks.find((each) => each.id === id);
      if (found === undefined) throw new ApiError(404, "not_found", "no such task");
      const at = done === undefined ? found.done_at : done ? new Date().toISOString() : null;
      const owned = owner === "anyone" ? { assignee_id: null, assignee: "" } : {};
      const made = { ...found, ...changes, ...owned, done_at: at };
      tasks = tasks.map((each) => (each.id === id ? made : each));
      return made;
    },
    articles: async ({ queue, q }) => ({
      items: ARTICLES.filter(
        (article) =>
          (article.queue === "" || article.queue === queue || queue === "") &&
          `${article.title} ${article.body}`.toLowerCase().includes(q.toLowerCase()),
      ),
    }),
    ...(data.meanwhile !== undefined && changedMeanwhile(data.meanwhile)),
    post: async () => {
      if (data.saving === "lost") throw new ApiError(0, "server_lost", "no answer");
      if (data.saving === "refused") throw new ApiError(409, "call_not_over", "still talking");
      return {};
    },
  } satisfies Partial<Api>;
}
