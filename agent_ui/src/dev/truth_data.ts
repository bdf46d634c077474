import { type Api, ApiError } from "../api";
import type {
  AlarmView,
  CallDetail,
  CallRow,
  DifferenceRow,
  HealthView,
  LegRow,
  PbxHealth,
  Problem,
  ReconciliationRow,
  RecordingProblem,
  RecordingRow,
} from "../messages.gen";
import { ago, LOG } from "./data";

/** What became of calls, how they sounded and how well everything is, made up. */

export interface TruthData {
  /** Which call every call on the page is; a plain one unless something else is said. */
  call?: keyof typeof CALLS | "failed";
  recordings?: readonly RecordingRow[] | "failed";
  /** The sound or its picture cannot be read. */
  silent?: boolean;
  health?: HealthView;
  reconciliations?: readonly ReconciliationRow[] | "failed";
  differences?: number;
}

const LEG: LegRow = {
  role: "customer",
  agent: "",
  interface: "PJSIP/trunk",
  result: "answered",
  started_at: ago(7_400),
  answered_at: ago(7_352),
  ended_at: ago(7_160),
  ring_s: 0,
  connected_s: 192,
  talk_s: 150,
  hold_s: 22,
  consult_s: 0,
  wrap_s: 0,
  wait_s: 48,
  cause: "hung_up",
  ended_by: "customer",
};

const AGENT_LEG: LegRow = {
  ...LEG,
  role: "agent",
  agent: "Zhang Wei",
  interface: "PJSIP/1001",
  started_at: ago(7_364),
  wait_s: 0,
  ring_s: 12,
  talk_s: 150,
  hold_s: 22,
  consult_s: 20,
  wrap_s: 31,
};

const PLAIN: CallDetail = {
  ...(LOG[0] as CallRow),
  started_at: ago(7_400),
  answered_at: ago(7_352),
  ended_at: ago(7_160),
  legs: [LEG, AGENT_LEG],
  transfers: [],
  visits: [
    {
      queue: "support",
      joined_at: ago(7_395),
      left_at: ago(7_352),
      wait_s: 43,
      outcome: "answered",
      priority: 0,
    },
  ],
  linked: [],
  pbx: "pbx",
  cost_centre: "",
};

const MISSED_LEG: LegRow = {
  ...AGENT_LEG,
  agent: "Li Na",
  interface: "PJSIP/1002",
  result: "no_answer",
  started_at: ago(7_390),
  answered_at: null,
  ended_at: ago(7_370),
  ring_s: 20,
  connected_s: 0,
  talk_s: 0,
  hold_s: 0,
  consult_s: 0,
  wrap_s: 0,
  cause: "not_picked_up",
  ended_by: "",
};

const LONG_NAME =
  "Maximiliane Friederike von Hohenstein-Württemberg-Ludwigsburg zu Sayn-Wittgenstein";

export const CALLS = {
  plain: PLAIN,
  travelled: {
    ...PLAIN,
    visits: [
      {
        queue: "vip",
        joined_at: ago(7_398),
        left_at: ago(7_378),
        wait_s: 20,
        outcome: "timed_out",
        priority: 10,
      },
      {
        queue: "sales",
        joined_at: ago(7_378),
        left_at: ago(7_378),
        wait_s: 0,
        outcome: "empty",
        priority: 10,
      },
      {
        queue: "support",
        joined_at: ago(7_378),
        left_at: ago(7_352),
        wait_s: 26,
        outcome: "answered",
        priority: 10,
      },
    ],
    legs: [
      LEG,
      MISSED_LEG,
      { ...AGENT_LEG, ended_at: ago(7_240), cause: "transferred", ended_by: "agent", talk_s: 70 },
      {
        ...AGENT_LEG,
        agent: LONG_NAME,
        interface: "PJSIP/1003",
        started_at: ago(7_262),
        answered_at: ago(7_251),
        ring_s: 11,
        talk_s: 91,
        hold_s: 0,
        consult_s: 0,
        wrap_s: 15,
      },
      {
        ...MISSED_LEG,
        role: "outside",
        agent: "",
        interface: "+86 571 8888 0001",
        started_at: ago(7_300),
        ended_at: ago(7_296),
        ring_s: 4,
        cause: "busy",
      },
    ],
    transfers: [{ kind: "attended", by: "Zhang Wei", to: LONG_NAME, at: ago(7_240) }],
    linked: [
      { ...(LOG[3] as CallRow), direction: "internal", party_name: "", display: "1003" },
      LOG[5] as CallRow,
    ],
    cost_centre: "4711 Vertrieb Süd",
  },
  inferred: {
    ...PLAIN,
    inferred: true,
    legs: [
      { ...LEG, cause: "lost", ended_by: "" },
      { ...AGENT_LEG, cause: "lost", ended_by: "" },
    ],
  },
  recovered: { ...PLAIN, recovered: true, from_history: true },
  partial: { ...PLAIN, recovered: true, legs: [AGENT_LEG], visits: [] },
} satisfies Record<string, CallDetail>;

