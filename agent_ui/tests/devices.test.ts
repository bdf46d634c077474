import { type Signal, signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DeviceLabels, PhoneError } from "../src/phone";
import { type DeviceNews, Devices } from "../src/phone/devices";
import { settle } from "./helpers";

const device = (kind: MediaDeviceKind, label: string, groupId = label) =>
  ({ kind, label, groupId, deviceId: `${kind} ${label}` }) as MediaDeviceInfo;

const BUILT_IN = [device("audioinput", "Built-in"), device("audiooutput", "Built-in")];
const HEADSET = [
  device("audioinput", "Jabra mic", "jabra"),
  device("audiooutput", "Jabra ear", "jabra"),
];

class FakeMedia extends EventTarget {
  devices: MediaDeviceInfo[] = [];
  enumerateDevices = async () => this.devices;

  async plug(...devices: MediaDeviceInfo[][]): Promise<void> {
    this.devices = devices.flat();
    this.dispatchEvent(new Event("devicechange"));
    await settle();
  }
}

let media: FakeMedia;
let wanted: Signal<DeviceLabels>;
let sinks: string[];
let news: DeviceNews[];
let microphones: number;
let dead: Signal<string | null>;
/** What the system opens next; null when there is nothing to open. */
let next: string | null;
let current: string;
let leave: EventTarget;
let prepared: number;
let devices: Devices;

async function open(labels: Partial<DeviceLabels>, ...there: MediaDeviceInfo[][]): Promise<void> {
  wanted = signal({ microphone: "", speaker: "", ringer: "", ...labels });
  media.devices = there.flat();
  devices = new Devices({
    media,
    wanted,
    choose: (chosen) => {
      wanted.value = { ...wanted.peek(), ...chosen };
    },
    sink: (id) => sinks.push(id),
    changeMicrophone: async () => {
      microphones += 1;
      if (next === null) throw new PhoneError("microphone_missing");
      current = next;
      dead.value = null;
    },
    dead,
    current: () => current,
    leave: Promise.resolve(leave),
    prepare: async () => {
      prepared += 1;
    },
    tell: (each) => news.push(each),
  });
  await settle();
}

beforeEach(() => {
  media = new FakeMedia();
  sinks = [];
  news = [];
  microphones = 0;
  dead = signal<string | null>(null);
  next = "Built-in";
  current = "";
  leave = new EventTarget();
  prepared = 0;
});

afterEach(() => devices.stop());

test("what is there is listed by name, the system's aliases are not", async () => {
  const alias = { ...device("audioinput", "Default - Built-in"), deviceId: "default" };
  await open({}, BUILT_IN, HEADSET, [alias]);
  expect(devices.available.value).toEqual({
    microphone: ["Built-in", "Jabra mic"],
    speaker: ["Built-in", "Jabra ear"],
    ringer: ["Built-in", "Jabra ear"],
  });
});

test("the chosen speaker is used as soon as it is known to be there", async () => {
  await open({ speaker: "Jabra ear" }, BUILT_IN, HEADSET);
  expect(sinks.at(-1)).toBe("audiooutput Jabra ear");
  wanted.value = { ...wanted.value, speaker: "" };
  expect(sinks.at(-1)).toBe("");
});

describe("a headset unplugged in mid-call", () => {
  test("the system's devices take over, and it is said once", async () => {
    await open({ microphone: "Jabra mic", speaker: "Jabra ear" }, BUILT_IN, HEADSET);
    await media.plug(BUILT_IN);
    expect(microphones).toBe(1);
    expect(sinks.at(-1)).toBe("");
    expect(news).toEqual([{ kind: "unplugged", name: "Jabra mic" }]);
  });

  test("plugged in again it is used again, and that is said", async () => {
    await open({ microphone: "Jabra mic", speaker: "Jabra ear" }, BUILT_IN, HEADSET);
    await media.plug(BUILT_IN);
    await media.plug(BUILT_IN, HEADSET);
    expect(microphones).toBe(2);
    expect(sinks.at(-1)).toBe("audiooutput Jabra ear");
    expect(news.at(-1)).toEqual({ kind: "back", name: "Jabra mic" });
    expect(devices.offered.value).toBeNull();
  });

  test("also when nobody had chosen it: the system had", async () => {
    await open({}, BUILT_IN, HEADSET);
    media.devices = BUILT_IN;
    dead.value = "Default - Jabra mic";
    await settle();
    expect(microphones).toBe(1);
    expect(news).toEqual([{ kind: "unplugged", name: "Jabra mic" }]);
  });

  test("it ends, and the machine tells of it: the calls are given another one once", async () => {
    await open({ microphone: "Jabra mic", speaker: "Jabra ear" }, BUILT_IN, HEADSET);
    dead.value = "Jabra mic";
    await media.plug(BUILT_IN);
    await settle();
    expect(microphones).toBe(1);
    expect(news).toEqual([{ kind: "unplugged", name: "Jabra mic" }]);
  });

  test("a device that was not in use goes unnoticed", async () => {
    await open({ microphone: "Built-in", speaker: "Built-in" }, BUILT_IN, HEADSET);
    await media.plug(BUILT_IN);
    expect(microphones).toBe(0);
    expect(news).toEqual([]);
  });
});

