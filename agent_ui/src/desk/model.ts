import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Api } from "../api";
import type { Clock } from "../clock";
import type {
  CallRow,
  CallView,
  ChangedView,
  CustomerCard,
  CustomerDetail,
  DeskConfig,
  LoggedView,
  PrefsPatch,
  PrefsView,
  TicketDetail,
  UserView,
} from "../messages.gen";
import type { Phone } from "../phone";
import { isConsultation } from "../phone/pairing";
import { PRACTISING } from "../practice";
import { applyDensity, applyLocale, applyTheme, isLocale, isTheme } from "../prefs";
import { Resource } from "../resource";
import { CommandError, type GatewaySocket } from "../socket";
import type { Store } from "../store";
import type { Drafts } from "../ticket/drafts";
import { NoteKeeper } from "../ticket/note_keeper";
import { afterPaint } from "../ui/frame";
import type { Bench } from "../work/bench";
import type { Subject } from "../work/work";
import { Actions } from "./actions";
import { inWords, Notices } from "./notices";
import type { Panel } from "./panels";
import { PrefsKeeper } from "./prefs_keeper";

/** After the first word of the server, which a slow browser takes a moment to draw. */
const SETTLE_MS = 500;

/** What the two wide columns are about: a call (live, or one that was), or a customer by itself. */
export type Shown =
  | { readonly kind: "nothing" }
  | { readonly kind: "call"; readonly call: CallView }
  | { readonly kind: "past"; readonly row: CallRow }
  | { readonly kind: "customer"; readonly partyId: string };

export interface DeskParts {
  user: UserView;
  api: Api;
  socket: GatewaySocket;
  store: Store;
  clock: Clock;
  phone: ReadonlySignal<Phone>;
  drafts: Drafts;
  signOut: () => void;
}

/** Everything the screens of one signed-in user share. Built once, given down by context. */
export class Desk {
  readonly user: UserView;
  readonly api: Api;
  readonly store: Store;
  readonly clock: Clock;
  readonly phone: ReadonlySignal<Phone>;
  readonly drafts: Drafts;
  readonly socket: GatewaySocket;
  readonly signOut: () => void;
  readonly notices = new Notices(Date.now);
  /** What can be done with a key, and with which. */
  readonly actions = new Actions();
  readonly note: NoteKeeper;
  readonly customer: Resource<CustomerDetail>;
  readonly ticket: Resource<TicketDetail>;
  /** Reasons, dispositions, queues and tags: what seldom changes. */
  readonly config: Resource<DeskConfig>;
  /** What follows a call; there once its code is, soon after the desk. */
  readonly bench = signal<Bench | null>(null);
  /** What the user set for themselves; it follows them to other machines. */
  readonly prefs: ReadonlySignal<PrefsView>;
  readonly prefsKeeper: PrefsKeeper;
  /** The narrow layout shows one column at a time. */
  readonly tab = signal<"calls" | "customer" | "work">("calls");
  readonly practising = PRACTISING;
  /** What lies over the desk's right side, if anything: settings, help … */
  readonly panel = signal<Panel | null>(null);
  /** It can be worked at and has been drawn: what is wanted besides may be fetched. */
  readonly settled: ReadonlySignal<boolean>;
  /** Raised when the log has a reason to be read again. */
  readonly logVersion = signal(0);

  /** The call that rings at this desk now; a call we place ourselves is no visitor. */
  readonly ringing: ReadonlySignal<CallView | null>;
  /** The call the phone bar is about: who is talked to, before who waits. */
  readonly current: ReadonlySignal<CallView | null>;
  readonly isCalling: ReadonlySignal<boolean>;
  /** Why I shall not be ready after this call; null when I shall be, and at rest. */
  readonly afterwards: ReadonlySignal<string | null>;
  /** What is shown, with the latest news of it. */
  readonly shown: ReadonlySignal<Shown>;
  readonly partyId: ReadonlySignal<string | null>;
  /** The card to draw at once, before the full record is there. */
  readonly card: ReadonlySignal<CustomerCard | null>;
  /** The ticket being worked; null is a new one. */
  readonly ticketId: ReadonlySignal<string | null>;
  /** What the work column is about. */
  readonly subject: ReadonlySignal<Subject>;
  /** Nobody is talked to about what is shown: a call that ended, or none. */
  readonly isOver: ReadonlySignal<boolean>;
  /** The call's id, else the customer's; "" for nothing. */
  readonly shownKey: ReadonlySignal<string>;