const RECORDING: RecordingRow = {
  id: "r-1",
  call_id: "c-1",
  state: "stored",
  problems: [],
  playable: true,
  began_at: ago(7_352),
  seconds: 192,
  bytes: 3_072_044,
  parts: [
    { leg: "l-1", user_id: "u-1", agent: "Zhang Wei", from_s: 0, to_s: 112 },
    { leg: "l-2", user_id: "u-3", agent: LONG_NAME, from_s: 101, to_s: 192 },
  ],
  pauses: [{ from_s: 48, to_s: 70 }],
  keep_until: ago(-90 * 86_400),
  deleted_at: null,
  deleted_by: "",
  may_delete: false,
};

export const RECORDINGS: readonly RecordingRow[] = [RECORDING];

const NOT_WAV: RecordingProblem = { code: "not_wav", values: {} };
const NO_FILE: RecordingProblem = { code: "no_file", values: {} };

export const ODD_RECORDINGS: readonly RecordingRow[] = [
  {
    ...RECORDING,
    id: "r-short",
    state: "short",
    problems: [{ code: "length", values: { sound_s: 130, talk_s: 192 } }],
    seconds: 130,
    parts: [{ leg: "l-1", user_id: "u-1", agent: "Zhang Wei", from_s: 0, to_s: 130 }],
    pauses: [{ from_s: 20, to_s: 22 }],
    keep_until: null,
    may_delete: true,
  },
  { ...RECORDING, id: "r-bad", state: "damaged", playable: false, problems: [NOT_WAV] },
  {
    ...RECORDING,
    id: "r-none",
    state: "missing",
    playable: false,
    seconds: 0,
    problems: [NO_FILE],
  },
  {
    ...RECORDING,
    id: "r-gone",
    state: "deleted",
    playable: false,
    deleted_at: ago(3 * 86_400),
    deleted_by: "Beatriz Álvarez",
  },
  { ...RECORDING, id: "r-old", state: "deleted", playable: false, deleted_at: ago(40 * 86_400) },
];

/** Speech as it looks: words, breaths, and nothing where it was paused. */
export function peaksOf({ seconds, pauses }: RecordingRow): Uint8Array {
  return Uint8Array.from({ length: Math.max(1, Math.round(seconds * 10)) }, (_, slice) => {
    const at = slice / 10;
    if (pauses.some(({ from_s, to_s }) => from_s <= at && at < to_s)) return 0;
    const word = Math.abs(Math.sin(at * 2.7) * Math.sin(at * 0.61 + 1) * Math.cos(at * 7.3));
    return Math.round(20 + 235 * word);
  });
}

/** A tone of that length as a WAV file of 8 kHz, so that the player has something to play. */
export function tone(seconds: number): Blob {
  const rate = 8_000;
  const samples = new Int16Array(seconds * rate);
  for (let at = 0; at < samples.length; at += 1) {
    samples[at] = 3_000 * Math.sin((at * 2 * Math.PI * 220) / rate);
  }
  const head = new DataView(new ArrayBuffer(44));
  const text = (at: number, word: string) => {
    for (let i = 0; i < word.length; i += 1) head.setUint8(at + i, word.charCodeAt(i));
  };
  text(0, "RIFF");
  head.setUint32(4, 36 + samples.byteLength, true);
  text(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, rate, true);
  head.setUint32(28, rate * 2, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, "data");
  head.setUint32(40, samples.byteLength, true);
  return new Blob([head, samples], { type: "audio/wav" });
}

const MASTER = "/var/log/asterisk/cel-custom/Master.csv";
const REFUSED: Problem = { code: "refused", values: { at: "10.20.0.5:5038" } };
const NO_RIGHT: Problem = { code: "no_right", values: { path: MASTER } };
const NO_FILE_THERE: Problem = { code: "no_file", values: { path: MASTER } };

