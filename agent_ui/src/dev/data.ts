import type {
  Caller,
  CallRow,
  CallView,
  ColleagueView,
  CustomerCard,
  CustomerDetail,
  QueueView,
  TicketDetail,
  TierBadge,
  TimelineEntry,
} from "../messages.gen";

/** Made-up people and calls for looking at the desk without a server. */

const START = Date.now();
export const ago = (seconds: number) => new Date(START - seconds * 1000).toISOString();
const HOUR = 3_600;
const DAY = 86_400;

export const TIERS = {
  platinum: { code: "platinum", name: { en: "Platinum", "zh-CN": "铂金" }, rank: 1 },
  gold: { code: "gold", name: { en: "Gold", "zh-CN": "黄金" }, rank: 2 },
  silver: { code: "silver", name: { en: "Silver", "zh-CN": "白银" }, rank: 3 },
  standard: { code: "standard", name: { en: "Standard", "zh-CN": "标准" }, rank: 4 },
} satisfies Record<string, TierBadge>;

export const QUEUES: QueueView[] = [
  {
    name: "support",
    label: { en: "Support", "zh-CN": "技术支持" },
    waiting: 3,
    longest_since: ago(48),
    tiers: { platinum: 1, standard: 2 },
    ready: 2,
  },
  {
    name: "sales",
    label: { en: "Sales", "zh-CN": "销售" },
    waiting: 0,
    longest_since: null,
    tiers: {},
    ready: 0,
  },
  {
    name: "vip",
    label: { en: "VIP", "zh-CN": "贵宾" },
    waiting: 1,
    longest_since: ago(6),
    tiers: { platinum: 1 },
    ready: 1,
  },
];

export const COLLEAGUES: ColleagueView[] = [
  colleague("u-2", "Li Na", "1002", { state: "ready", since: ago(96) }),
  colleague("u-3", "Chen Yu", "1003", { state: "on_call", since: ago(221) }),
  colleague("u-4", "Beatriz Álvarez", "1004", {
    state: "not_ready",
    reason: "lunch",
    since: ago(14 * 60),
  }),
];

function colleague(
  user_id: string,
  name: string,
  extension: string,
  now: Pick<ColleagueView, "state" | "since"> & { reason?: string },
): ColleagueView {
  return { user_id, name, extension, reason: "", ...now };
}

export const WANG: CustomerCard = {
  party_id: "p-wang",
  name: "王小明",
  company: "Hangzhou Optics 杭州光学仪器有限公司",
  tier: TIERS.platinum,
  language: "zh-CN",
  zone: "Asia/Shanghai",
  note: "Prefers to be called back in the afternoon. Contract renewal in March.",
  owner: "Li Na",
  contacts: [
    {
      at: ago(2 * HOUR),
      direction: "inbound",
      result: "answered",
      agent: "Zhang Wei",
      connected_s: 192,
      note: "Invoice does not match the order; promised an answer by Friday",
    },
    {
      at: ago(2 * DAY),
      direction: "outbound",
      result: "no_answer",
      agent: "Li Na",
      connected_s: 0,
      note: "Called back about the invoice",
    },
    {
      at: ago(9 * DAY),
      direction: "inbound",
      result: "abandoned",
      agent: "",
      connected_s: 0,
      note: "",
    },
  ],
  tickets: [
    {
      id: "t-10482",
      number: 10482,
      subject: "Invoice 2291 does not match the order",
      status: "open",
      priority: 2,
      domain: "support",
      created_at: ago(3 * DAY),
    },
    {
      id: "t-10377",
      number: 10377,
      subject: "Lens calibration after transport: two units out of tolerance, replacement asked",
      status: "pending",
      priority: 3,
      domain: "support",
      created_at: ago(16 * DAY),
    },
  ],
};

