import { signal } from "@preact/signals";
import { ApiError } from "../api";
import type { PrefsPatch, PrefsView, UserView } from "../messages.gen";

/** A slider that is dragged says something new many times a second: what it came to is sent. */
const PAUSE_MS = 500;
const RETRY_MS = 5_000;

type Look = Pick<UserView, "locale" | "theme">;

/**
 * What the user set for themselves: here at once, on the server after a pause, and then on every
 * machine they sign in at. Nothing set is lost while the server is away, as long as the page lives.
 */
export class PrefsKeeper {
  readonly view;
  /** Whether everything set is on the server. */
  readonly saved = signal(true);
  /** Language and theme belong to the page, sign-in and all: what the server last said of them. */
  private look: Look;
  private unsent: PrefsPatch = {};
  private sendAt = 0;
  private sending = false;

  constructor(
    user: UserView,
    private readonly save: (patch: PrefsPatch) => Promise<void>,
    private readonly now: () => number,
    private readonly refused: (error: unknown) => void,
  ) {
    this.view = signal(user.prefs);
    this.look = user;
  }

  set(patch: PrefsPatch): void {
    const { locale: _, theme: __, ...own } = patch;
    this.view.value = { ...this.view.peek(), ...(own as Partial<PrefsView>) };
    this.unsent = { ...this.unsent, ...patch };
    this.sendAt = this.now() + PAUSE_MS;
    this.saved.value = false;
  }

  /**
   * As another screen left them; what was set here since outranks it. Gives back the language and
   * theme that were chosen there.
   */
  follow(user: UserView): Partial<Look> {
    const { locale, theme, ...own } = this.unsent;
    this.view.value = { ...user.prefs, ...(own as Partial<PrefsView>) };
    const before = this.look;
    this.look = user;
    return {
      ...(locale === undefined && user.locale !== before.locale && { locale: user.locale }),
      ...(theme === undefined && user.theme !== before.theme && { theme: user.theme }),
    };
  }

  tick(now: number): void {
    if (this.saved.peek() || this.sending || now < this.sendAt) return;
    this.flush().catch(this.refused);
  }

  /** Sends what is not sent. Throws the server's refusal; while the server is away it waits. */
  async flush(): Promise<void> {
    const patch = this.unsent;
    if (Object.keys(patch).length === 0) return;
    this.unsent = {};
    this.sending = true;
    try {
      await this.save(patch);
      this.look = { ...this.look, ...patch };
      this.saved.value = Object.keys(this.unsent).length === 0;
    } catch (error) {
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) {
        this.saved.value = Object.keys(this.unsent).length === 0;
        throw error; // it would be refused again
      }
      this.unsent = { ...patch, ...this.unsent };
      this.sendAt = this.now() + RETRY_MS;
    } finally {
      this.sending = false;
    }
  }
}
