import { beforeEach, expect, test } from "vitest";
import { NOTHING, WrapDrafts, WrapKeeper } from "../src/work/wrap_draft";

const TAGGED = { ...NOTHING, tags: ["renewal"] };

beforeEach(() => sessionStorage.clear());

test("a draft that was saved is forgotten: what stands in the storage counts again", () => {
  const drafts = new WrapDrafts(sessionStorage, "u-1");
  const keeper = new WrapKeeper(drafts);
  keeper.put("c-1", TAGGED);
  expect(keeper.of("c-1")).toEqual(TAGGED);
  keeper.put("c-1", NOTHING);
  expect(sessionStorage.length).toBe(0);
  drafts.set("c-1", { ...NOTHING, solved: true }); // by another page of this browser
  expect(keeper.of("c-1").solved).toBe(true);
});

test("a browser without storage keeps what is not saved as long as the page lives", () => {
  const off = { getItem: refuse, setItem: refuse, removeItem: refuse } as unknown as Storage;
  const keeper = new WrapKeeper(new WrapDrafts(off, "u-1"));
  keeper.put("c-1", TAGGED);
  expect(keeper.of("c-1")).toEqual(TAGGED);
  keeper.put("c-1", NOTHING);
  expect(keeper.of("c-1")).toEqual(NOTHING);
});

function refuse(): never {
  throw new DOMException("no storage", "SecurityError");
}
