import { vi } from "vitest";
import type { Desk } from "../src/desk/model";
import { setCatalogue } from "../src/i18n";
import { en } from "../src/i18n/en";
import { enMore } from "../src/i18n/en.more";
import { zhCN } from "../src/i18n/zh-CN";
import { zhCNMore } from "../src/i18n/zh-CN.more";

/** English texts at once; the page loads them as a chunk. */
export function speakEnglish(): void {
  setCatalogue({ ...en, ...enMore }, "en");
}

export function speakChinese(): void {
  setCatalogue({ ...zhCN, ...zhCNMore }, "zh-CN");
}

/** The desk can be worked at: from now on it fetches what it wants besides. */
export async function settled(desk: Desk): Promise<void> {
  await vi.waitUntil(() => desk.settled.peek(), { timeout: 5_000 });
}

/** Lets promises that are ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** A clock that moves when told to. */
export class FakeTime {
  now = 1_000_000;
  read = () => this.now;
  pass(ms: number): void {
    this.now += ms;
  }
}
