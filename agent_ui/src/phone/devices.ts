import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { DeviceLabels, SoundDevice } from "../phone";

const KINDS: Record<SoundDevice, MediaDeviceKind> = {
  microphone: "audioinput",
  speaker: "audiooutput",
  ringer: "audiooutput",
};
/** Names for what the system has chosen, beside the device's own entry. */
const ALIASES = ["default", "communications", ""];

export type DeviceNews =
  | { readonly kind: "unplugged"; readonly name: string }
  | { readonly kind: "back"; readonly name: string };

export interface DevicesOptions {
  media: Pick<MediaDevices, "enumerateDevices" | "addEventListener" | "removeEventListener">;
  /** What the user has chosen, by name. */
  wanted: ReadonlySignal<DeviceLabels>;
  choose: (labels: Partial<DeviceLabels>) => void;
  /** The other side is to be heard there; "" is the system's choice. */
  sink: (deviceId: string) => void;
  /** Another microphone is to be talked into. */
  changeMicrophone: () => Promise<void>;
  /** The microphone of a call that goes on has gone. */
  microphoneEnded: () => boolean;
  tell: (news: DeviceNews) => void;
}

/**
 * The sound devices of this machine. What is chosen is used while it is plugged in; when it is
 * unplugged in the middle of a call the system's own takes over, and it is said. What is plugged in
 * is offered.
 */
export class Devices {
  readonly available: ReadonlySignal<Readonly<Record<SoundDevice, readonly string[]>>>;
  readonly offered = signal<string | null>(null);
  private readonly all = signal<readonly MediaDeviceInfo[]>([]);
  private readonly disposals: (() => void)[];
  private microphone: string;

  constructor(private readonly options: DevicesOptions) {
    this.microphone = options.wanted.peek().microphone;
    this.available = computed(() => ({
      microphone: this.names("microphone"),
      speaker: this.names("speaker"),
      ringer: this.names("ringer"),
    }));
    const changed = () => void this.look();
    options.media.addEventListener("devicechange", changed);
    this.disposals = [
      () => options.media.removeEventListener("devicechange", changed),
      effect(() => options.sink(this.idOf("speaker", options.wanted.value.speaker))),
      effect(() => this.follow(options.wanted.value.microphone)),
    ];
    void this.look();
  }

  stop(): void {
    for (const dispose of this.disposals) dispose();
  }

  /** Names are told once the microphone was allowed: look again after that. */
  async look(): Promise<void> {
    const before = this.all.peek();
    const all = (await this.options.media.enumerateDevices()).filter(
      ({ deviceId, label }) => !ALIASES.includes(deviceId) && label !== "",
    );
    this.all.value = all;
    if (before.length === 0) return;
    const gone = before.filter((device) => !all.some((each) => same(each, device)));
    const come = all.filter((device) => !before.some((each) => same(each, device)));
    const wanted = this.options.wanted.peek();
    const chosen = (device: MediaDeviceInfo) =>
      device.label === (device.kind === "audioinput" ? wanted.microphone : wanted.speaker);
    const lost = gone.find(chosen);
    const back = come.find(chosen);
    if (lost) this.options.tell({ kind: "unplugged", name: lost.label });
    else if (back) this.options.tell({ kind: "back", name: back.label });
    const changesMicrophone = [...gone, ...come].some(
      (device) => device.kind === "audioinput" && chosen(device),
    );
    if (changesMicrophone || this.options.microphoneEnded()) {
      if (!lost && this.options.microphoneEnded()) {
        const name = gone.find(({ kind }) => kind === "audioinput")?.label;
        if (name !== undefined) this.options.tell({ kind: "unplugged", name });
      }
      await this.options.changeMicrophone();
    }
    const fresh = come.find((device) => device.kind === "audioinput" && !chosen(device));
    if (fresh) this.offered.value = fresh.label;
    else if (gone.some(({ label }) => label === this.offered.peek())) this.offered.value = null;
  }

  /** A headset is a microphone and a speaker of one group. */
  takeOffered(take: boolean): void {
    const label = this.offered.peek();
    this.offered.value = null;
    const input = this.all
      .peek()
      .find((each) => each.kind === "audioinput" && each.label === label);
    if (!take || input === undefined) return;
    const output = this.all
      .peek()
      .find(({ kind, groupId }) => kind === "audiooutput" && groupId === input.groupId);
    const { microphone, speaker } = { microphone: input.label, speaker: output?.label };
    this.options.choose(speaker === undefined ? { microphone } : { microphone, speaker });
  }

  private follow(microphone: string): void {
    if (microphone === this.microphone) return;
    this.microphone = microphone;
    void this.options.changeMicrophone();
  }

  private names(of: SoundDevice): readonly string[] {
    return this.all.value.filter(({ kind }) => kind === KINDS[of]).map(({ label }) => label);
  }

  private idOf(of: SoundDevice, name: string): string {
    const found = this.all.value.find(({ kind, label }) => kind === KINDS[of] && label === name);
    return found?.deviceId ?? "";
  }
}

function same(one: MediaDeviceInfo, other: MediaDeviceInfo): boolean {
  return one.kind === other.kind && one.deviceId === other.deviceId;
}
