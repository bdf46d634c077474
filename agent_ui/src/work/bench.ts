import { effect, signal } from "@preact/signals";
import type { Desk } from "../desk/model";
import { callOf } from "../desk/model";
import type { CallDetail, CallView } from "../messages.gen";
import { CommandError } from "../socket";
import { TicketChanges } from "../ticket/ticket_changes";
import { DueNews } from "./due_news";
import type { Job } from "./outbox";
import { Todo } from "./todo";
import { firstLine, Work } from "./work";

/** Set aside because the line or the server was away, not because anybody wanted it. */
const SET_ASIDE = new Set(["disconnected", "no_phone", "signed_in"]);

/**
 * What an agent works with besides the telephone and the customer's record: notes and tickets, what
 * follows a call, what waits between calls. It is fetched after the desk, which answers calls
 * without it.
 */
export class Bench {
  readonly work: Work;
  readonly todo: Todo;
  readonly ticketChanges: TicketChanges;
  /** Signing out with something that is not on the server: asked about, or done once it is there. */
  readonly leaving = signal<"no" | "asked" | "waiting">("no");
  /** The call after which its agent is ready (or whatever follows) as soon as it is saved. */
  readonly goesOn = signal<string | null>(null);
  private readonly disposals: (() => void)[];

  constructor(private readonly desk: Desk) {
    this.work = new Work({
      userId: desk.user.id,
      api: desk.api,
      notices: desk.notices,
      note: desk.note,
      config: desk.config,
      subject: desk.subject,
      storage: desk.drafts.storage,
      online: () => desk.socket.link.peek() === "up",
      isHere: (callId) => desk.store.calls.peek().some(({ id }) => id === callId),
      saved: (callId, detail) => this.callSaved(callId, detail),
    });
    this.todo = new Todo(desk);
    this.ticketChanges = new TicketChanges({
      api: desk.api,
      notices: desk.notices,
      ticket: desk.ticket,
      saved: () => void desk.customer.refresh(),
    });
    const dueNews = new DueNews(desk);
    this.disposals = [
      effect(() => {
        // While the line was down anything may have happened.
        if (desk.socket.link.value !== "up") return;
        this.todo.refresh();
        this.work.outbox.wake();
      }),
      effect(() => {
        const changed = desk.store.changed.value;
        if (changed !== null) this.todo.hear(changed);
      }),
      effect(() => dueNews.look(this.todo.due.value)),
      effect(() => this.work.open(desk.shownKey.value)),
      effect(() => this.goOnOnceSaved()),
      effect(() => this.leaveOnceSaved()),
      effect(() => {
        // The server guesses a call's ticket anew when the customer's tickets change: what has been
        // begun here stays on the one it was begun on.
        const { key, callId, partyId, ticketId } = desk.subject.value;
        if (callId !== null && partyId !== null && this.work.hasBegun(key)) {
          desk.putOn(key, ticketId);
        }
      }),
    ];
    desk.bench.value = this;
  }

  /**
   * Saves everything about what is shown, and goes on to the next call when this one is over. What
   * cannot be saved now is in the outbox by then.
   */
  async saveAndGoOn(): Promise<boolean> {
    const { desk } = this;
    const isCall = callOf(desk.shown.peek()) !== null;
    if (!isCall && !(await this.saveNote())) return false;
    if (!(await this.work.save())) return false;
    if (desk.store.me.peek()?.state !== "wrap_up") return true;
    if (desk.socket.link.peek() === "up") return await this.goOn();
    this.goesOn.value = callOf(desk.shown.peek());
    return true;
  }

  private async goOn(): Promise<boolean> {
    const { desk } = this;
    const other = this.unfinished();
    if (other === undefined) return await desk.finishWrapUp();
    desk.showCall(other); // another call that ended before: it comes first
    desk.tab.value = "work";
    return false;
  }

  /** What was pressed while the server was away happens when it is back: nobody presses twice. */
  private goOnOnceSaved(): void {
    const { desk, goesOn } = this;
    const callId = goesOn.value;
    const me = desk.store.me.value;
    if (callId === null || me === null || desk.socket.link.value !== "up") return;
    // It is about to be told what state it comes back to.
    if (me.state === "unresponsive") return;
    const job = this.work.outbox.jobs.value.find((each) => each.callId === callId);
    if (job !== undefined && job.refused === undefined) return;
    goesOn.value = null;
    if (job !== undefined) return; // refused: it is looked at first
    if (me.state === "wrap_up") void this.goOn();
    else if (me.state === "not_ready" && SET_ASIDE.has(me.reason)) void desk.ready();
  }

