import { type Signal, signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DeviceLabels } from "../src/phone";
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
let ended: boolean;
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
    },
    microphoneEnded: () => ended,
    tell: (each) => news.push(each),
  });
  await settle();
}

beforeEach(() => {
  media = new FakeMedia();
  sinks = [];
  news = [];
  microphones = 0;
  ended = false;
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
    ended = true;
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
    ended = true;
    await media.plug(BUILT_IN);
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

test("another microphone chosen in the settings is talked into at once", async () => {
  await open({}, BUILT_IN, HEADSET);
  wanted.value = { ...wanted.value, microphone: "Jabra mic" };
  expect(microphones).toBe(1);
  wanted.value = { ...wanted.value, ringer: "Built-in" };
  expect(microphones).toBe(1);
});
