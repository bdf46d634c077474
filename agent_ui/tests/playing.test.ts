import { afterEach, expect, test, vi } from "vitest";
import { Playing } from "../src/recordings/playing";

/** The browser's player, as far as one is needed: it says at once that it plays. */
function player(sinks: string[]): HTMLAudioElement {
  return Object.assign(new Audio(), {
    setSinkId: async (id: string) => void sinks.push(id),
    play: async function (this: HTMLAudioElement) {
      this.dispatchEvent(new Event("playing"));
    },
  });
}

function plugged(devices: { kind: string; label: string; deviceId: string }[]): void {
  vi.stubGlobal("navigator", { mediaDevices: { enumerateDevices: async () => devices } });
}

const HEADSET = { kind: "audiooutput", label: "Jabra", deviceId: "d-7" };

afterEach(() => vi.unstubAllGlobals());

test("is heard where callers are heard; by the system's choice when that is unplugged", async () => {
  const sinks: string[] = [];
  const playing = new Playing(player(sinks), "/sound", 60);
  plugged([HEADSET]);
  playing.setSpeaker("Jabra");
  expect(sinks).toEqual([]);
  await playing.play();
  expect(sinks).toEqual(["d-7"]);
  playing.pause();
  plugged([]);
  await playing.play();
  expect(sinks).toEqual(["d-7", ""]);
});

test("changes over in the middle", async () => {
  const sinks: string[] = [];
  const playing = new Playing(player(sinks), "/sound", 60);
  plugged([HEADSET]);
  await playing.play();
  playing.setSpeaker("Jabra");
  await vi.waitFor(() => expect(sinks).toEqual(["", "d-7"]));
});

test("paused before the speaker is found, it stays silent", async () => {
  const audio = player([]);
  const play = vi.spyOn(audio, "play");
  plugged([HEADSET]);
  const playing = new Playing(audio, "/sound", 60);
  playing.setSpeaker("Jabra");
  const begun = playing.play();
  playing.pause();
  await begun;
  expect(play).not.toHaveBeenCalled();
  expect(playing.isWaiting.peek()).toBe(false);
});
