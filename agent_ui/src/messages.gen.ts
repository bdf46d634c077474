// Made by `python -m callcenter.web.typescript`; do not edit. A test fails while it is stale.

export type Uuid = string;
/** ISO-8601 in UTC. */
export type Iso = string;

/** The gateway's close codes of our own. */
export const CLOSE_TOO_SLOW = 4008;
export const CLOSE_SIGNED_OUT = 4401;

export type Match = "exact" | "suffix" | "several" | "unknown" | "withheld";

export type AgentState = "signed_out" | "ready" | "ringing" | "on_call" | "wrap_up" | "not_ready" | "unresponsive";

export type CallState = "ringing" | "active" | "held" | "ended";

export type Rest = "ready" | "not_ready";

export type PartyKind = "person" | "organisation";

export type PhoneMode = "sip" | "simulated" | "desk";

export type Density = "cosy" | "dense";

export type TicketStatus = "open" | "pending" | "solved" | "closed";

export type TimelineKind = "call" | "ticket" | "note" | "task" | "order" | "mail" | "campaign";

export type CallbackStatus = "pending" | "done" | "cancelled";

export type ArticleKind = "script" | "knowledge";

export type MissedReason = "missed" | "abandoned";

export type RecordingState = "stored" | "short" | "damaged" | "missing" | "deleted";

export type CallbackOwner = "me" | "anyone";

export type Locale = "en" | "zh-CN";

export type Theme = "" | "light" | "dark";

export interface AgentMessage {
  type: "agent";
  seq: number;
  data: AgentView;
}

export interface AgentView {
  user_id: Uuid;
  name: string;
  extension: string;
  state: AgentState;
  reason: string;
  since: Iso;
  until: Iso | null;
  afterwards: Rest;
  queues: string[];
  may_extend: boolean;
  limit_at: Iso | null;
}

export interface AlarmView {
  code: string;
  level: "ok" | "warning" | "alarm";
  since: Iso;
  detail: string;
  pbx: string;
  facts: Record<string, string | number>;
}

export interface ArticleList {
  items: ArticleRow[];
}

export interface ArticleRow {
  id: Uuid;
  kind: ArticleKind;
  title: string;
  body: string;
  queue: string;
  locale: string;
}

export interface CallDetail {
  id: Uuid;
  direction: string;
  result: string | null;
  number: string;
  display: string;
  caller_name: string;
  dialled: string;
  queues: string[];
  started_at: Iso;
  answered_at: Iso | null;
  ended_at: Iso | null;
  wait_s: number;
  connected_s: number;
  party_id: Uuid | null;
  party_name: string;
  match: Match;
  ticket_id: Uuid | null;
  ticket_number: number | null;
  agent: string;
  note: string;
  disposition_id: Uuid | null;
  disposition: Record<string, string> | null;
  tags: string[];
  inferred: boolean;
  recovered: boolean;
  from_history: boolean;
  version: number;
  legs: LegRow[];
  transfers: TransferRow[];
  visits: VisitRow[];
  linked: CallRow[];
  pbx: string;
  cost_centre: string;
}

export interface CallGoneMessage {
  type: "call.gone";
  seq: number;
  data: Gone;
}

export interface CallList {
  items: CallRow[];
}

export interface CallLoggedMessage {
  type: "call.logged";
  seq: number;
  data: LoggedView;
}

export interface CallMessage {
  type: "call";
  seq: number;
  data: CallView;
}

export interface CallPatch {
  party_id?: Uuid | null;
  ticket_id?: Uuid | null;
  note?: string;
  version: number;
}

export interface CallRow {
  id: Uuid;
  direction: string;
  result: string | null;
  number: string;
  display: string;
  caller_name: string;
  dialled: string;
  queues: string[];
  started_at: Iso;
  answered_at: Iso | null;
  ended_at: Iso | null;
  wait_s: number;
  connected_s: number;
  party_id: Uuid | null;
  party_name: string;
  match: Match;
  ticket_id: Uuid | null;
  ticket_number: number | null;
  agent: string;
  note: string;
  disposition_id: Uuid | null;
  disposition: Record<string, string> | null;
  tags: string[];
  inferred: boolean;
  recovered: boolean;
  from_history: boolean;
  version: number;
}