  /** False where something would stay behind in this browser: said in the menu, once. */
  async mayLeave(): Promise<boolean> {
    if (await this.work.leave()) this.desk.drafts.forgetSent();
    else if (this.leaving.peek() !== "asked") {
      this.leaving.value = "asked";
      return false;
    }
    return true;
  }

  private leaveOnceSaved(): void {
    const jobs = this.work.outbox.jobs.value;
    if (this.leaving.value === "no") return;
    if (jobs.length === 0) {
      if (this.desk.isCalling.value) return; // after the call
      const isWaiting = this.leaving.peek() === "waiting";
      this.leaving.value = "no";
      if (isWaiting) this.desk.signOut();
    } else if (jobs.every(({ refused }) => refused !== undefined)) {
      this.leaving.value = "asked"; // waiting would not help
    }
  }

  private unfinished(): CallView | undefined {
    const { desk } = this;
    const shown = callOf(desk.shown.peek());
    return desk.store.calls
      .peek()
      .filter(({ state, id }) => state === "ended" && id !== shown)
      .find((call) => desk.drafts.has(call.id) || this.work.isUnfinished(call));
  }

  /**
   * Writes the note into the ticket, opening one when there is none. True when nothing is left to
   * save.
   */
  async saveNote(): Promise<boolean> {
    const { note, notices, partyId, ticketId } = this.desk;
    const text = note.text.peek().trim();
    if (text === "") return true;
    const without = this.work.wrap.draft.peek().without_ticket && ticketId.peek() === null;
    const party = partyId.peek();
    if (party !== null && !without)
      return await notices.attempt(() => this.intoTicket(party, text));
    // It stays with the call: there is nobody to open a ticket for, or nobody wants one.
    if (this.desk.subject.peek().callId === null) return false;
    return await notices.attempt(async () => {
      await note.flush();
      if (note.status.peek() !== "saved") throw new CommandError("server_lost", "not saved");
      note.commit(text);
    });
  }

  private async intoTicket(partyId: string, text: string): Promise<void> {
    const { desk, work } = this;
    const { key, callId, queue } = desk.subject.peek();
    let ticketId = desk.ticketId.peek();
    if (ticketId === null) {
      const subject = work.wrap.draft.peek().subject.trim() || firstLine(text);
      const body = { subject, party_id: partyId, queue, call_id: callId };
      ticketId = (await desk.api.createTicket(body)).id;
      desk.putOn(key, ticketId);
      work.wrap.change({ subject: "" });
    }
    const ticket = await desk.api.addNote(ticketId, { body: text, call_id: callId });
    desk.ticket.set(ticketId, ticket);
    desk.note.commit(text);
    void desk.customer.refresh();
    desk.logVersion.value += 1;
  }

  /** What the server refused later is brought back to where it was written. */
  async reopen(job: Job): Promise<boolean> {
    const { desk, work } = this;
    const { callId } = job;
    if (callId === null) return true;
    return await desk.notices.attempt(async () => {
      const row = await desk.api.call(callId);
      const text = work.restore(job);
      if (desk.shownKey.peek() === callId) desk.note.type(text);
      else desk.drafts.set(callId, { text, sent: "" });
      work.outbox.remove(job.key);
      desk.showPast(row);
      desk.tab.value = "work";
    });
  }

  /** Everything about a call is on the server, perhaps with a ticket that was opened for it. */
  private callSaved(callId: string, detail: CallDetail | null): void {
    const { desk } = this;
    desk.logVersion.value = desk.logVersion.peek() + 1;
    if (desk.shownKey.peek() !== callId) return;
    const ticketId = detail?.ticket_id ?? null;
    if (ticketId !== null) desk.putOn(callId, ticketId);
    void desk.ticket.refresh();
    void desk.customer.refresh();
  }

  tick(now: number): void {
    this.work.tick(now);
    this.todo.undo.tick(now);
  }

  stop(): void {
    this.work.stop();
    for (const dispose of this.disposals) dispose();
  }
}
