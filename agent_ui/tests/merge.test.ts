import { beforeEach, describe, expect, test } from "vitest";
import { type Api, ApiError } from "../src/api";
import { Notices } from "../src/desk/notices";
import { ticketDetail } from "../src/dev/data";
import type { TicketDetail, TicketPatch } from "../src/messages.gen";
import { Resource } from "../src/resource";
import { merge } from "../src/ticket/merge";
import { TicketChanges } from "../src/ticket/ticket_changes";
import { settle, speakEnglish } from "./helpers";

const BASE = { subject: "Invoice", status: "open", priority: 3 } as const;

describe("my change of a ticket that somebody changed", () => {
  test("another field: both stand", () => {
    const merged = merge(BASE, { status: "solved" }, { ...BASE, priority: 1 });
    expect(merged).toEqual({ rest: { status: "solved" }, clashes: [], theirs: ["priority"] });
  });

  test("the same field, the same value: nothing to do", () => {
    const merged = merge(BASE, { status: "solved" }, { ...BASE, status: "solved" });
    expect(merged).toEqual({ rest: {}, clashes: [], theirs: ["status"] });
  });

  test("the same field, another value: somebody has to decide", () => {
    const now = { ...BASE, status: "pending", subject: "Invoice 2291" } as const;
    const merged = merge(BASE, { status: "solved", priority: 2 }, now);
    expect(merged.rest).toEqual({ priority: 2 });
    expect(merged.clashes).toEqual([{ field: "status", mine: "solved", theirs: "pending" }]);
    expect(merged.theirs).toEqual(["subject", "status"]);
  });

  test("what I put back as it was is no change", () => {
    expect(merge(BASE, { status: "open" }, { ...BASE, status: "pending" }).clashes).toEqual([]);
  });
});

/** One ticket on a server, which takes changes of its present version only. */
class Server {
  now: TicketDetail = { ...ticketDetail("t-10482"), ...BASE };

  patch = async (_: string, { version, ...change }: TicketPatch): Promise<TicketDetail> => {
    if (version !== this.now.version) throw new ApiError(409, "changed_meanwhile", "look again");
    this.now = { ...this.now, ...change, version: version + 1 };
    return this.now;
  };
}

class Agent {
  readonly notices = new Notices(Date.now);
  readonly ticket: Resource<TicketDetail>;
  readonly changes: TicketChanges;

  constructor(server: Server) {
    const api = { patchTicket: server.patch, ticket: async () => server.now } as Partial<Api>;
    this.ticket = new Resource(async () => server.now);
    this.changes = new TicketChanges({
      api: api as Api,
      notices: this.notices,
      ticket: this.ticket,
      saved: () => undefined,
    });
    this.ticket.open("t-10482");
  }

  get sees(): TicketDetail {
    const ticket = this.ticket.data.value;
    if (ticket === null) throw new Error("the ticket is not there yet");
    return ticket;
  }

  get told(): string[] {
    return this.notices.list.value.map(({ text }) => text);
  }
}

describe("two agents save the same ticket", () => {
  let server: Server;
  let li: Agent;
  let zhang: Agent;

  beforeEach(async () => {
    speakEnglish();
    server = new Server();
    li = new Agent(server);
    zhang = new Agent(server);
    await settle();
  });

  test("different fields: merged without a question, and said", async () => {
    await li.changes.change(li.sees, { priority: 1 });
    await zhang.changes.change(zhang.sees, { status: "pending" });
    expect(server.now).toMatchObject({ priority: 1, status: "pending" });
    expect(zhang.changes.conflict.value).toBeNull();
    expect(zhang.told).toEqual(["Li Na changed this ticket too. Both changes are kept."]);
    expect(zhang.sees).toEqual(server.now);
  });

  test("the same field: the second sees both and decides; until then nothing is overwritten", async () => {
    await li.changes.change(li.sees, { status: "pending" });
    await zhang.changes.change(zhang.sees, { status: "solved", priority: 2 });
    expect(server.now).toMatchObject({ status: "pending", priority: 2 });
    expect(zhang.changes.conflict.value?.clashes).toEqual([
      { field: "status", mine: "solved", theirs: "pending" },
    ]);
    await zhang.changes.decide(["status"]);
    expect(server.now.status).toBe("solved");
    expect(zhang.changes.conflict.value).toBeNull();
  });

  test("theirs is chosen: it stays", async () => {
    await li.changes.change(li.sees, { status: "pending" });
    await zhang.changes.change(zhang.sees, { status: "solved" });
    await zhang.changes.decide([]);
    expect(server.now.status).toBe("pending");
    expect(zhang.sees.status).toBe("pending");
  });

  test("while one decides it is changed again: that is a new question", async () => {
    await li.changes.change(li.sees, { status: "pending" });
    await zhang.changes.change(zhang.sees, { status: "solved" });
    await li.changes.change(li.sees, { status: "closed" });
    await zhang.changes.decide(["status"]);
    expect(server.now.status).toBe("closed");
    expect(zhang.changes.conflict.value?.clashes).toEqual([
      { field: "status", mine: "solved", theirs: "closed" },
    ]);
  });

  test("a subject that was begun before the other's change came is not written over it", async () => {
    const begun = zhang.sees;
    await li.changes.change(li.sees, { subject: "Invoice 2291" });
    await zhang.ticket.refresh(); // the news came while zhang was typing
    await zhang.changes.change(begun, { subject: "Wrong invoice" });
    expect(server.now.subject).toBe("Invoice 2291");
    expect(zhang.changes.conflict.value?.clashes[0]).toMatchObject({ mine: "Wrong invoice" });
  });

  test("my own changes one after the other are no conflict, though the screen is behind", async () => {
    const seen = zhang.sees;
    await Promise.all([
      zhang.changes.change(seen, { status: "pending" }),
      zhang.changes.change(seen, { status: "solved" }),
      zhang.changes.change(seen, { priority: 1 }),
    ]);
    expect(server.now).toMatchObject({ status: "solved", priority: 1 });
    expect(zhang.changes.conflict.value).toBeNull();
    expect(zhang.told).toEqual([]);
  });
});