export interface CallView {
  id: Uuid;
  direction: string;
  state: CallState;
  queue: string;
  caller: Caller;
  started_at: Iso;
  queued_at: Iso | null;
  rang_at: Iso | null;
  answered_at: Iso | null;
  held_at: Iso | null;
  ended_at: Iso | null;
  muted: boolean;
  ticket_id: Uuid | null;
  note: string;
  consult_of: Uuid | null;
  about: Caller | null;
  parties: string[];
  recording: "never" | "off" | "on" | "paused";
  returning: boolean;
}

export interface CallbackCreate {
  number: string;
  due_at: Iso;
  zone?: string;
  owner?: CallbackOwner;
  note?: string;
  party_id?: Uuid | null;
  queue?: string;
  call_id?: Uuid | null;
  ticket_id?: Uuid | null;
}

export interface CallbackList {
  items: CallbackRow[];
}

export interface CallbackPatch {
  due_at?: Iso;
  zone?: string;
  owner?: CallbackOwner;
  status?: CallbackStatus;
  note?: string;
  version: number;
}

export interface CallbackRow {
  id: Uuid;
  party_id: Uuid | null;
  party_name: string;
  tier: TierBadge | null;
  number: string;
  display: string;
  due_at: Iso;
  zone: string;
  queue: string;
  owner_id: Uuid | null;
  owner: string;
  note: string;
  status: CallbackStatus;
  call_id: Uuid | null;
  ticket_id: Uuid | null;
  version: number;
}

export interface Caller {
  number: string;
  display: string;
  name: string;
  match: Match;
  card: CustomerCard | null;
  candidates: Candidate[];
  looked_up: boolean;
}

export interface Candidate {
  party_id: Uuid;
  name: string;
  company: string;
  tier: TierBadge | null;
}

export interface ChangedMessage {
  type: "changed";
  seq: number;
  data: ChangedView;
}

export interface ChangedView {
  what: "callbacks" | "missed" | "tasks" | "ticket" | "customer" | "figures" | "desk" | "recordings";
  id: Uuid | null;
}

export interface ColleagueMessage {
  type: "colleague";
  seq: number;
  data: ColleagueView;
}

export interface ColleagueView {
  user_id: Uuid;
  name: string;
  extension: string;
  state: AgentState;
  reason: string;
  since: Iso;
}

export interface ColumnWidths {
  calls: number;
  work: number;
}

export interface CommandDone {
  type: "result";
  id: string;
  ok: true;
  data: Record<string, unknown>;
}

export interface CommandFailed {
  type: "result";
  id: string;
  ok: false;
  error: ErrorInfo;
}

export interface Company {
  name: string;
  accent: string;
  accent_text: string;
  accent_dark: string;
  accent_dark_text: string;
  logo_url: string;
}

export interface CustomerCard {
  party_id: Uuid;
  name: string;
  company: string;
  tier: TierBadge | null;
  language: string;
  zone: string;
  note: string;
  owner: string;
  contacts: RecentContact[];
  tickets: OpenTicket[];
}

export interface CustomerCreate {
  name: string;
  number: string;
  kind?: PartyKind;
  company?: string;
}

export interface CustomerDetail {
  id: Uuid;
  kind: PartyKind;
  version: number;
  card: CustomerCard;
  numbers: NumberRow[];
  timeline: TimelineEntry[];
  timeline_more: boolean;
}

export interface CustomerList {
  items: CustomerRow[];
}

export interface CustomerNote {
  body: string;
}

export interface CustomerRow {
  id: Uuid;
  kind: PartyKind;
  name: string;
  company: string;
  tier: TierBadge | null;
  number: string;
  display: string;
}

export interface DelayMessage {
  type: "delay";
  seq: number;
  data: DelayView;
}

export interface DelayView {
  log_s: number;
  waiting: number;
}