  private readonly chosen = signal<Shown>({ kind: "nothing" });
  private readonly chosenTicket = signal<{ for: string; id: string | null } | null>(null);
  private readonly disposals: (() => void)[];
  private wasUp = false;

  constructor(parts: DeskParts) {
    this.user = parts.user;
    this.api = parts.api;
    this.prefsKeeper = new PrefsKeeper(
      parts.user,
      async (patch) => void (await this.api.savePrefs(patch)),
      Date.now,
      (error) => this.notices.say(inWords(error)),
    );
    this.prefs = this.prefsKeeper.view;
    this.store = parts.store;
    this.clock = parts.clock;
    this.phone = parts.phone;
    this.drafts = parts.drafts;
    this.socket = parts.socket;
    this.signOut = () => void this.leave(parts.signOut);
    this.customer = new Resource((id) => this.api.customer(id));
    this.ticket = new Resource((id) => this.api.ticket(id));
    this.config = new Resource(() => this.api.deskConfig());
    this.note = new NoteKeeper({
      drafts: parts.drafts,
      send: (callId, note, was) => this.sendNote(callId, note, was),
      latest: async (callId) => (await this.api.call(callId)).note,
      mayAutosave: () => this.ticketId.peek() !== null || this.partyId.peek() === null,
      now: Date.now,
    });
    const { calls, me } = this.store;
    const settled = signal(false);
    this.settled = settled;
    const isTold = computed(() => me.value !== null);
    this.ringing = computed(() => calls.value.find(isVisitor) ?? null);
    this.current = computed(
      () =>
        calls.value.find(({ state }) => state === "active") ??
        calls.value.find(({ state }) => state === "held") ??
        calls.value.find(({ state }) => state === "ringing") ??
        null,
    );
    this.isCalling = computed(() => {
      const state = this.store.me.value?.state;
      return state === "ringing" || state === "on_call";
    });
    this.afterwards = computed(() => {
      const me = this.store.me.value;
      const busy = this.isCalling.value || me?.state === "wrap_up";
      return busy && me?.afterwards === "not_ready" ? me.reason : null;
    });
    this.shown = computed(() => {
      const shown = this.chosen.value;
      if (shown.kind !== "call") return shown;
      const latest = calls.value.find(({ id }) => id === shown.call.id);
      return latest ? { kind: "call", call: latest } : shown;
    });
    this.partyId = computed(() => partyOf(this.shown.value));
    this.card = computed(() => {
      const detail = this.customer.data.value;
      if (detail && detail.id === this.partyId.value) return detail.card;
      const shown = this.shown.value;
      return shown.kind === "call" ? shown.call.caller.card : null;
    });
    this.ticketId = computed(() => {
      const choice = this.chosenTicket.value;
      const shown = this.shown.value;
      if (choice && choice.for === keyOf(shown)) return choice.id;
      if (shown.kind === "call") return shown.call.ticket_id;
      if (shown.kind === "past") return shown.row.ticket_id;
      return null;
    });
    this.subject = computed(() => subjectOf(this));
    this.shownKey = computed(() => keyOf(this.shown.value));
    this.isOver = computed(() => {
      const shown = this.shown.value;
      return shown.kind === "call" ? shown.call.state === "ended" : shown.kind !== "nothing";
    });
    this.disposals = [
      effect(() => {
        if (!isTold.value) return;
        const timer = setTimeout(() => {
          settled.value = true;
        }, SETTLE_MS);
        return () => clearTimeout(timer);
      }),
      effect(() => this.hearCalls(calls.value)),
      effect(() => this.reread(this.store.logged.value)),
      effect(() => {
        // While the line was down anything may have happened.
        if (this.socket.link.value !== "up") return;
        if (this.wasUp) void this.rereadPrefs();
        this.wasUp = true;
        void this.customer.refresh();
        void this.ticket.refresh();
        if (this.config.error.peek() !== null) void this.config.refresh();
        else this.config.open("desk");
      }),
      effect(() => applyDensity(this.prefs.value.density)),
      effect(() => {
        this.actions.chosen.value = this.prefs.value.shortcuts;
      }),
      effect(() => this.hear(this.store.changed.value)),
      effect(() => {
        const told = this.store.notice.value;
        if (told !== null) void this.notices.told(told.code, told.message);
      }),
      effect(() => this.customer.open(this.partyId.value)),
      effect(() => this.ticket.open(this.ticketId.value)),
      effect(() => this.note.open(noteSubject(this.shown.value, this.ticketId.value))),
    ];
  }

