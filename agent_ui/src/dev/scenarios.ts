import type { AgentView, CallRow, CallView, DelayView, Snapshot } from "../messages.gen";
import type { LineState, Microphone, Quality } from "../phone";
import { ago, CALLERS, COLLEAGUES, call, LOG, QUEUES } from "./data";
import {
  FRESH,
  ODD_RECORDINGS,
  RECONCILIATIONS,
  RECORDINGS,
  type TruthData,
  UNWELL,
  WELL,
} from "./truth_data";
import { CALLBACKS, CONFIG, MISSED, TASKS, type WorkData } from "./work_data";

export interface Scenario {
  snapshot: Snapshot;
  log: CallRow[];
  phone: "simulated" | "desk" | "sip" | "none";
  line?: LineState;
  microphone?: Microphone;
  unheard?: boolean;
  quality?: Quality;
  /** A headset that was just plugged in. */
  offered?: string;
  /** The server answers nothing. */
  lost?: boolean;
  note?: string;
  work?: WorkData;
  /** What became of calls, their sound, the health of it all. */
  truth?: TruthData;
  /** How far the call log is behind. */
  delay?: DelayView;
  /** Which pages besides the desk open to this user. */
  may?: string[];
}

const ME: AgentView = {
  user_id: "u-1",
  name: "Zhang Wei",
  extension: "1001",
  state: "ready",
  reason: "",
  since: ago(252),
  until: null,
  afterwards: "ready",
  queues: ["support", "vip"],
  may_extend: false,
  limit_at: null,
};

function scenario(
  me: Partial<AgentView>,
  calls: CallView[],
  rest: Partial<Scenario> = {},
): Scenario {
  const afterwards = me.state === "not_ready" ? "not_ready" : "ready";
  const snapshot: Snapshot = {
    me: { ...ME, afterwards, ...me },
    switch: { connected: true, simulated: true, troubles: [] },
    calls,
    queues: QUEUES,
    colleagues: COLLEAGUES,
    phone: { screen: "dev-screen", device: "dev-device", name: "Chrome, Linux" },
  };
  return { snapshot, log: LOG, phone: "simulated", ...rest };
}

const ringing = (changes: Partial<CallView> = {}) =>
  scenario({ state: "ringing", since: ago(4) }, [call(changes)]);

const disposing = (work: WorkData) =>
  scenario(
    {
      state: "wrap_up",
      since: ago(12),
      may_extend: true,
      until: new Date(Date.now() + 18_400).toISOString(),
    },
    [call({ ...talking, state: "ended", ended_at: ago(12) })],
    { work: { config: CONFIG, ...work }, note: "Corrected invoice sent by mail during the call" },
  );

/** Some of which the end was not seen, or that the switch's own record gave back. */
const ODD_LOG: CallRow[] = LOG.map((row, index) => ({
  ...row,
  inferred: index === 1,
  recovered: index === 4 || index === 7,
  from_history: index === 4,
}));

const administrator = (truth: TruthData) =>
  scenario({ state: "not_ready", reason: "meeting" }, [], { truth, may: ["health.read"] });

const talking = { state: "active", answered_at: ago(161), rang_at: ago(166) } as const;