const PBX: PbxHealth = {
  pbx: "pbx",
  owner: "callcenter-1 (4711)",
  connected: true,
  problem: null,
  since: ago(6 * 86_400),
  version: "Asterisk 22.1.0",
  live_calls: 37,
  events_per_s: 48.3,
  events_by_s: Array.from({ length: 60 }, (_, at) =>
    Math.round(45 + 20 * Math.sin(at / 5) + 9 * Math.sin(at * 1.7)),
  ),
  lag_ms: 3.4,
  clock_skew_s: 0.02,
  resyncs: 1,
  last_resync_at: ago(6 * 86_400),
  last_resync_ms: 214,
  strangers: 0,
  overflows: 0,
  journal_waiting: 0,
  journal_oldest_s: 0,
  recovered_today: 0,
  inferred_today: 0,
  history_ok: true,
  history_problem: null,
  history_until: ago(40),
  history_bad_lines: 0,
  reconciled_at: ago(11 * 3_600),
  reconciled_calls: 4_212,
  differences: 0,
};

export const WELL: HealthView = {
  at: ago(0),
  database_ok: true,
  pbxs: [PBX],
  recordings: {
    folder_ok: true,
    stored_today: 1_204,
    waiting: 2,
    problems: 0,
    disk_free: 0.62,
    disk_free_gb: 1_187,
  },
  alarms: [],
};

const alarm = (
  code: string,
  level: AlarmView["level"],
  detail: string,
  pbx = "",
  facts: AlarmView["facts"] = {},
): AlarmView => ({
  code,
  level,
  since: ago(340),
  detail,
  pbx,
  facts,
});

export const UNWELL: HealthView = {
  ...WELL,
  database_ok: false,
  pbxs: [
    {
      ...PBX,
      events_by_s: [0, ...Array.from({ length: 59 }, (_, at) => (at < 24 ? 640 - at * 9 : 0))],
      events_per_s: 0,
      connected: false,
      problem: REFUSED,
      since: ago(36),
      live_calls: 212,
      lag_ms: 1_840,
      clock_skew_s: -301,
      resyncs: 41,
      last_resync_at: ago(96),
      last_resync_ms: 1_961,
      strangers: 318,
      overflows: 2,
      journal_waiting: 148_211,
      journal_oldest_s: 431,
      recovered_today: 18,
      inferred_today: 3,
      history_ok: false,
      history_problem: NO_RIGHT,
      history_bad_lines: 12,
      differences: 7,
    },
    {
      ...PBX,
      pbx: "shanghai-second-site-with-a-long-name",
      owner: "",
      history_ok: null,
      history_until: null,
      reconciled_at: null,
      reconciled_calls: 0,
      last_resync_at: null,
      resyncs: 0,
    },
  ],
  recordings: {
    folder_ok: false,
    stored_today: 0,
    waiting: 318,
    problems: 24,
    disk_free: 0.03,
    disk_free_gb: 11.4,
  },
  alarms: [
    alarm("switch_lost", "alarm", "…", "pbx", { problem: REFUSED.code, ...REFUSED.values }),
    alarm("database_away", "alarm", "could not connect to server at 10.20.0.9:5432"),
    alarm("log_behind", "warning", "…", "", { behind_s: 431, waiting: 148_211 }),
    alarm("history_unavailable", "warning", "…", "pbx", {
      problem: NO_RIGHT.code,
      ...NO_RIGHT.values,
    }),
    alarm("history_bad_lines", "warning", "…", "pbx", {
      lines: 12,
      where: "Master.csv@1048576",
      why: "line_columns",
      there: 7,
      expected: 12,
    }),
    alarm("clock_skew", "warning", "…", "pbx", { ahead_s: -301 }),
    alarm("recordings_folder_unreadable", "warning", "…", "", {
      problem: "no_right",
      path: "/var/spool/asterisk/monitor",
    }),
    alarm("disk_nearly_full", "warning", "…", "", {
      folder: "/srv/recordings",
      gb: 57.2,
      percent: 3,
    }),
  ],
};