describe("a headset plugged in", () => {
  test("is offered, and taken with its microphone and its speaker", async () => {
    await open({}, BUILT_IN);
    await media.plug(BUILT_IN, HEADSET);
    expect(devices.offered.value).toBe("Jabra mic");
    expect(microphones).toBe(0);
    devices.takeOffered(true);
    expect(wanted.value).toMatchObject({ microphone: "Jabra mic", speaker: "Jabra ear" });
    expect(microphones).toBe(1);
    expect(sinks.at(-1)).toBe("audiooutput Jabra ear");
    expect(devices.offered.value).toBeNull();
  });

  test("can be left, and is not offered any more when it goes", async () => {
    await open({}, BUILT_IN);
    await media.plug(BUILT_IN, HEADSET);
    devices.takeOffered(false);
    expect(wanted.value.microphone).toBe("");
    await media.plug(BUILT_IN);
    await media.plug(BUILT_IN, HEADSET);
    await media.plug(BUILT_IN);
    expect(devices.offered.value).toBeNull();
  });
});

describe("a microphone that dies with its plug in", () => {
  test("the system's takes over, and it is said", async () => {
    await open({ microphone: "Jabra mic" }, BUILT_IN, HEADSET);
    dead.value = "Jabra mic";
    await settle();
    expect(microphones).toBe(1);
    expect(news).toEqual([{ kind: "unplugged", name: "Jabra mic" }]);
  });

  test("opened once more it is not gone", async () => {
    await open({ microphone: "Jabra mic" }, BUILT_IN, HEADSET);
    next = "Jabra mic";
    dead.value = "Jabra mic";
    await settle();
    expect(news).toEqual([{ kind: "back", name: "Jabra mic" }]);
  });

  test("it had died before anybody looked", async () => {
    dead.value = "Jabra mic";
    await open({}, BUILT_IN, HEADSET);
    expect(microphones).toBe(1);
    expect(news).toEqual([{ kind: "unplugged", name: "Jabra mic" }]);
  });

  test("there is no other: nothing is said to take over, and what is plugged in does", async () => {
    await open({ microphone: "Jabra mic" }, HEADSET);
    next = null;
    dead.value = "Jabra mic";
    await media.plug([]);
    expect(dead.value).toBe("Jabra mic");
    expect(news).toEqual([]);
    next = "Built-in";
    await media.plug(BUILT_IN);
    expect(dead.value).toBeNull();
    expect(news).toEqual([{ kind: "unplugged", name: "Jabra mic" }]);
    expect(devices.offered.value).toBeNull();
  });

  test("the user's leave changes: the microphone is asked for again", async () => {
    await open({}, BUILT_IN);
    leave.dispatchEvent(new Event("change"));
    await settle();
    expect(prepared).toBe(1);
    devices.stop();
    leave.dispatchEvent(new Event("change"));
    await settle();
    expect(prepared).toBe(1);
  });
});

test("another microphone that cannot be opened leaves the rest as it is", async () => {
  await open({}, BUILT_IN, HEADSET);
  next = null;
  wanted.value = { ...wanted.value, microphone: "Jabra mic" };
  await settle();
  expect(microphones).toBe(1);
  await media.plug(BUILT_IN);
  expect(devices.available.value.microphone).toEqual(["Built-in"]);
});

test("another microphone chosen in the settings is talked into at once", async () => {
  await open({}, BUILT_IN, HEADSET);
  wanted.value = { ...wanted.value, microphone: "Jabra mic" };
  expect(microphones).toBe(1);
  wanted.value = { ...wanted.value, ringer: "Built-in" };
  expect(microphones).toBe(1);
});