export const LONG: CustomerCard = {
  ...WANG,
  party_id: "p-long",
  name: "Maximiliane Friederike von Hohenstein-Württemberg-Ludwigsburg zu Sayn-Wittgenstein",
  company:
    "Internationale Gesellschaft für Präzisionsoptik und Messtechnik mbH & Co. KG, Stuttgart",
  tier: TIERS.gold,
  language: "de",
  zone: "Europe/Berlin",
};

export const NEW: CustomerCard = {
  ...WANG,
  party_id: "p-new",
  name: "Amara Okafor",
  company: "",
  tier: TIERS.standard,
  language: "en",
  zone: "Africa/Lagos",
  note: "",
  owner: "",
  contacts: [],
  tickets: [],
};

export const CALLERS = {
  known: {
    number: "+8613800138000",
    display: "+86 138 0013 8000",
    name: "",
    match: "exact",
    card: WANG,
    candidates: [],
    looked_up: true,
  },
  long: {
    number: "+4971112345678",
    display: "+49 711 12345678",
    name: "",
    match: "suffix",
    card: LONG,
    candidates: [],
    looked_up: true,
  },
  fresh: {
    number: "+2348031234567",
    display: "+234 803 123 4567",
    name: "",
    match: "exact",
    card: NEW,
    candidates: [],
    looked_up: true,
  },
  unknown: {
    number: "+442079460958",
    display: "+44 20 7946 0958",
    name: "J SMITH",
    match: "unknown",
    card: null,
    candidates: [],
    looked_up: true,
  },
  several: {
    number: "+862158881234",
    display: "+86 21 5888 1234",
    name: "",
    match: "several",
    card: null,
    candidates: [
      { party_id: "p-wang", name: "王小明", company: "杭州光学仪器有限公司", tier: TIERS.platinum },
      { party_id: "p-new", name: "Chen Yu", company: "Hangzhou Optics", tier: TIERS.silver },
      { party_id: "p-long", name: "李娜", company: "", tier: null },
    ],
    looked_up: true,
  },
  colleague: {
    number: "1002",
    display: "1002",
    name: "Li Na",
    match: "unknown",
    card: null,
    candidates: [],
    looked_up: true,
  },
  withheld: {
    number: "",
    display: "",
    name: "",
    match: "withheld",
    card: null,
    candidates: [],
    looked_up: true,
  },
} satisfies Record<string, Caller>;

export function call(changes: Partial<CallView>): CallView {
  return {
    id: "c-1",
    direction: "inbound",
    state: "ringing",
    queue: "support",
    caller: CALLERS.known,
    started_at: ago(52),
    queued_at: ago(48),
    rang_at: ago(4),
    answered_at: null,
    held_at: null,
    ended_at: null,
    muted: false,
    ticket_id: "t-10482",
    note: "",
    consult_of: null,
    about: null,
    parties: [],
    recording: "never",
    returning: false,
    ...changes,
  };
}

export function ticketDetail(id: string): TicketDetail {
  const open = WANG.tickets.find((ticket) => ticket.id === id);
  return {
    id,
    number: open?.number ?? 10483,
    subject: open?.subject ?? "New matter",
    status: "open",
    priority: open?.priority ?? 3,
    domain: "support",
    party_id: "p-wang",
    party_name: "王小明",
    created_at: open?.created_at ?? ago(5),
    updated_at: ago(HOUR),
    version: 1,
    changed_by: "Li Na",
    notes: open
      ? [
          {
            id: "n-1",
            at: ago(3 * DAY),
            author: "Zhang Wei",
            body: "客户反映发票 2291 与订单金额不符，差额 ¥1,280。已转财务核对。",
            call_id: null,
          },
          {
            id: "n-2",
            at: ago(2 * HOUR),
            author: "Zhang Wei",
            body: "Finance confirms a double booked freight line. Promised a corrected invoice by Friday.",
            call_id: null,
          },
        ]
      : [],
  };
}

const NOTHING = {
  status: "",
  disposition: null,
  call_id: null,
  due_at: null,
  done_at: null,
  amount: null,
  currency: "",
} as const;

