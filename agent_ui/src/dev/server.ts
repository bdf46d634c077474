import { type Api, ApiError } from "../api";
import type {
  CallView,
  ClientMessage,
  Command,
  FeedMessage,
  SessionView,
  UserView,
} from "../messages.gen";
import type { Wire } from "../socket";
import { DESK_CONFIG, FIGURES, PREFS } from "./config";
import { CALLERS, call, customerDetail, LONG, NEW, ticketDetail, WANG } from "./data";
import type { Scenario } from "./scenarios";
import { truthApi } from "./truth_data";
import { workApi } from "./work_data";

export const SESSION: SessionView & { user: UserView } = {
  user: {
    id: "u-1",
    login: "agent",
    name: "Zhang Wei",
    extension: "1001",
    locale: "",
    theme: "",
    role: "agent",
    prefs: PREFS,
    may: [],
  },
  gateway_url: "ws://dev/gateway",
  simulated: true,
  company: DESK_CONFIG.company,
};

/** As often as the gateway tells it. */
const HEALTH_MS = 2_000;

/** Somebody who picks up as soon as they are asked. */
function consultation(of: string, target: string, now: string): CallView {
  const caller = { ...CALLERS.colleague, number: target, display: target };
  return call({
    id: "c-consult",
    direction: "internal",
    state: "active",
    queue: "",
    caller: target === CALLERS.colleague.number ? caller : { ...caller, name: "" },
    started_at: now,
    queued_at: null,
    rang_at: now,
    answered_at: now,
    consult_of: of,
    ticket_id: null,
  });
}

/** A gateway of one page: answers orders by sending what the real one would. */
export class DevWire implements Wire {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: Wire["onclose"] = null;
  /** What was ordered, in order. */
  readonly commands: Command[] = [];
  private seq = 1;
  private told = 0;
  private watching: number | undefined;

  constructor(
    private readonly scenario: Scenario,
    first: boolean,
  ) {
    if (first || !scenario.lost) queueMicrotask(() => this.onopen?.());
  }

  send(data: string): void {
    const frame = JSON.parse(data) as ClientMessage;
    if (frame.type === "hello") {
      this.say({ type: "snapshot", epoch: "dev", seq: 0, data: this.scenario.snapshot });
      if (this.scenario.delay) this.tell({ type: "delay", data: this.scenario.delay });
      if (this.scenario.lost) queueMicrotask(() => this.onclose?.({ code: 1006 }));
    } else if (frame.type === "ping") {
      this.say({ type: "pong", at: new Date().toISOString() });
    } else {
      this.commands.push(frame);
      this.say({ type: "result", id: frame.id, ok: true, data: { call_id: "c-9" } });
      this.obey(frame);
    }
  }

  close(): void {
    clearInterval(this.watching);
    this.onmessage = null;
  }