  // --- what is on the screen ---------------------------------------------------------------

  showCall(call: CallView): void {
    this.chosen.value = { kind: "call", call };
    this.tab.value = "customer";
  }

  showPast(row: CallRow): void {
    const live = this.store.calls.peek().find(({ id }) => id === row.id);
    this.chosen.value = live ? { kind: "call", call: live } : { kind: "past", row };
    this.tab.value = "customer";
  }

  showCustomer(partyId: string): void {
    this.chosen.value = { kind: "customer", partyId };
    this.tab.value = "customer";
  }

  workOn(ticketId: string | null): void {
    this.chosenTicket.value = { for: keyOf(this.shown.peek()), id: ticketId };
    this.tab.value = "work";
  }

  /** The ticket of this call, or of this customer. */
  putOn(key: string, ticketId: string | null): void {
    this.chosenTicket.value = { for: key, id: ticketId };
  }

  private known = new Map<string, CallView["state"]>();
  private heard: readonly CallView[] = [];
  private followLater = () => {};

  /**
   * The card of who begins to ring, or rings no more, is shown before anything else is drawn: the
   * columns follow a frame later, or with the next news of a call.
   */
  private hearCalls(calls: readonly CallView[]): void {
    const before = this.heard;
    this.heard = calls;
    this.followLater();
    const comes = calls.some((call) => isVisitor(call) && !has(before, call));
    const goes = before.some((call) => !has(calls, call));
    if (comes || goes) this.followLater = afterPaint(() => this.follow(calls));
    else this.follow(calls);
  }

  /**
   * Brings a call before the agent's eyes as it rings (unless they are writing) and in any case as
   * they answer; a call that is over stays until something else is shown.
   */
  private follow(calls: readonly CallView[]): void {
    const before = this.known;
    this.known = new Map(calls.map(({ id, state }) => [id, state]));
    const talking = calls.some(({ state, answered_at }) => state === "active" && answered_at);
    for (const call of calls) {
      const was = before.get(call.id);
      // A second call waits on its card until somebody turns to it.
      if (call.state === "ringing" && talking) continue;
      // The customer stays on the screen while a colleague is asked about them.
      if (was === call.state || isConsultation(call, calls)) continue;
      const back = was === "held" && this.isLeft(calls) && !isWriting();
      const began =
        call.state === "ringing"
          ? !isWriting()
          : call.state === "active" && (was !== "held" || back);
      if (began || before.size === 0) this.chosen.value = { kind: "call", call };
      if (began && call.state === "ringing") this.tab.value = "customer";
      if (call.state === "ended") this.tab.value = "work";
    }
    const shown = this.chosen.peek();
    if (shown.kind === "call") {
      const latest = calls.find(({ id }) => id === shown.call.id);
      // Told a moment later what it is: not a call of its own, but about this customer.
      const about = latest && calls.find(({ id }) => id === latest.consult_of);
      if (about && latest.about === null) this.chosen.value = { kind: "call", call: about };
      else if (latest && latest !== shown.call) this.chosen.value = { kind: "call", call: latest };
      else if (!latest && shown.call.state === "ringing") this.chosen.value = { kind: "nothing" };
    }
  }

