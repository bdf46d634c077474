import { newKey } from "./keys";
import type {
  ArticleList,
  CallbackList,
  CallbackPatch,
  CallbackRow,
  CallDetail,
  CallList,
  CallPatch,
  CustomerCreate,
  CustomerDetail,
  CustomerList,
  DeskConfig,
  DifferenceList,
  ErrorBody,
  FiguresView,
  MissedCleared,
  MissedList,
  NoteCreate,
  PhoneAccess,
  PracticeView,
  PrefsPatch,
  ReconciliationList,
  RecordingList,
  SessionView,
  SignedIn,
  TaskList,
  TaskPatch,
  TaskRow,
  TicketCreate,
  TicketDetail,
  TicketPatch,
  TimelineKind,
  TimelineList,
} from "./messages.gen";
import { API_BASE } from "./practice";

/** What REST refused, or `server_lost` when it did not answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** What is kept until it was done need not wait for a server that hangs. */
const KEPT_DEADLINE_MS = 10_000;

/** Keys of what was sent and never answered: sent again with its key, it happens once. (Signing in
 * needs none, and its password is kept nowhere.) */
const unanswered = new Map<string, string>();

/** `key`: the idempotency key of something that is kept outside this page until it was done. */
async function request<T>(method: string, path: string, body?: object, key?: string): Promise<T> {
  const response = await answered(method, path, body, key);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function answered(
  method: string,
  path: string,
  body?: object,
  key?: string,
): Promise<Response> {
  const headers = new Headers();
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    headers.set("content-type", "application/json");
  }
  const what = `${method} ${path} ${init.body ?? ""}`;
  if (key !== undefined) {
    headers.set("idempotency-key", key);
    init.signal = AbortSignal.timeout(KEPT_DEADLINE_MS);
  } else if (method === "POST" && path !== "/session") {
    const made = unanswered.get(what) ?? newKey();
    unanswered.set(what, made);
    headers.set("idempotency-key", made);
  }
  let response: Response;
  try {
    response = await fetch(`${API_BASE}${path}`, init);
  } catch {
    throw new ApiError(0, "server_lost", "the server did not answer");
  }
  unanswered.delete(what);
  if (response.ok) return response;
  throw await refusal(response);
}

async function refusal(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as ErrorBody;
    return new ApiError(response.status, error.code, error.message, error.fields);
  } catch {
    // A proxy in between answers in its own words.
    return new ApiError(response.status, "server_error", `HTTP ${response.status}`);
  }
}

function query(values: Record<string, string | number | boolean>): string {
  return `?${new URLSearchParams(Object.entries(values).map(([k, v]) => [k, String(v)]))}`;
}

/** REST under /api/v1: one function per use the screens have for it. */
export const api = {
  session: () => request<SessionView>("GET", "/session"),
  signIn: (login: string, password: string) =>
    request<SignedIn>("POST", "/session", { login, password }),
  signOut: () => request<void>("DELETE", "/session"),
  savePrefs: (prefs: PrefsPatch) => request<void>("PATCH", "/session/prefs", prefs),
  phone: () => request<PhoneAccess>("GET", "/phone"),
  myCalls: (limit: number) => request<CallList>("GET", `/calls${query({ mine: true, limit })}`),
  call: (id: string) => request<CallDetail>("GET", `/calls/${id}`),
  patchCall: (id: string, patch: CallPatch) => request<CallDetail>("PATCH", `/calls/${id}`, patch),
  findCustomers: (q: string) => request<CustomerList>("GET", `/customers${query({ q, limit: 8 })}`),
  customer: (id: string) => request<CustomerDetail>("GET", `/customers/${id}`),
  createCustomer: (body: CustomerCreate) => request<CustomerDetail>("POST", "/customers", body),
  createTicket: (body: TicketCreate) => request<TicketDetail>("POST", "/tickets", body),
  ticket: (id: string) => request<TicketDetail>("GET", `/tickets/${id}`),
  addNote: (id: string, body: NoteCreate) =>
    request<TicketDetail>("POST", `/tickets/${id}/notes`, body),
  patchTicket: (id: string, patch: TicketPatch) =>
    request<TicketDetail>("PATCH", `/tickets/${id}`, patch),
  deskConfig: () => request<DeskConfig>("GET", "/desk"),
  /** My own figures since midnight. */
  myFigures: () => request<FiguresView>("GET", "/me/today"),
  practice: () => request<PracticeView>("POST", "/practice", {}),
  /** On the practice desk: somebody calls. */
  practiceCall: () => request<unknown>("POST", "/practice/call", {}),
  /** Calls of mine that started before that one, newest first. */
  myCallsBefore: (before: string, limit: number) =>
    request<CallList>("GET", `/calls${query({ mine: true, before, limit })}`),
  timeline: (id: string, page: TimelinePage) =>
    request<TimelineList>("GET", `/customers/${id}/timeline${query({ ...page })}`),
  callbacks: (state: "due" | "mine" | "open", limit: number) =>
    request<CallbackList>("GET", `/callbacks${query({ state, limit })}`),
  patchCallback: (id: string, patch: CallbackPatch) =>
    request<CallbackRow>("PATCH", `/callbacks/${id}`, patch),
  missed: () => request<MissedList>("GET", "/calls/missed"),
  clearMissed: (until: string | null) =>
    request<MissedCleared>("POST", "/calls/missed/clear", { until }),
  myTasks: (limit: number) => request<TaskList>("GET", `/tasks${query({ mine: true, limit })}`),
  patchTask: (id: string, patch: TaskPatch) => request<TaskRow>("PATCH", `/tasks/${id}`, patch),
  articles: (of: { queue: string; q: string; locale: string }) =>
    request<ArticleList>("GET", `/articles${query(of)}`),
  recordings: (callId: string) => request<RecordingList>("GET", `/calls/${callId}/recordings`),
  /** Where the sound of a recording is; it is read in ranges. */
  sound: (id: string) => `${API_BASE}/recordings/${id}/sound`,
  /** Its waveform: the height of each slice, 0 … 255. */
  peaks: async (id: string): Promise<Uint8Array> =>
    new Uint8Array(await (await answered("GET", `/recordings/${id}/peaks`)).arrayBuffer()),
  deleteRecording: (id: string, reason: string) =>
    request<void>("DELETE", `/recordings/${id}`, { reason }),
  reconciliations: (limit: number) =>
    request<ReconciliationList>("GET", `/reconciliations${query({ limit })}`),
  differences: (id: string) => request<DifferenceList>("GET", `/reconciliations/${id}/differences`),
  /** Something made, with the key it is kept under until it was. */
  post: (path: string, body: object, key: string) => request<unknown>("POST", path, body, key),
};

/** `before` and `before_id` are of the entry after which the page begins. */
export interface TimelinePage {
  kinds?: TimelineKind;
  before?: string;
  before_id?: string;
  limit: number;
}

export type Api = typeof api;
