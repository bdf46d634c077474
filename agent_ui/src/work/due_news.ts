import type { Desk } from "../desk/model";
import { t } from "../i18n";
import type { CallbackRow } from "../messages.gen";

/**
 * Says once, in a line that goes by itself, that a callback's time has come while somebody is on a
 * call or wraps one up: without a call it stands where the next one would. Never while it rings;
 * what came due meanwhile is said after it. The list's badge and the page's title count them anyway.
 */
export class DueNews {
  private told: ReadonlySet<string> = new Set();

  constructor(private readonly desk: Desk) {}

  /** Reads signals: for an effect. */
  look(due: readonly CallbackRow[]): void {
    const { store, ringing, notices } = this.desk;
    const atRest = store.calls.value.length === 0;
    if (ringing.value !== null) return;
    const news = due.filter((row) => !this.told.has(idOf(row)));
    // Those that are due no more are forgotten: put off, they are news again.
    this.told = new Set(due.map(idOf));
    const [first] = news;
    if (atRest || first === undefined) return;
    const name = first.party_name || first.display;
    const text = t("callback.now_due", { name });
    notices.say(news.length > 1 ? `${text} ${t("callback.more", { n: news.length - 1 })}` : text);
  }
}

function idOf({ id, due_at }: CallbackRow): string {
  return `${id} ${due_at}`;
}