export interface DeskConfig {
  company: Company;
  reasons: PauseReasonView[];
  dispositions: DispositionView[];
  queues: DeskQueue[];
  tags: string[];
  tiers: TierBadge[];
}

export interface DeskQueue {
  name: string;
  label: Record<string, string>;
  disposition_required: boolean;
  recording: string;
}

export interface DeviceLabels {
  microphone: string;
  speaker: string;
  ringer: string;
}

export interface Devices {
  microphone?: string;
  speaker?: string;
  ringer?: string;
}

export interface DifferenceList {
  items: DifferenceRow[];
}

export interface DifferenceRow {
  id: Uuid;
  call_id: Uuid;
  uniqueid: string;
  kind: string;
  ours: Record<string, unknown> | null;
  theirs: Record<string, unknown> | null;
}

export interface DispositionView {
  id: Uuid;
  parent_id: Uuid | null;
  queue: string;
  code: string;
  label: Record<string, string>;
  wants_callback: boolean;
}

export interface ErrorBody {
  error: ErrorInfo;
}

export interface ErrorInfo {
  code: string;
  message: string;
  fields: Record<string, string>;
}

export interface FiguresView {
  calls: number;
  answered_in: number;
  outbound: number;
  talk_s: number;
  hold_s: number;
  wrap_s: number;
  aht_s: number | null;
  ready_s: number;
  occupancy: number | null;
  missed: number;
  undisposed: number;
  since: Iso;
}

export interface Gone {
  id: Uuid;
}

export interface Health {
  status: "ok" | "unwell";
  switch: string;
  database: string;
}

export interface HealthMessage {
  type: "health";
  seq: number;
  data: HealthView;
}

export interface HealthView {
  at: Iso;
  database_ok: boolean;
  pbxs: PbxHealth[];
  recordings: RecordingsHealth;
  alarms: AlarmView[];
}

export interface Hello {
  type: "hello";
  epoch?: string | null;
  seq?: number | null;
  screen?: string;
  device?: string;
  device_name?: string;
  legs?: number;
}

export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

export interface LegRow {
  role: string;
  agent: string;
  interface: string;
  result: string;
  started_at: Iso;
  answered_at: Iso | null;
  ended_at: Iso;
  ring_s: number;
  connected_s: number;
  talk_s: number;
  hold_s: number;
  consult_s: number;
  wrap_s: number;
  wait_s: number;
  cause: string;
  ended_by: string;
}

export interface LoggedView {
  id: Uuid;
  party_id: Uuid | null;
}

export interface MissedClear {
  until: Iso | null;
}

export interface MissedCleared {
  until: Iso | null;
  former: Iso | null;
}

export interface MissedList {
  items: MissedRow[];
}

export interface MissedRow {
  call_id: Uuid;
  at: Iso;
  number: string;
  display: string;
  party_id: Uuid | null;
  party_name: string;
  queue: string;
  reason: MissedReason;
  times: number;
}

export interface NextTask {
  body: string;
  due_at?: Iso | null;
  owner?: CallbackOwner;
}

export interface NoteCreate {
  body: string;
  call_id?: Uuid | null;
}

export interface NoticeMessage {
  type: "notice";
  seq: number;
  data: NoticeView;
}

export interface NoticeView {
  code: string;
  message: string;
}

export interface NumberRow {
  number: string;
  display: string;
  ext: string;
  primary: boolean;
}

export interface OpenTicket {
  id: Uuid;
  number: number;
  subject: string;
  status: string;
  priority: number;
  domain: string;
  created_at: Iso;
}

export interface PanelColumns {
  calls: number;
  work: number;
}

export interface PauseReasonView {
  code: string;
  label: Record<string, string>;
  paid: boolean;
  allowed_minutes: number | null;
}