const ENTRY = {
  ...NOTHING,
  title: "",
  body: "",
  author: "Zhang Wei",
  direction: "",
  connected_s: 0,
  ticket_id: null,
  ticket_number: null,
};

const OTHERS: TimelineEntry[] = [
  {
    ...ENTRY,
    kind: "order",
    id: "o-2291",
    at: ago(4 * DAY),
    title: "SO-2291",
    status: "shipped",
    amount: 1_284_000,
    currency: "CNY",
  },
  {
    ...ENTRY,
    kind: "task",
    id: "k-1",
    at: ago(3 * HOUR),
    body: "Send the corrected invoice",
    due_at: ago(-26 * HOUR),
  },
  {
    ...ENTRY,
    kind: "mail",
    id: "m-1",
    at: ago(5 * DAY),
    title: "Order SO-2291 confirmed",
    direction: "out",
  },
  {
    ...ENTRY,
    kind: "note",
    id: "a-1",
    at: ago(12 * DAY),
    body: "Moves to a new building in March",
  },
  { ...ENTRY, kind: "campaign", id: "g-1", at: ago(20 * DAY), title: "Spring maintenance" },
];

export function customerDetail(card: CustomerCard): CustomerDetail {
  const calls: TimelineEntry[] = card.contacts.map((contact, index) => ({
    ...NOTHING,
    kind: "call",
    id: `c-old-${index}`,
    at: contact.at,
    title: contact.result,
    body: contact.note,
    author: contact.agent,
    direction: contact.direction,
    connected_s: contact.connected_s,
    ticket_id: null,
    ticket_number: null,
  }));
  const tickets: TimelineEntry[] = card.tickets.map((ticket) => ({
    ...NOTHING,
    kind: "ticket",
    id: ticket.id,
    at: ticket.created_at,
    title: ticket.subject,
    body: "",
    author: "Zhang Wei",
    direction: "",
    connected_s: 0,
    ticket_id: ticket.id,
    ticket_number: ticket.number,
  }));
  return {
    id: card.party_id,
    kind: "person",
    version: 1,
    card,
    numbers: [
      { number: "+8613800138000", display: "+86 138 0013 8000", ext: "", primary: true },
      { number: "+8657188880000", display: "+86 571 8888 0000", ext: "", primary: false },
    ],
    timeline: [...calls, ...tickets, ...OTHERS].sort((a, b) => b.at.localeCompare(a.at)),
    timeline_more: false,
  };
}

const NAMES = [
  "王小明",
  "Amara Okafor",
  "",
  "Chen Yu",
  "Beatriz Álvarez",
  "李娜",
  "",
  "Tom O'Brien",
];
const RESULTS = ["answered", "answered", "abandoned", "answered", "no_answer", "answered"];

export const LOG: CallRow[] = Array.from({ length: 24 }, (_, index) => {
  const result = RESULTS[index % RESULTS.length] ?? "answered";
  const name = NAMES[index % NAMES.length] ?? "";
  const started = ago(600 + index * index * 900);
  return {
    id: `c-log-${index}`,
    direction: index % 5 === 3 ? "outbound" : "inbound",
    result,
    number: "+8613800138000",
    display: index % 8 === 6 ? "" : `+86 138 0013 80${String(index).padStart(2, "0")}`,
    caller_name: "",
    inferred: false,
    recovered: false,
    from_history: false,
    dialled: "4001",
    queues: ["support"],
    started_at: started,
    answered_at: result === "answered" ? started : null,
    ended_at: started,
    wait_s: 12,
    connected_s: result === "answered" ? 60 + index * 37 : 0,
    party_id: name === "" ? null : "p-wang",
    party_name: name,
    match: name === "" ? "unknown" : "exact",
    ticket_id: "t-10482",
    ticket_number: 10482,
    agent: "Zhang Wei",
    note: "",
    disposition_id: null,
    disposition: null,
    tags: [],
    version: 1,
  };
});
