import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Ringer, type RingPlayer } from "../src/desk/ringer";
import { CALLERS, call } from "../src/dev/data";
import { type DevDesk, openDesk } from "../src/dev/open";
import { SCENARIOS, type Scenario } from "../src/dev/scenarios";
import { frequenciesOf } from "../src/phone/key_tones";
import { settled, speakEnglish } from "./helpers";

let page: DevDesk;
let ringer: Ringer;
let sounds: string[];
let fetches: number;
let away: boolean;

const player: RingPlayer = {
  ringOnce: async (tone, volume, device) => {
    sounds.push(`ring ${tone} ${volume} ${device}`);
  },
  beepOnce: async (volume, device) => {
    sounds.push(`beep ${volume} ${device}`);
  },
  hush: () => sounds.push("hush"),
};

const arrive = () => new Promise((resolve) => setTimeout(resolve, 5));

async function open(scenario: Scenario): Promise<void> {
  page = openDesk(scenario);
  await arrive();
  ringer = new Ringer({
    desk: page.desk,
    load: async () => {
      fetches += 1;
      if (away) throw new TypeError("not fetched");
      return player;
    },
  });
  await arrive();
}

/** Time goes on by the desk's ticker. */
async function pass(ms: number): Promise<void> {
  const from = page.desk.clock.now.peek();
  for (let at = 500; at <= ms; at += 500) page.desk.clock.tick(from + at);
  await arrive();
}

beforeEach(() => {
  speakEnglish();
  sounds = [];
  fetches = 0;
  away = false;
});

afterEach(() => {
  ringer.stop();
  page.desk.stop();
  page.desk.socket.stop();
});

const heard = () => sounds.filter((sound) => sound !== "hush");

describe("a call rings", () => {
  test("again and again, as the user wants it, until it is answered", async () => {
    await open(SCENARIOS.ringing);
    page.desk.setPrefs({
      ringtone: "bells",
      ring_volume: 0.5,
      devices: { microphone: "", speaker: "Jabra", ringer: "Loud" },
    });
    sounds = [];
    await pass(6_000);
    expect(heard()).toEqual(Array(2).fill("ring bells 0.5 Loud"));
    await page.desk.phoneOrder((phone) => phone.answer("c-1"));
    await arrive();
    expect(sounds.at(-1)).toBe("hush");
    const before = sounds.length;
    await pass(6_000);
    expect(sounds.length).toBe(before);
  });

  test("not for who wants silence", async () => {
    const silent = structuredClone(SCENARIOS.ringing);
    page = openDesk(silent);
    page.desk.setPrefs({ ring_on: false });
    ringer = new Ringer({ desk: page.desk, load: async () => player });
    await arrive();
    await pass(6_000);
    expect(heard()).toEqual([]);
  });

  test("in the ear of somebody who talks it is a soft beep, in the headset", async () => {
    await open(SCENARIOS.active);
    page.desk.setPrefs({ devices: { microphone: "", speaker: "Jabra", ringer: "Loud" } });
    page.wire.arrive(call({ id: "c-2", caller: CALLERS.fresh }));
    await arrive();
    await pass(3_000);
    expect(heard().length).toBeGreaterThan(0);
    expect(new Set(heard())).toEqual(new Set([`beep ${page.desk.prefs.peek().ring_volume} Jabra`]));
  });

  test("not on a screen whose telephone is elsewhere: that one rings", async () => {
    await open({ ...SCENARIOS.ringing, phone: "sip", line: "elsewhere" });
    await pass(6_000);
    expect(heard()).toEqual([]);
  });

  test("though its sounds could not be fetched before", async () => {
    away = true;
    await open(SCENARIOS.idle);
    expect(fetches).toBe(0);
    await settled(page.desk);
    expect(fetches).toBe(1);
    page.wire.arrive(call({}));
    await arrive();
    away = false;
    await pass(1_000);
    await pass(1_000);
    expect(heard().length).toBeGreaterThan(0);
  });
});

test.each([
  ["1", 697, 1209],
  ["#", 941, 1477],
  ["0", 941, 1336],
  ["D", 941, 1633],
  ["a", 697, 1633],
])("key %s sounds as the standard has it", (key, low, high) => {
  expect(frequenciesOf(key)).toEqual([low, high]);
});

test("what is no key has no tone", () => {
  expect(frequenciesOf("")).toBeNull();
  expect(frequenciesOf("x")).toBeNull();
});
