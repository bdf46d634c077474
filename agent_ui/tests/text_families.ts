import type { ListName } from "../src/calls/calls_column";
import type { Truth } from "../src/calls/truth";
import type { ActionGroup, Refusal } from "../src/desk/actions";
import type { Panel } from "../src/desk/panels";
import type {
  AgentState,
  ArticleKind,
  CallView,
  Density,
  Match,
  MissedReason,
  TicketStatus,
  TimelineKind,
} from "../src/messages.gen";
import type { LineState, Quality, SoundDevice } from "../src/phone";
import type { DeviceNews } from "../src/phone/devices";
import type { RingTone } from "../src/phone/ring_tones";
import type { Target } from "../src/phone/targets";
import type { MergedField } from "../src/ticket/merge";
import type { NoteStatus } from "../src/ticket/note_keeper";
import { STOPS } from "../src/tour/stops";
import type { JobKind } from "../src/work/outbox";
import type { Middle } from "../src/work/work";

/** Every member of a union: one that comes or goes does not compile. */
function all<T extends string>(members: Record<T, true>): readonly string[] {
  return Object.keys(members);
}

const stops = STOPS.map(({ id }) => id);
const panels = all<Panel["kind"]>({
  palette: true,
  settings: true,
  keys: true,
  second: true,
  help: true,
  tour: true,
  health: true,
});
const browsers = ["chrome", "firefox", "safari"];
const recording = all<CallView["recording"]>({ never: true, off: true, on: true, paused: true });
const truths = all<Truth>({ inferred: true, recovered: true, partial: true });
const consult = ["swap", "complete", "three_way", "cancel"];
const fields = ["name", "company", "number"];

/**
 * What the placeholder of each text that is put together (`t(\`state.${state}\`)`) stands for: a key
 * of the family that is none of these is used by nobody.
 */
export const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  "consult.*": consult,
  "consult.*_hint": consult,
  "create.*": fields,
  "create.wrong_*": fields,
  "devices.*": [
    ...all<SoundDevice>({ microphone: true, speaker: true, ringer: true }),
    ...all<DeviceNews["kind"]>({ unplugged: true, back: true }),
  ],
  "keys.*": [
    ...all<ActionGroup>({ call: true, state: true, customer: true, work: true, desk: true }),
    ...all<Exclude<Refusal["kind"], "taken">>({ reserved: true, incomplete: true }),
  ],
  "knowledge.*": all<ArticleKind>({ script: true, knowledge: true }),
  "leg.*": ["wait", "ring", "talk", "hold", "consult", "wrap"],
  "line.*": all<Exclude<LineState, "elsewhere">>({
    off: true,
    connecting: true,
    ready: true,
    lost: true,
    refused: true,
  }),
  "lists.*": all<ListName>({ calls: true, missed: true, callbacks: true, tasks: true }),
  "log.*": ["all", "inbound", "outbound", "missed"],
  "log.kind_*": ["inbound", "outbound", "internal", "missed"],
  "match.*": all<Match>({
    exact: true,
    suffix: true,
    several: true,
    unknown: true,
    withheld: true,
  }),
  "merge.field_*": all<MergedField>({ subject: true, status: true, priority: true }),
  "mic_help.*_1": browsers,
  "mic_help.*_2": browsers,
  "microphone.*": ["blocked", "missing"],
  "missed.reason_*": all<MissedReason>({ missed: true, abandoned: true }),
  "note.*": all<Exclude<NoteStatus, "empty">>({ typing: true, saved: true, kept: true }),
  "outbox.*": all<JobKind>({ wrap_up: true, note: true, callback: true, task: true }),
  "palette.*": ["customer", "dial", "action", "state", "colleague", "help"],
  "panel.*": panels,
  "phone_state.*": all<LineState>({
    off: true,
    connecting: true,
    ready: true,
    lost: true,
    refused: true,
    elsewhere: true,
  }),
  "priority.*": ["1", "2", "3", "4"],
  "quality.bad_*": all<Quality["worse"]>({ here: true, there: true }),
  "record.is_*": recording,
  "ring.*": all<RingTone>({ calm: true, bells: true, marimba: true, classic: true, bright: true }),
  "settings.*": all<Density>({ cosy: true, dense: true }),
  "state.*": all<AgentState>({
    signed_out: true,
    ready: true,
    ringing: true,
    on_call: true,
    wrap_up: true,
    not_ready: true,
    unresponsive: true,
  }),
  "tabs.*": ["calls", "customer", "work"],
  "ticket.*": all<TicketStatus>({ open: true, pending: true, solved: true, closed: true }),
  "timeline.*": [
    "all",
    ...all<TimelineKind>({
      call: true,
      ticket: true,
      note: true,
      task: true,
      order: true,
      mail: true,
      campaign: true,
    }),
  ],
  "tour.*": stops,
  "tour.*_text": stops,
  "transfer.*": all<Exclude<Target["kind"], "colleague" | "queue">>({
    number: true,
    speed: true,
    typed: true,
  }),
  "truth.*": truths,
  "truth.*_why": truths,
  "work.*": all<Middle>({ ticket: true, script: true, callback: true, task: true }),
};