export const FRESH: HealthView = {
  ...WELL,
  pbxs: [
    {
      ...PBX,
      since: ago(4),
      live_calls: 0,
      events_per_s: 0,
      events_by_s: Array.from({ length: 60 }, () => 0),
      lag_ms: 0,
      last_resync_ms: 12,
      last_resync_at: ago(4),
      history_ok: null,
      history_until: null,
      reconciled_at: null,
      reconciled_calls: 0,
    },
  ],
  recordings: {
    folder_ok: null,
    stored_today: 0,
    waiting: 0,
    problems: 0,
    disk_free: 0.8,
    disk_free_gb: 402,
  },
};

const KINDS = ["missing", "times", "legs", "waits", "result", "queue", "open", "extra"];

function sideOf(kind: string, index: number, legs: number): Record<string, unknown> {
  const started_at = ago(9_000 + index + legs);
  const leg = `1764000${index}.7`;
  switch (kind) {
    case "times":
      return { started_at, [`${leg} connected_s`]: 57 + legs * 1.4 };
    case "legs":
      return { [leg]: ["agent", legs === 2 ? "answered" : "no_answer"] };
    case "waits":
      return { value: [legs * 4.25, 3] };
    case "result":
      return { value: legs === 2 ? "abandoned" : "answered" };
    case "queue":
      return { value: [["support", "sales"], [["support", "timed_out"]]] };
    default:
      return { direction: "inbound", result: "answered", started_at, queues: ["support"], legs };
  }
}

/** As many differences as the last comparison has. */
export function differences(length: number): DifferenceRow[] {
  return Array.from({ length }, (_, index) => {
    const kind = KINDS[index % KINDS.length] ?? "times";
    return {
      id: `x-${index}`,
      call_id: index % 3 ? "c-log-0" : `c-${index}`,
      uniqueid: `pbx-1764000${String(index).padStart(3, "0")}.${index * 7}`,
      kind,
      ours: kind === "missing" ? null : sideOf(kind, index, 2),
      theirs: kind === "extra" ? null : sideOf(kind, index, 3),
    };
  });
}

/** The midnight that many days ago. */
function dayBegan(ago: number): string {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - ago);
  return day.toISOString();
}

/** Each night's, and one by hand. */
export const RECONCILIATIONS: readonly ReconciliationRow[] = Array.from(
  { length: 14 },
  (_, day) => ({
    id: `rec-${day}`,
    pbx: "pbx",
    since: day === 1 ? ago(90_000) : dayBegan(day + 1),
    until: day === 1 ? ago(82_800) : dayBegan(day),
    began_at: ago(day * 86_400 - 60),
    ended_at: day === 5 ? null : ago(day * 86_400 - 72),
    calls: day === 5 ? 0 : 4_212 - day * 31,
    differences: day === 0 ? 7 : 0,
    bad_lines: day === 3 ? 12 : 0,
    problem: day === 5 ? NO_FILE_THERE : null,
  }),
);

/** The part of the server that tells what became of calls. */
export function truthApi(data: TruthData = {}) {
  let recordings = data.recordings ?? [];
  const broken = () => new ApiError(500, "internal", "no such luck");
  const rowOf = (id: string) =>
    recordings === "failed" ? undefined : recordings.find((row) => row.id === id);
  return {
    call: async (id) => {
      if (data.call === "failed") throw broken();
      const logged = LOG.find((row) => row.id === id);
      return { ...CALLS[data.call ?? "plain"], ...(logged && { id }) };
    },
    recordings: async () => {
      if (recordings === "failed") throw broken();
      return { items: [...recordings] };
    },
    sound: (id) => {
      const row = rowOf(id);
      return data.silent || !row ? "/no-such-sound" : URL.createObjectURL(tone(row.seconds));
    },
    peaks: async (id) => {
      const row = rowOf(id);
      if (data.silent || !row) throw broken();
      return peaksOf(row);
    },
    reconciliations: async () => {
      if (data.reconciliations === "failed") throw broken();
      return { items: [...(data.reconciliations ?? [])] };
    },
    differences: async () => ({ items: differences(data.differences ?? 7) }),
    deleteRecording: async (id) => {
      if (recordings === "failed") throw broken();
      const gone = { state: "deleted", playable: false, may_delete: false } as const;
      const at = new Date().toISOString();
      recordings = recordings.map((row) =>
        row.id === id ? { ...row, ...gone, deleted_at: at, deleted_by: "Zhang Wei" } : row,
      );
    },
  } satisfies Partial<Api>;
}
