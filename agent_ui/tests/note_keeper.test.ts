import { beforeEach, expect, test } from "vitest";
import { Drafts } from "../src/ticket/drafts";
import { NoteKeeper } from "../src/ticket/note_keeper";
import { FakeTime, settle } from "./helpers";

let time: FakeTime;
let drafts: Drafts;
let sent: string[];
let onServer: string;
let broken: boolean;
let allowed: boolean;
let keeper: NoteKeeper;

function keep(): NoteKeeper {
  return new NoteKeeper({
    drafts,
    send: async (_, note, was) => {
      if (broken) throw new Error("the server is away");
      if (was !== onServer && note !== onServer) return "changed";
      sent.push(note);
      onServer = note;
      return "done";
    },
    latest: async () => onServer,
    mayAutosave: () => allowed,
    now: time.read,
  });
}

async function pause(ms = 1_000): Promise<void> {
  time.pass(ms);
  keeper.tick(time.now);
  await settle();
}

const about = (saved = "", key = "c-1") => ({ key, callId: key, saved });

beforeEach(() => {
  localStorage.clear();
  time = new FakeTime();
  drafts = new Drafts(localStorage);
  sent = [];
  onServer = "";
  broken = false;
  allowed = true;
  keeper = keep();
  keeper.open(about());
});

test("a pause in typing saves what is there, once", async () => {
  keeper.type("Inv");
  await pause(500);
  keeper.type("Invoice");
  await pause(500);
  expect(sent).toEqual([]);
  await pause(500);
  await pause();
  expect(sent).toEqual(["Invoice"]);
  expect(keeper.status.value).toBe("saved");
});

test("every key stroke is in this browser at once", () => {
  keeper.type("I");
  const reloaded = keep();
  reloaded.open(about());
  expect(reloaded.text.value).toBe("I");
  expect(reloaded.status.value).toBe("kept");
});

test("what the server did not take is said, kept and sent again", async () => {
  broken = true;
  keeper.type("Invoice");
  await pause();
  expect(keeper.status.value).toBe("kept");
  broken = false;
  await pause(6_000);
  expect(sent).toEqual(["Invoice"]);
  expect(keeper.status.value).toBe("saved");
});

test("while a save would open a ticket the note waits for the agent", async () => {
  allowed = false;
  keeper.type("Invoice");
  await pause();
  expect(sent).toEqual([]);
  expect(keeper.status.value).toBe("kept");
  await keeper.flush();
  expect(sent).toEqual(["Invoice"]);
});

test("the next note comes after the one that stands in the ticket", async () => {
  keeper.type("First");
  await pause();
  keeper.commit("First");
  expect(keeper.text.value).toBe("");
  expect(drafts.has("c-1")).toBe(false);
  keeper.type("Second");
  await pause();
  expect(sent.at(-1)).toBe("First\nSecond");
  const reloaded = keep();
  reloaded.open(about("First\nSecond"));
  expect(reloaded.text.value).toBe("Second");
  reloaded.type("Second, longer");
  await reloaded.flush();
  expect(sent.at(-1)).toBe("First\nSecond, longer");
});

test("what was typed while the ticket was saved is not lost", () => {
  keeper.type("First, and more");
  keeper.commit("First");
  expect(keeper.text.value).toBe(", and more");
});

test("another call brings its own note, and the first is sent before it goes", async () => {
  keeper.type("About the first");
  keeper.open(about("", "c-2"));
  await settle();
  expect(sent).toEqual(["About the first"]);
  expect(keeper.text.value).toBe("");
  keeper.open(about("About the first", "c-1"));
  expect(keeper.text.value).toBe("About the first");
});

test("notes go out one after the other, the last typed last", async () => {
  const slow: (() => void)[] = [];
  keeper = new NoteKeeper({
    drafts,
    send: (_, note) =>
      new Promise<"done">((resolve) => {
        slow.push(() => {
          sent.push(note);
          resolve("done");
        });
      }),
    latest: async () => "",
    mayAutosave: () => true,
    now: time.read,
  });
  keeper.open(about());
  keeper.type("a");
  const first = keeper.flush();
  keeper.type("ab");
  const second = keeper.flush();
  await settle();
  expect(slow).toHaveLength(1);
  slow[0]?.();
  await first;
  await settle();
  slow[1]?.();
  await second;
  expect(sent).toEqual(["a", "ab"]);
  expect(keeper.status.value).toBe("saved");
});

test("what another window wrote is shown, and ours comes after it", async () => {
  onServer = "Theirs";
  keeper.open(about("Theirs"));
  expect(keeper.before.value).toBe("Theirs");
  keeper.type("Ours");
  await pause();
  expect(onServer).toBe("Theirs\nOurs");
});

test("two windows that write at the same time keep both texts", async () => {
  const other = new NoteKeeper({
    drafts: new Drafts(sessionStorage), // another browser
    send: async (_, note, was) => {
      if (was !== onServer && note !== onServer) return "changed";
      onServer = note;
      return "done";
    },
    latest: async () => onServer,
    mayAutosave: () => true,
    now: time.read,
  });
  sessionStorage.clear();
  other.open(about());
  keeper.type("Inv");
  other.type("Call");
  await keeper.flush();
  await other.flush();
  expect(onServer).toBe("Inv\nCall");
  keeper.open(about("Inv"));
  keeper.open(about("Inv\nCall"));
  expect(keeper.before.value).toBe("Call");
  keeper.type("Invoice");
  other.type("Callback");
  await keeper.flush();
  await other.flush();
  expect(onServer).toBe("Invoice\nCallback");
  for (const [window, text, before] of [
    [keeper, "Invoice", "Callback"],
    [other, "Callback", "Invoice"],
  ] as const) {
    window.open(about(onServer));
    await settle();
    expect(window.text.value).toBe(text);
    expect(window.before.value).toBe(before);
  }
  const times = sent.length;
  await pause();
  other.tick(time.now);
  await settle();
  expect(sent).toHaveLength(times); // they do not answer each other for ever
  expect(onServer).toBe("Invoice\nCallback");
  const reloaded = keep();
  reloaded.open(about(onServer));
  expect([reloaded.text.value, reloaded.before.value]).toEqual(["Invoice", "Callback"]);
});

test("what the call tells of our own writing changes nothing", async () => {
  keeper.type("Invoice ");
  await pause();
  keeper.open(about("Invoice"));
  expect(keeper.before.value).toBe("");
  expect(keeper.text.value).toBe("Invoice ");
  await pause();
  expect(sent).toEqual(["Invoice "]);
});

test("a browser without storage still sends the note", async () => {
  const none = { getItem: refuse, setItem: refuse, removeItem: refuse } as unknown as Storage;
  drafts = new Drafts(none);
  keeper = keep();
  keeper.open(about());
  keeper.type("Invoice");
  await pause();
  expect(sent).toEqual(["Invoice"]);
});

function refuse(): never {
  throw new DOMException("no", "SecurityError");
}
