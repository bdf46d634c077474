import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { DeviceLabels, PhoneSound, Quality } from "../phone";
import type { Leg, Softphone } from "../softphone";
import { type DeviceNews, Devices } from "./devices";
import { Level } from "./level";
import { BAD_MOS, LineQuality, sampleOf } from "./mos";

const MEASURE_EVERY_MS = 2_000;
/** A line that got worse by less than this is not worth a message. */
const WORSE_BY = 0.2;

export interface SoundOptions {
  phone: Pick<Softphone, "sessionsNow" | "changeMicrophone" | "prepare">;
  media: MediaDevices;
  leave: Promise<EventTarget | null>;
  openMicrophone: () => Promise<MediaStream>;
  wanted: ReadonlySignal<DeviceLabels>;
  choose: (labels: Partial<DeviceLabels>) => void;
  sink: (deviceId: string) => void;
  tell: (news: DeviceNews) => void;
  report: (callId: string, quality: Quality) => void;
}

interface Measured {
  readonly line: LineQuality;
  sent: number | null;
}

/** Devices, level and line quality of the phone in this browser. Loaded after it. */
export class Sound implements PhoneSound {
  readonly quality = signal<Quality | null>(null);
  readonly available;
  readonly offered;
  private readonly devices: Devices;
  private readonly microphone = new Level();
  private readonly disposeLegs: () => void;
  private lines = new Map<Leg, Measured>();
  private testing: MediaStream | null = null;
  private measuredAt = 0;

  constructor(private readonly options: SoundOptions) {
    const { phone } = options;
    this.devices = new Devices({
      ...options,
      changeMicrophone: () => this.change(),
      dead: computed(() => nameOf(phone.sessionsNow.value.find(({ unheard }) => unheard))),
      current: () => nameOf(phone.sessionsNow.peek().find(({ local }) => local !== null)) ?? "",
      prepare: () => phone.prepare(),
    });
    this.available = this.devices.available;
    this.offered = this.devices.offered;
    this.disposeLegs = effect(() => this.follow(phone.sessionsNow.value));
  }

  level(): number {
    return this.microphone.read();
  }

  takeOffered(take: boolean): void {
    this.devices.takeOffered(take);
  }

  async listen(): Promise<() => void> {
    const stream = await this.options.openMicrophone();
    void this.devices.look(); // now the names are told
    close(this.testing);
    this.testing = stream;
    this.attach();
    return () => {
      close(stream);
      if (this.testing !== stream) return;
      this.testing = null;
      this.attach();
    };
  }

  tick(now: number): void {
    if (now - this.measuredAt < MEASURE_EVERY_MS) return;
    this.measuredAt = now;
    for (const leg of this.options.phone.sessionsNow.peek()) {
      if (leg.state === "active") void this.measure(leg, now);
    }
  }

  stop(): void {
    this.disposeLegs();
    this.devices.stop();
    this.microphone.stop();
    close(this.testing);
  }

  private async change(): Promise<void> {
    await this.options.phone.changeMicrophone();
    if (this.testing === null) return;
    try {
      await this.listen();
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      close(this.testing); // the test falls silent, and that is what it shows
    }
  }

  private follow(legs: readonly Leg[]): void {
    this.attach();
    const talked = legs.find(({ state }) => state === "active");
    if (talked === undefined) this.quality.value = null;
    for (const [leg, { line, sent }] of this.lines) {
      if (leg.state === "held") line.pause();
      if (legs.includes(leg)) continue;
      this.lines.delete(leg);
      const { worst } = line;
      if (leg.callId !== null && worst !== null && worst.mos !== sent) {
        this.options.report(leg.callId, worst);
      }
    }
  }

  /** The meter shows the test while there is one, and else the call. */
  private attach(): void {
    const talked = this.options.phone.sessionsNow.peek().find(({ state }) => state === "active");
    this.microphone.of(this.testing ?? talked?.local ?? null);
  }

  private async measure(leg: Leg, now: number): Promise<void> {
    const report: RTCStatsReport = await leg.session.connection.getStats();
    const sample = sampleOf(report.values(), now);
    if (sample === null || leg.state !== "active" || leg.session.isEnded()) return;
    const measured = this.lines.get(leg) ?? { line: new LineQuality(), sent: null };
    this.lines.set(leg, measured);
    measured.line.add(sample);
    this.quality.value = measured.line.now;
    const { worst } = measured.line;
    if (worst === null || worst.mos >= BAD_MOS || leg.callId === null) return;
    if (measured.sent !== null && worst.mos > measured.sent - WORSE_BY) return;
    measured.sent = worst.mos;
    this.options.report(leg.callId, worst);
  }
}

/** Of the microphone that this call is talked into; null: there is no such call. */
function nameOf(leg: Leg | undefined): string | null {
  return leg ? (leg.local?.getAudioTracks()[0]?.label ?? "") : null;
}

function close(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
