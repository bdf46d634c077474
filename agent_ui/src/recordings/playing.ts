import { signal } from "@preact/signals";
import { deviceNamed } from "../phone/microphone";
import { within } from "./waves";

export const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** Whoever listens faster listens to the next one as fast. */
const speed = signal(1);

/** Of all recordings on the page one sounds. */
let sounding: Playing | null = null;

/** One recording's sound: what the browser's own player says of it, as signals. */
export class Playing {
  readonly at = signal(0);
  readonly isPlaying = signal(false);
  readonly isWaiting = signal(false);
  readonly hasFailed = signal(false);
  readonly speed = speed;
  private speaker = "";

  constructor(
    private readonly audio: HTMLAudioElement,
    private readonly url: string,
    private readonly length: number,
  ) {
    audio.preload = "none";
    for (const [event, hear] of Object.entries(this.heard)) audio.addEventListener(event, hear);
  }

  private readonly heard: Record<string, () => void> = {
    timeupdate: () => {
      this.at.value = this.audio.currentTime;
    },
    playing: () => {
      this.isPlaying.value = true;
      this.isWaiting.value = false;
    },
    pause: () => {
      this.isPlaying.value = false;
      this.isWaiting.value = false;
    },
    waiting: () => {
      this.isWaiting.value = true;
    },
    ended: () => {
      this.isPlaying.value = false;
      this.at.value = this.length;
    },
    error: () => {
      // What failed before anybody wanted to hear it is no news.
      if (this.audio.src === "") return;
      this.hasFailed.value = true;
      this.isPlaying.value = false;
      this.isWaiting.value = false;
    },
  };

  async play(): Promise<void> {
    if (sounding !== this) sounding?.pause();
    sounding = this;
    if (this.at.peek() >= this.length) this.seek(0);
    this.hasFailed.value = false;
    this.isWaiting.value = true;
    // Fetched when it is wanted: every fetch is a line in the audit log.
    if (this.audio.src === "" || this.audio.error) this.audio.src = this.url;
    this.audio.playbackRate = this.speed.peek();
    this.audio.currentTime = this.at.peek();
    if (this.audio.setSinkId !== undefined) {
      await this.toSpeaker();
      // Paused before the speaker was found.
      if (!this.isWaiting.peek()) return;
    }
    try {
      await this.audio.play();
    } catch {
      // Paused before it began, or told by "error".
      this.isWaiting.value = false;
    }
  }

  pause(): void {
    this.isWaiting.value = false;
    this.audio.pause();
  }

  toggle(): void {
    if (this.isPlaying.peek() || this.isWaiting.peek()) this.pause();
    else void this.play();
  }

  seek(seconds: number): void {
    this.at.value = within(seconds, this.length);
    if (this.audio.src !== "") this.audio.currentTime = this.at.peek();
  }

  /** Where it is heard, by name, where the browser can choose; "" is the system's choice. */
  setSpeaker(name: string): void {
    this.speaker = name;
    if (this.audio.setSinkId !== undefined && this.isPlaying.peek()) void this.toSpeaker();
  }

  /** One that is unplugged is the system's own. */
  private async toSpeaker(): Promise<void> {
    const id = (await deviceNamed("audiooutput", this.speaker)) ?? "";
    await this.audio.setSinkId(id).catch(() => undefined);
  }

  setSpeed(rate: number): void {
    speed.value = rate;
    this.audio.playbackRate = rate;
  }

  stop(): void {
    if (sounding === this) sounding = null;
    this.audio.pause();
    for (const [event, hear] of Object.entries(this.heard)) {
      this.audio.removeEventListener(event, hear);
    }
    this.audio.removeAttribute("src");
  }
}