export const SCENARIOS = {
  idle: scenario({}, []),
  not_ready: scenario({ state: "not_ready", reason: "lunch" }, []),
  pause: scenario(
    { state: "not_ready", reason: "break", since: ago(380), limit_at: ago(-520) },
    [],
  ),
  overdue: scenario(
    { state: "not_ready", reason: "lunch", since: ago(3_100), limit_at: ago(400) },
    [],
  ),
  unresponsive: scenario({ state: "unresponsive", since: ago(22) }, []),
  missed: scenario({ state: "not_ready", reason: "missed", since: ago(31) }, []),
  ringing: ringing(),
  unknown: ringing({ caller: CALLERS.unknown, ticket_id: null }),
  several: ringing({ caller: CALLERS.several, ticket_id: null }),
  withheld: ringing({ caller: CALLERS.withheld, ticket_id: null }),
  pending: ringing({
    caller: { ...CALLERS.unknown, name: "", looked_up: false },
    ticket_id: null,
  }),
  long: ringing({ caller: CALLERS.long }),
  active: scenario({ state: "on_call", since: ago(161) }, [call(talking)], {
    note: "Asks for the corrected invoice, needs it before Thursday noon",
  }),
  held: scenario({ state: "on_call", since: ago(161) }, [
    call({ ...talking, state: "held", held_at: ago(23) }),
  ]),
  second: scenario({ state: "on_call", since: ago(161) }, [
    call({ ...talking, state: "held", held_at: ago(23) }),
    call({ id: "c-2", caller: CALLERS.fresh, queue: "vip", ticket_id: null }),
  ]),
  dialling: scenario({ state: "on_call", since: ago(5) }, [
    call({
      direction: "outbound",
      state: "active",
      queue: "",
      queued_at: null,
      started_at: ago(5),
    }),
  ]),
  wrap_up: scenario(
    {
      state: "wrap_up",
      since: ago(12),
      may_extend: true,
      until: new Date(Date.now() + 18_400).toISOString(),
    },
    [call({ ...talking, state: "ended", ended_at: ago(12) })],
    { note: "Corrected invoice sent by mail during the call" },
  ),
  switch_lost: {
    ...scenario({ state: "not_ready", reason: "break" }, []),
    snapshot: {
      ...scenario({ state: "not_ready", reason: "break" }, []).snapshot,
      switch: {
        connected: false,
        simulated: true,
        troubles: [{ pbx: "", problem: { code: "refused", values: { at: "127.0.0.1:5038" } } }],
      },
    },
  },
  server_lost: scenario({ state: "on_call", since: ago(161) }, [call(talking)], { lost: true }),
  microphone: { ...ringing(), phone: "sip", line: "ready", microphone: "blocked" },
  microphone_lost: scenario({ state: "on_call", since: ago(161) }, [call(talking)], {
    phone: "sip",
    microphone: "missing",
    unheard: true,
  }),
  sip: scenario({ state: "on_call", since: ago(161) }, [call(talking)], {
    phone: "sip",
    line: "ready",
    quality: { loss: 0.002, jitter_ms: 6, rtt_ms: 42, mos: 4.3, worse: "here" },
  }),
  desk_phone: scenario({ state: "on_call", since: ago(161) }, [call(talking)], { phone: "desk" }),
  consulting: scenario(
    { state: "on_call", since: ago(161) },
    [
      call({ ...talking, state: "held", held_at: ago(23), recording: "on" }),
      call({
        id: "c-2",
        direction: "internal",
        state: "active",
        queue: "",
        caller: CALLERS.colleague,
        started_at: ago(23),
        answered_at: ago(17),
        consult_of: "c-1",
        ticket_id: null,
      }),
    ],
    { phone: "sip" },
  ),
  three_way: scenario(
    { state: "on_call", since: ago(161) },
    [call({ ...talking, parties: ["Li Na"], recording: "paused" })],
    { phone: "sip" },
  ),
  asked: ringing({
    direction: "internal",
    queue: "",
    queued_at: null,
    caller: CALLERS.colleague,
    about: CALLERS.known,
    consult_of: "c-0",
  }),
  returning: ringing({ ...talking, state: "ringing", returning: true }),
  waiting: scenario(
    { state: "on_call", since: ago(161) },
    [
      call({ ...talking, recording: "off" }),
      call({ id: "c-2", caller: CALLERS.fresh, queue: "vip", ticket_id: null }),
    ],
    { phone: "sip" },
  ),
  bad_line: scenario({ state: "on_call", since: ago(161) }, [call({ ...talking, muted: true })], {
    phone: "sip",
    quality: { loss: 0.084, jitter_ms: 61, rtt_ms: 310, mos: 2.6, worse: "there" },
  }),
  headset: scenario({}, [], { phone: "sip", offered: "Jabra Evolve2 40 (microphone)" }),
  follower: scenario({ state: "on_call", since: ago(161) }, [call(talking)], {
    phone: "sip",
    line: "elsewhere",
  }),
  empty: scenario({ state: "not_ready", reason: "signed_in", since: ago(3) }, [], { log: [] }),
  fresh: { ...ringing({ caller: CALLERS.fresh, ticket_id: null }), log: [] },
  no_queue: scenario({ state: "not_ready", reason: "signed_in", queues: [] }, []),
  no_phone: scenario({ state: "not_ready", reason: "signed_in", extension: "" }, [], {
    phone: "none",
    log: [],
  }),
  due: scenario({}, [], { work: { callbacks: CALLBACKS, missed: MISSED, tasks: TASKS } }),
  many: scenario({ state: "on_call", since: ago(161) }, [call(talking)], {
    work: { many: 10_000, config: CONFIG, missed: MISSED, callbacks: CALLBACKS, tasks: TASKS },
  }),
  disposing: disposing({}),
  unsent: disposing({ saving: "lost" }),
  refused: disposing({ saving: "refused" }),
  behind: scenario({}, [], { delay: { log_s: 194, waiting: 8_211 }, log: ODD_LOG }),
  played: scenario({}, [], { truth: { call: "travelled", recordings: RECORDINGS }, log: ODD_LOG }),
  odd_sounds: scenario({}, [], { truth: { call: "inferred", recordings: ODD_RECORDINGS } }),
  recovered: scenario({}, [], { truth: { call: "recovered" }, log: ODD_LOG }),
  unread: scenario({}, [], { truth: { recordings: "failed" } }),
  unheard: scenario({}, [], { truth: { call: "partial", recordings: RECORDINGS, silent: true } }),
  no_call: scenario({}, [], { truth: { call: "failed" } }),
  well: administrator({
    health: WELL,
    reconciliations: RECONCILIATIONS.map((row) => ({ ...row, differences: 0 })),
  }),
  unwell: administrator({ health: UNWELL, reconciliations: RECONCILIATIONS, differences: 10_000 }),
  new_house: administrator({ health: FRESH, reconciliations: [] }),
  health_away: administrator({ reconciliations: "failed" }),
  changed_meanwhile: scenario({ state: "on_call", since: ago(161) }, [call(talking)], {
    work: { meanwhile: 1 },
  }),
} satisfies Record<string, Scenario>;