  /** What is shown is a call that waits on hold: the one gone back to is what matters now. */
  private isLeft(calls: readonly CallView[]): boolean {
    const shown = this.chosen.peek();
    if (shown.kind !== "call") return false;
    return calls.find(({ id }) => id === shown.call.id)?.state === "held";
  }

  /** What was read over REST is old. */
  private hear(changed: ChangedView | null): void {
    if (changed === null) return;
    const { what, id } = changed;
    if (what === "desk") {
      void this.config.refresh();
      void this.rereadPrefs();
    }
    if (what === "ticket" && id === this.ticketId.peek()) void this.ticket.refresh();
    if (what === "customer" && id === this.partyId.peek()) void this.customer.refresh();
  }

  /** The log has something new of a call: what was read of it is read again. */
  private reread(logged: LoggedView | null): void {
    if (logged === null) return;
    this.logVersion.value = this.logVersion.peek() + 1;
    if (logged.party_id !== null && logged.party_id === this.partyId.peek()) {
      void this.customer.refresh();
    }
  }

  // --- orders ------------------------------------------------------------------------------

  /** Applied here at once, sent when it rests and the server is there. */
  setPrefs(changed: PrefsPatch): void {
    this.prefsKeeper.set(changed);
  }

  /** As they are on the server now, perhaps changed at another machine. */
  private async rereadPrefs(): Promise<void> {
    try {
      const { user } = await this.api.session();
      if (user === null) return;
      const { locale, theme } = this.prefsKeeper.follow(user);
      if (locale !== undefined && isLocale(locale)) await applyLocale(locale);
      if (theme !== undefined && isTheme(theme)) applyTheme(theme);
    } catch {
      // They stay as they are; the next return of the line asks again.
    }
  }

  ready(): Promise<boolean> {
    return this.notices.attempt(() => this.socket.command("agent.ready", {}));
  }

  /** During a call it takes effect after it, and is shown until then. */
  notReady(reason: string): Promise<boolean> {
    return this.notices.attempt(() => this.socket.command("agent.not_ready", { reason }));
  }

  /** Opens a desk of one's own on a simulated switch, and leaves this one not ready. */
  practise(): Promise<boolean> {
    return this.notices.attempt(async () => {
      const { url } = await this.api.practice();
      location.assign(url);
    });
  }

  /** Back to the real desk; the practice room forgets what was done in it. */
  async leavePractice(): Promise<void> {
    // A room that does not answer is left all the same: it ends by itself.
    await this.api.signOut().catch(() => undefined);
    location.assign("/");
  }

  /** Once per wrap-up. */
  extendWrapUp(): Promise<boolean> {
    return this.notices.attempt(() => this.socket.command("agent.extend_wrap_up", {}));
  }

  /** Ready again, or not ready when that follows the call. */
  finishWrapUp(): Promise<boolean> {
    if (this.afterwards.peek() === null) return this.ready();
    return this.notices.attempt(() => this.socket.command("agent.finish_wrap_up", {}));
  }

  /** What was saved goes to the server first; who would leave some of it behind is asked. */
  private async leave(signOut: () => void): Promise<void> {
    await this.note.flush();
    if ((await this.bench.peek()?.mayLeave()) !== false) signOut();
  }

  phoneOrder(order: (phone: Phone) => Promise<void>): Promise<boolean> {
    return this.notices.attempt(() => order(this.phone.peek()));
  }

  /** This customer is calling: one of several owners, a new one, or another than we thought. */
  async chooseCustomer(partyId: string): Promise<boolean> {
    const shown = this.shown.peek();
    if (shown.kind === "call") {
      const args = { call_id: shown.call.id, party_id: partyId };
      return await this.notices.attempt(() => this.socket.command("call.choose_customer", args));
    }
    if (shown.kind !== "past") {
      this.showCustomer(partyId);
      return true;
    }
    return await this.notices.attempt(async () => {
      const { version } = await this.api.call(shown.row.id);
      const row = await this.api.patchCall(shown.row.id, { party_id: partyId, version });
      this.chosen.value = { kind: "past", row };
      this.logVersion.value += 1;
    });
  }