export interface PbxHealth {
  pbx: string;
  owner: string;
  connected: boolean;
  problem: Problem | null;
  since: Iso | null;
  version: string;
  live_calls: number;
  events_per_s: number;
  events_by_s: number[];
  lag_ms: number;
  clock_skew_s: number;
  resyncs: number;
  last_resync_at: Iso | null;
  last_resync_ms: number;
  strangers: number;
  overflows: number;
  journal_waiting: number;
  journal_oldest_s: number;
  recovered_today: number;
  inferred_today: number;
  history_ok: boolean | null;
  history_problem: Problem | null;
  history_until: Iso | null;
  history_bad_lines: number;
  reconciled_at: Iso | null;
  reconciled_calls: number;
  differences: number;
}

export interface PhoneAccess {
  mode: PhoneMode;
  sip_uri: string;
  password: string;
  websocket_url: string;
  ice_servers: IceServer[];
}

export interface PhoneMessage {
  type: "phone";
  seq: number;
  data: PhoneView;
}

export interface PhoneOrderMessage {
  type: "phone.order";
  seq: number;
  data: PhoneOrderView;
}

export interface PhoneOrderView {
  screen: string;
  call_id: Uuid;
  order: "answer" | "reject" | "hangup" | "hold" | "resume" | "mute" | "unmute" | "tones";
  digits: string;
  at: Iso;
}

export interface PhoneView {
  screen: string;
  device: string;
  name: string;
}

export interface Ping {
  type: "ping";
}

export interface Pong {
  type: "pong";
  at: Iso;
}

export interface PracticeView {
  url: string;
}

export interface PrefsPatch {
  locale?: Locale;
  theme?: Theme;
  density?: Density;
  ringtone?: string;
  ring_volume?: number;
  ring_on?: boolean;
  notify?: boolean;
  columns?: ColumnWidths | null;
  shortcuts?: Record<string, string>;
  speed_dial?: SpeedDialEntry[];
  devices?: Devices;
  toured?: boolean;
  layout?: Record<string, string>;
}

export interface PrefsView {
  density: Density;
  ringtone: string;
  ring_volume: number;
  ring_on: boolean;
  notify: boolean;
  columns: PanelColumns | null;
  shortcuts: Record<string, string>;
  speed_dial: SpeedDial[];
  devices: DeviceLabels;
  toured: boolean;
  layout: Record<string, string>;
}

export interface Problem {
  code: "not_connected_yet" | "not_set_up" | "other_owner" | "at" | "silent" | "closed" | "closed_early" | "closed_saying" | "closed_here" | "not_manager" | "refused" | "unreachable" | "no_answer" | "no_answer_tls" | "no_greeting" | "no_tls" | "not_trusted" | "login_refused" | "login_unsafe" | "no_permission" | "half_filter" | "state_unread" | "state_not_read_anew" | "internal" | "plain" | "no_file" | "no_folder" | "no_right" | "no_room" | "read_only" | "not_removable" | "said" | "no_table" | "no_columns" | "no_zone" | "rotated" | "no_line" | "begins_late" | "line_columns" | "line_order" | "line_misfit" | "line_date" | "line_time" | "line_json" | "line_json_object" | "line_cut" | "line_empty" | "line_fields" | "line_event" | "line_unpacked" | "line_clock" | "lines_more";
  values: Record<string, string | number>;
}

export interface PromisedCallback {
  due_at: Iso;
  zone?: string;
  number?: string;
  owner?: CallbackOwner;
  note?: string;
}

export interface QueueMessage {
  type: "queue";
  seq: number;
  data: QueueView;
}

export interface QueueView {
  name: string;
  label: Record<string, string>;
  waiting: number;
  longest_since: Iso | null;
  tiers: Record<string, number>;
  ready: number;
}

export interface RecentContact {
  at: Iso;
  direction: string;
  result: string;
  agent: string;
  connected_s: number;
  note: string;
}

export interface ReconciliationList {
  items: ReconciliationRow[];
}

export interface ReconciliationRow {
  id: Uuid;
  pbx: string;
  since: Iso;
  until: Iso;
  began_at: Iso;
  ended_at: Iso | null;
  calls: number;
  differences: number;
  bad_lines: number;
  problem: Problem | null;
}

export interface RecordingDelete {
  reason: string;
}

export interface RecordingList {
  items: RecordingRow[];
}