  private say(message: object): void {
    queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(message) }));
  }

  /** A message of the feed. */
  tell(message: { type: FeedMessage["type"]; data: unknown }): void {
    this.say({ ...message, seq: this.seq });
    this.seq += 1;
  }

  /** As it is now: time goes on. */
  private tellHealth(): void {
    const health = this.scenario.truth?.health;
    if (health === undefined) return;
    this.told += 2;
    const pbxs = health.pbxs.map((pbx) => ({
      ...pbx,
      events_by_s: pbx.events_by_s.map((_, at, all) => all[(at + this.told) % all.length] ?? 0),
      lag_ms: pbx.lag_ms * (1 + 0.5 * Math.abs(Math.sin(this.told))),
    }));
    const at = new Date().toISOString();
    this.tell({ type: "health", data: { ...health, pbxs, at } });
  }

  /** Another call comes to this desk. */
  arrive(call: CallView): void {
    this.scenario.snapshot.calls.push(call);
    this.tell({ type: "call", data: call });
  }

  private me(changes: object): void {
    Object.assign(this.scenario.snapshot.me, { since: new Date().toISOString() }, changes);
    this.tell({ type: "agent", data: this.scenario.snapshot.me });
  }

  private change(id: string, changes: Partial<CallView>): void {
    const call = this.scenario.snapshot.calls.find((each) => each.id === id);
    if (call) this.tell({ type: "call", data: Object.assign(call, changes) });
  }

  /** The customer's call, and the one about it. */
  private consulted(id: string): CallView[] {
    const { calls } = this.scenario.snapshot;
    return calls.filter((each) => each.id === id || each.consult_of === id);
  }

  private endConsultation(of: string): void {
    const { snapshot } = this.scenario;
    for (const { id } of snapshot.calls.filter((each) => each.consult_of === of)) {
      snapshot.calls = snapshot.calls.filter((each) => each.id !== id);
      this.tell({ type: "call.gone", data: { id } });
    }
  }

  private obey(command: Command): void {
    const args = command.args as Record<string, string>;
    const id = args["call_id"] ?? "";
    const now = new Date().toISOString();
    switch (command.name) {
      case "agent.ready":
        this.me({ state: "ready", afterwards: "ready", reason: "" });
        for (const { id } of this.scenario.snapshot.calls)
          this.tell({ type: "call.gone", data: { id } });
        this.scenario.snapshot.calls = [];
        break;
      case "agent.finish_wrap_up": {
        const { afterwards, reason } = this.scenario.snapshot.me;
        this.me({ state: afterwards, reason });
        break;
      }
      case "agent.not_ready": {
        const { state } = this.scenario.snapshot.me;
        const busy = state === "on_call";
        const reason = args["reason"];
        this.me({ state: busy ? state : "not_ready", afterwards: "not_ready", reason });
        break;
      }
      case "phone.answer":
        this.change(id, { state: "active", answered_at: now });
        this.me({ state: "on_call" });
        break;
      case "phone.hangup":
        this.change(id, { state: "ended", ended_at: now });
        this.me({ state: "wrap_up", until: new Date(Date.now() + 30_000).toISOString() });
        break;
      case "phone.hold":
        this.change(id, { state: "held", held_at: now });
        break;
      case "phone.resume":
        this.change(id, { state: "active", held_at: null });
        break;
      case "phone.mute":
      case "phone.muted":
        this.change(id, { muted: Boolean(command.args && (command.args as { on: boolean }).on) });
        break;
      case "phone.consult":
        this.change(id, { state: "held", held_at: now });
        this.arrive(consultation(id, args["target"] ?? "", now));
        break;
      case "phone.swap":
        for (const call of this.consulted(id)) {
          const held = call.state === "active";
          this.change(call.id, {
            state: held ? "held" : "active",
            held_at: held ? now : null,
          });
        }
        break;
      case "phone.cancel_consult":
        this.endConsultation(id);
        this.change(id, { state: "active", held_at: null });
        break;
      case "phone.three_way":
        this.endConsultation(id);
        this.change(id, { state: "active", held_at: null, parties: ["Li Na"] });
        break;
      case "phone.complete":
        this.endConsultation(id);
        this.change(id, { state: "ended", ended_at: now });
        this.me({ state: "wrap_up", until: new Date(Date.now() + 30_000).toISOString() });
        break;
      case "phone.transfer":
        this.change(id, { state: "ended", ended_at: now });
        this.me({ state: "wrap_up", until: new Date(Date.now() + 30_000).toISOString() });
        break;
      case "phone.record": {
        const { on } = command.args as { on: boolean };
        this.change(id, { recording: on ? "on" : "paused" });
        break;
      }
      case "phone.reject":
        this.tell({ type: "call.gone", data: { id } });
        this.me({ state: "not_ready", afterwards: "not_ready", reason: "rejected" });
        break;
      case "health.watch": {
        clearInterval(this.watching);
        if ((command.args as { on: boolean }).on) {
          this.tellHealth();
          this.watching = window.setInterval(() => this.tellHealth(), HEALTH_MS);
        }
        break;
      }
      case "call.note":
        this.change(id, { note: args["note"] ?? "" });
        break;
    }
  }
}

const CARDS = [WANG, LONG, NEW];

function customer(id: string) {
  const card = CARDS.find(({ party_id }) => party_id === id) ?? WANG;
  return customerDetail(card);
}

export function devApi(scenario: Scenario): Api {
  const absent = async (): Promise<never> => {
    throw new ApiError(404, "not_found", "not on this page");
  };
  return {
    session: async () => SESSION,
    signIn: async () => ({ user: SESSION.user }),
    signOut: async () => undefined,
    savePrefs: async () => undefined,
    deskConfig: async () => DESK_CONFIG,
    myFigures: async () => FIGURES,
    practice: async () => ({ url: "/practice/" }),
    practiceCall: absent,
    phone: absent,
    myCalls: async () => ({ items: scenario.log }),
    patchCall: absent,
    findCustomers: async (q) => ({
      items: CARDS.filter(({ name }) => name.toLowerCase().includes(q.toLowerCase())).map(
        (card) => ({
          id: card.party_id,
          kind: "person",
          name: card.name,
          company: card.company,
          tier: card.tier,
          number: "+8613800138000",
          display: "+86 138 0013 8000",
        }),
      ),
    }),
    customer: async (id) => customer(id),
    createCustomer: async () => customer("p-new"),
    createTicket: async () => ticketDetail("t-new"),
    ticket: async (id) => ticketDetail(id),
    addNote: async (id, { body }) => {
      const ticket = ticketDetail(id);
      const note = { id: "n-9", at: new Date().toISOString(), author: "Zhang Wei", call_id: null };
      return { ...ticket, notes: [...ticket.notes, { ...note, body }] };
    },
    patchTicket: async (id, { status, priority }) => {
      const ticket = ticketDetail(id);
      return { ...ticket, status: status ?? ticket.status, priority: priority ?? ticket.priority };
    },
    ...workApi(scenario.work),
    ...truthApi(scenario.truth),
  };
}
