import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type DeviceLabels, PhoneError, type SoundDevice } from "../phone";

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
  /** Another microphone is to be talked into. Rejects with a PhoneError when there is none. */
  changeMicrophone: () => Promise<void>;
  /** By name, the microphone of a call that goes on and from which nothing comes; else null. */
  dead: ReadonlySignal<string | null>;
  /** The name of the microphone that a call is talked into; "" when none is. */
  current: () => string;
  /** The user's leave to use the microphone (its `change`), where the browser tells of it. */
  leave: Promise<EventTarget | null>;
  /** Asks for the microphone again; the phone shows what came of it. */
  prepare: () => Promise<void>;
  tell: (news: DeviceNews) => void;
}

/**
 * The sound devices of this machine. What is chosen is used while it is plugged in; when it is
 * unplugged in the middle of a call, or dies there with its plug in, the system's own takes over,
 * and it is said. Where nothing can take over, the phone's `unheard` stands on the screen, and what
 * is plugged in or allowed next ends it. What is plugged in is offered.
 */
export class Devices {
  readonly available: ReadonlySignal<Readonly<Record<SoundDevice, readonly string[]>>>;
  readonly offered = signal<string | null>(null);
  private readonly all = signal<readonly MediaDeviceInfo[]>([]);
  private readonly disposals: (() => void)[];
  private microphone: string;
  /** The names have been told once. */
  private known = false;
  /** What was said to be gone, and is not said again until it is back. */
  private gone = "";
  /** One after the other: a pulled headset is told of by several events. */
  private last: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: DevicesOptions) {
    this.microphone = options.wanted.peek().microphone;
    this.available = computed(() => ({
      microphone: this.names("microphone"),
      speaker: this.names("speaker"),
      ringer: this.names("ringer"),
    }));
    const changed = () => void this.look();
    options.media.addEventListener("devicechange", changed);
    const allowed = () => void this.next(options.prepare);
    void options.leave.then((leave) => {
      if (leave === null || this.stopped) return;
      leave.addEventListener("change", allowed);
      this.disposals.push(() => leave.removeEventListener("change", allowed));
    });
    this.disposals = [
      () => options.media.removeEventListener("devicechange", changed),
      effect(() => options.sink(this.idOf("speaker", options.wanted.value.speaker))),
      effect(() => this.follow(options.wanted.value.microphone)),
      effect(() => {
        if (options.dead.value !== null) changed();
      }),
    ];
    changed();
  }

  stop(): void {
    this.stopped = true;
    for (const dispose of this.disposals) dispose();
  }

  /** Names are told once the microphone was allowed: look again after that. */
  look(): Promise<void> {
    return this.next(() => this.lookNow());
  }

  private next(work: () => Promise<void>): Promise<void> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined); // whoever asked for it is told; the next one goes on
    return done;
  }

  private async lookNow(): Promise<void> {
    const before = this.all.peek();
    const all = await this.list();
    this.all.value = all;
    const first = !this.known; // nothing has come: it has been there
    this.known ||= all.length > 0;
    const gone = before.filter((device) => !all.some((each) => same(each, device)));
    const come = first ? [] : all.filter((device) => !before.some((each) => same(each, device)));
    const wanted = this.options.wanted.peek();
    const chosen = (device: MediaDeviceInfo) =>
      device.label === (device.kind === "audioinput" ? wanted.microphone : wanted.speaker);
    const lost = gone.find(chosen);
    const back = come.find(chosen);
    const dead = this.options.dead.peek();
    const input = gone.find(({ kind }) => kind === "audioinput");
    const name = lost?.label ?? (dead === null ? undefined : (input?.label ?? dead));
    if (come.some(({ label }) => label === this.gone)) this.gone = "";
    const isNews = name !== undefined && (name !== this.gone || dead !== null);
    const changesMicrophone = [...gone, ...come].some(
      (device) => device.kind === "audioinput" && device.label !== this.gone && chosen(device),
    );
    if (changesMicrophone || dead !== null) await this.change();
    if (this.options.dead.peek() === null) {
      if (isNews) this.tellGone(name, dead !== null && this.options.current() === name);
      else if (back) this.options.tell({ kind: "back", name: back.label });
    }
    const isTaken = (device: MediaDeviceInfo) =>
      chosen(device) || device.label === this.options.current();
    const fresh = come.find((device) => device.kind === "audioinput" && !isTaken(device));
    if (fresh) this.offered.value = fresh.label;
    else if (gone.some(({ label }) => label === this.offered.peek())) this.offered.value = null;
  }

  private async list(): Promise<readonly MediaDeviceInfo[]> {
    try {
      return (await this.options.media.enumerateDevices()).filter(
        ({ deviceId, label }) => !ALIASES.includes(deviceId) && label !== "",
      );
    } catch {
      return this.all.peek(); // refused to a page that is being left
    }
  }

  /** `isBack`: it had died without being pulled out, and could be opened once more. */
  private tellGone(name: string, isBack: boolean): void {
    this.gone = isBack ? "" : name;
    this.options.tell({ kind: isBack ? "back" : "unplugged", name });
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
    this.gone = "";
    void this.change();
  }

  private async change(): Promise<void> {
    try {
      await this.options.changeMicrophone();
    } catch (error) {
      if (!(error instanceof PhoneError)) throw error; // the phone has put it on the screen
    }
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