export interface RecordingPart {
  leg: Uuid;
  user_id: Uuid | null;
  agent: string;
  from_s: number;
  to_s: number;
}

export interface RecordingPause {
  from_s: number;
  to_s: number;
}

export interface RecordingProblem {
  code: "no_file" | "unclosed" | "not_wav" | "without_sound" | "uncoded" | "unplayable" | "length" | "leak";
  values: Record<string, number>;
}

export interface RecordingRow {
  id: Uuid;
  call_id: Uuid;
  state: RecordingState;
  problems: RecordingProblem[];
  playable: boolean;
  began_at: Iso | null;
  seconds: number;
  bytes: number;
  parts: RecordingPart[];
  pauses: RecordingPause[];
  keep_until: Iso | null;
  deleted_at: Iso | null;
  deleted_by: string;
  may_delete: boolean;
}

export interface RecordingsHealth {
  folder_ok: boolean | null;
  stored_today: number;
  waiting: number;
  problems: number;
  disk_free: number;
  disk_free_gb: number;
}

export interface ResumedMessage {
  type: "resumed";
  epoch: string;
  seq: number;
}

export interface SessionView {
  user: UserView | null;
  gateway_url: string;
  simulated: boolean;
  company: Company;
}

export interface SignIn {
  login: string;
  password: string;
}

export interface SignedIn {
  user: UserView;
}

export interface Snapshot {
  me: AgentView;
  switch: SwitchView;
  calls: CallView[];
  queues: QueueView[];
  colleagues: ColleagueView[];
  phone: PhoneView;
}

export interface SnapshotMessage {
  type: "snapshot";
  epoch: string;
  seq: number;
  data: Snapshot;
}

export interface SpeedDial {
  label: string;
  number: string;
}

export interface SpeedDialEntry {
  label: string;
  number: string;
}

export interface SwitchMessage {
  type: "switch";
  seq: number;
  data: SwitchView;
}

export interface SwitchTrouble {
  pbx: string;
  problem: Problem;
}

export interface SwitchView {
  connected: boolean;
  simulated: boolean;
  troubles: SwitchTrouble[];
}

export interface TaskCreate {
  body: string;
  due_at?: Iso | null;
  owner?: CallbackOwner;
  party_id?: Uuid | null;
  ticket_id?: Uuid | null;
  call_id?: Uuid | null;
}

export interface TaskList {
  items: TaskRow[];
}

export interface TaskPatch {
  body?: string;
  done?: boolean;
  due_at?: Iso | null;
  owner?: CallbackOwner;
}

export interface TaskRow {
  id: Uuid;
  at: Iso;
  body: string;
  due_at: Iso | null;
  done_at: Iso | null;
  party_id: Uuid | null;
  party_name: string;
  ticket_id: Uuid | null;
  ticket_number: number | null;
  call_id: Uuid | null;
  assignee_id: Uuid | null;
  assignee: string;
  author: string;
}

export interface TicketCreate {
  subject: string;
  party_id: Uuid;
  queue?: string;
  domain?: string;
  priority?: number;
  call_id?: Uuid | null;
}

export interface TicketDetail {
  id: Uuid;
  number: number;
  subject: string;
  status: TicketStatus;
  priority: number;
  domain: string;
  party_id: Uuid | null;
  party_name: string;
  created_at: Iso;
  updated_at: Iso;
  version: number;
  notes: TicketNote[];
  changed_by: string;
}

export interface TicketList {
  items: TicketRow[];
}

export interface TicketNote {
  id: Uuid;
  at: Iso;
  author: string;
  body: string;
  call_id: Uuid | null;
}

export interface TicketPatch {
  status?: TicketStatus;
  priority?: number;
  subject?: string;
  version: number;
}

export interface TicketRow {
  id: Uuid;
  number: number;
  subject: string;
  status: TicketStatus;
  priority: number;
  domain: string;
  party_id: Uuid | null;
  party_name: string;
  created_at: Iso;
  updated_at: Iso;
  version: number;
}