  /** Puts the call on this ticket. */
  async attachTicket(ticketId: string): Promise<boolean> {
    this.workOn(ticketId);
    const callId = callOf(this.shown.peek());
    if (callId === null) return true;
    return await this.notices.attempt(async () => {
      const { version } = await this.api.call(callId);
      await this.api.patchCall(callId, { ticket_id: ticketId, version });
    });
  }

  /** Of parts that are drawn only once the bench is there. */
  get work() {
    return this.theBench.work;
  }

  get todo() {
    return this.theBench.todo;
  }

  get ticketChanges() {
    return this.theBench.ticketChanges;
  }

  get theBench(): Bench {
    const bench = this.bench.value;
    if (bench === null) throw new Error("a part of the bench was drawn before it");
    return bench;
  }

  private async sendNote(callId: string, note: string, was: string): Promise<"done" | "changed"> {
    try {
      await this.socket.command("call.note", { call_id: callId, note, was });
      return "done";
    } catch (error) {
      if (error instanceof CommandError && error.code === "note_changed") return "changed";
      throw error;
    }
  }

  tick(now: number): void {
    this.note.tick(now);
    this.notices.tick(now);
    this.prefsKeeper.tick(now);
    this.bench.peek()?.tick(now);
  }

  stop(): void {
    void this.note.flush();
    void this.prefsKeeper.flush().catch(() => undefined);
    this.bench.peek()?.stop();
    this.followLater();
    for (const dispose of this.disposals) dispose();
  }
}

/** A ringing call that somebody else began. */
export function isVisitor({ state, direction, answered_at, ...call }: CallView): boolean {
  if (state !== "ringing") return false;
  // Who is asked about somebody's call is rung as by anybody; who asks is not.
  const ours = direction === "outbound" || (call.consult_of !== null && call.about === null);
  return call.returning || (!ours && answered_at === null);
}

function has(calls: readonly CallView[], { id }: CallView): boolean {
  return calls.some((call) => call.id === id);
}

export function callOf(shown: Shown): string | null {
  if (shown.kind === "call") return shown.call.id;
  return shown.kind === "past" ? shown.row.id : null;
}

function keyOf(shown: Shown): string {
  return callOf(shown) ?? (shown.kind === "customer" ? shown.partyId : "");
}

function partyOf(shown: Shown): string | null {
  switch (shown.kind) {
    case "call":
      return shown.call.caller.card?.party_id ?? null;
    case "past":
      return shown.row.party_id;
    case "customer":
      return shown.partyId;
    case "nothing":
      return null;
  }
}

function queueOf(shown: Shown): string {
  if (shown.kind === "call") return shown.call.queue;
  return shown.kind === "past" ? (shown.row.queues.at(-1) ?? "") : "";
}

function subjectOf(desk: Desk): Subject {
  const shown = desk.shown.value;
  const card = desk.card.value;
  const caller = shown.kind === "call" ? shown.call.caller : null;
  const row = shown.kind === "past" ? shown.row : null;
  return {
    key: keyOf(shown),
    callId: callOf(shown),
    partyId: desk.partyId.value,
    ticketId: desk.ticketId.value,
    queue: queueOf(shown),
    name: card?.name || caller?.display || row?.party_name || row?.display || "",
    disposition: row?.disposition_id ?? null,
    tags: row?.tags ?? [],
    answered: shown.kind === "call" ? shown.call.answered_at !== null : row?.answered_at != null,
  };
}

function noteSubject(shown: Shown, ticketId: string | null) {
  if (shown.kind === "call") {
    return { key: shown.call.id, callId: shown.call.id, saved: shown.call.note };
  }
  if (shown.kind === "past")
    return { key: shown.row.id, callId: shown.row.id, saved: shown.row.note };
  const key = ticketId ?? keyOf(shown);
  return key === "" ? null : { key, callId: null, saved: "" };
}

/** The cursor is in a text somebody has begun. */
export function isWriting(): boolean {
  const at = document.activeElement;
  return (at instanceof HTMLTextAreaElement || at instanceof HTMLInputElement) && at.value !== "";
}
