import { newKey } from "./keys";
import type {
  CallDetail,
  CallList,
  CallPatch,
  CustomerCreate,
  CustomerDetail,
  CustomerList,
  ErrorBody,
  NoteCreate,
  PhoneAccess,
  PrefsPatch,
  SessionView,
  SignedIn,
  TicketCreate,
  TicketDetail,
  TicketPatch,
} from "./messages.gen";

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

/** Keys of what was sent and never answered: sent again with its key, it happens once. (Signing in
 * needs none, and its password is kept nowhere.) */
const unanswered = new Map<string, string>();

async function request<T>(method: string, path: string, body?: object): Promise<T> {
  const headers = new Headers();
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    headers.set("content-type", "application/json");
  }
  const what = `${method} ${path} ${init.body ?? ""}`;
  if (method === "POST" && path !== "/session") {
    const key = unanswered.get(what) ?? newKey();
    unanswered.set(what, key);
    headers.set("idempotency-key", key);
  }
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, init);
  } catch {
    throw new ApiError(0, "server_lost", "the server did not answer");
  }
  unanswered.delete(what);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
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
};

export type Api = typeof api;
