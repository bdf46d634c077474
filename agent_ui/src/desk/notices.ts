import { signal } from "@preact/signals";
import { ApiError } from "../api";
import { loadMoreTexts, tCode } from "../i18n";
import { PhoneError } from "../phone";
import { CommandError } from "../socket";

const SHOWN_FOR_MS = 8_000;

export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly until: number;
}

/** One line about what just failed, said once and gone after a while. */
export class Notices {
  readonly list = signal<readonly Notice[]>([]);
  private lastId = 0;

  constructor(private readonly now: () => number) {}

  /** Runs an order of the user's; a refusal becomes a notice. True when it went through. */
  async attempt(order: () => Promise<unknown>): Promise<boolean> {
    try {
      await order();
      return true;
    } catch (error) {
      // The words for it may not be here yet; who is away for them has sent the code `server_lost`.
      await loadMoreTexts().catch(() => undefined);
      this.say(inWords(error));
      return false;
    }
  }

  /** Says what the server sent a code for, `fallback` (its own words) when we have none. */
  async told(code: string, fallback: string): Promise<void> {
    await loadMoreTexts().catch(() => undefined); // the words that are here have to do
    this.say(tCode("error", code, fallback));
  }

  say(text: string): void {
    this.lastId += 1;
    const notice = { id: this.lastId, text, until: this.now() + SHOWN_FOR_MS };
    this.list.value = [...this.list.peek().filter((each) => each.text !== text), notice];
  }

  dismiss(id: number): void {
    this.list.value = this.list.peek().filter((each) => each.id !== id);
  }

  tick(now: number): void {
    const list = this.list.peek();
    if (list.some(({ until }) => until <= now)) {
      this.list.value = list.filter(({ until }) => until > now);
    }
  }
}

/** What went wrong, in the user's language. A fault of ours is not dressed up as a refusal. */
export function inWords(error: unknown): string {
  if (error instanceof ApiError || error instanceof CommandError || error instanceof PhoneError) {
    // "agent_on_call", "call_ended" …: the state is on the screen, the sentence is the same.
    const code = error.code.replace(/^(agent|call)_(?!over$).*/, "$1_state");
    return tCode("error", code, error.message);
  }
  throw error;
}