export interface TierBadge {
  code: string;
  name: Record<string, string>;
  rank: number;
}

export interface TimelineEntry {
  kind: TimelineKind;
  id: Uuid;
  at: Iso;
  title: string;
  body: string;
  author: string;
  direction: string;
  status: string;
  connected_s: number;
  disposition: Record<string, string> | null;
  ticket_id: Uuid | null;
  ticket_number: number | null;
  call_id: Uuid | null;
  due_at: Iso | null;
  done_at: Iso | null;
  amount: number | null;
  currency: string;
}

export interface TimelineList {
  items: TimelineEntry[];
  more: boolean;
}

export interface TransferRow {
  kind: string;
  by: string;
  to: string;
  at: Iso;
}

export interface UserView {
  id: Uuid;
  login: string;
  name: string;
  extension: string;
  locale: string;
  theme: string;
  role: string;
  prefs: PrefsView;
  may: string[];
}

export interface VisitRow {
  queue: string;
  joined_at: Iso;
  left_at: Iso;
  wait_s: number;
  outcome: string;
  priority: number;
}

export interface WrapUp {
  disposition_id?: Uuid | null;
  tags?: string[];
  note?: string;
  note_was?: string;
  callback?: PromisedCallback | null;
  task?: NextTask | null;
  ticket?: WrapUpTicket | null;
}

export interface WrapUpTicket {
  id?: Uuid | null;
  subject?: string;
  status?: TicketStatus;
}

export type FeedMessage =
  | CallMessage
  | CallGoneMessage
  | CallLoggedMessage
  | AgentMessage
  | QueueMessage
  | SwitchMessage
  | ColleagueMessage
  | PhoneMessage
  | PhoneOrderMessage
  | ChangedMessage
  | NoticeMessage
  | DelayMessage
  | HealthMessage;

export type ServerMessage =
  | SnapshotMessage
  | ResumedMessage
  | CallMessage
  | CallGoneMessage
  | CallLoggedMessage
  | AgentMessage
  | QueueMessage
  | SwitchMessage
  | ColleagueMessage
  | PhoneMessage
  | PhoneOrderMessage
  | ChangedMessage
  | NoticeMessage
  | DelayMessage
  | HealthMessage
  | CommandDone
  | CommandFailed
  | Pong;

/** The orders a screen may give, and what each takes. */
export interface CommandArgs {
  "agent.ready": Record<string, never>;
  "agent.not_ready": { reason?: string };
  "agent.finish_wrap_up": Record<string, never>;
  "agent.extend_wrap_up": Record<string, never>;
  "phone.answer": { call_id: Uuid };
  "phone.reject": { call_id: Uuid };
  "phone.hangup": { call_id: Uuid };
  "phone.hold": { call_id: Uuid };
  "phone.resume": { call_id: Uuid };
  "phone.mute": { call_id: Uuid; on: boolean };
  "phone.muted": { call_id: Uuid; on: boolean };
  "phone.dial": { number: string };
  "phone.transfer": { call_id: Uuid; target: string };
  "phone.consult": { call_id: Uuid; target: string };
  "phone.swap": { call_id: Uuid };
  "phone.complete": { call_id: Uuid };
  "phone.cancel_consult": { call_id: Uuid };
  "phone.three_way": { call_id: Uuid };
  "phone.record": { call_id: Uuid; on: boolean };
  "phone.tones": { call_id: Uuid; digits: string };
  "phone.quality": { call_id: Uuid; loss: number; jitter_ms: number; rtt_ms: number; mos: number };
  "phone.echo_test": Record<string, never>;
  "phone.claim": Record<string, never>;
  "health.watch": { on: boolean };
  "call.choose_customer": { call_id: Uuid; party_id: Uuid };
  "call.note": { call_id: Uuid; note: string; was?: string | null };
}

export type CommandName = keyof CommandArgs;

export interface Command<N extends CommandName = CommandName> {
  type: "command";
  /** The idempotency key. */
  id: string;
  name: N;
  args: CommandArgs[N];
}

export type ClientMessage = Hello | Ping | Command;
