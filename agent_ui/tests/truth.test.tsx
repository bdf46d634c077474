import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { plain } from "../src/admin/comparisons";
import { type Api, ApiError } from "../src/api";
import { DeskScreen } from "../src/desk/desk";
import { type DevDesk, openDesk } from "../src/dev/open";
import { SCENARIOS, type Scenario } from "../src/dev/scenarios";
import { CALLS, UNWELL } from "../src/dev/truth_data";
import { bars, lanes, wavePath } from "../src/recordings/waves";
import { Bench } from "../src/work/bench";
import { speakChinese, speakEnglish } from "./helpers";

let page: DevDesk;

async function follow(what: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await what();
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
}

async function show(scenario: Scenario, api: Partial<Api> = {}): Promise<void> {
  page = openDesk(scenario, api);
  new Bench(page.desk);
  await follow(() => render(<DeskScreen desk={page.desk} />, document.body));
  await follow();
}

const all = (testid: string) => [
  ...document.querySelectorAll<HTMLElement>(`[data-testid="${testid}"]`),
];

function by(testid: string): HTMLElement {
  const [found] = all(testid);
  if (!found) throw new Error(`nothing called ${testid} is on the screen`);
  return found;
}

async function appear(testid: string): Promise<HTMLElement> {
  for (let turn = 0; turn < 200 && all(testid).length === 0; turn += 1) await follow();
  return by(testid);
}

/** What is fetched may take a while to be there. */
async function says(testid: string, words: string): Promise<void> {
  const isSaid = () => by(testid).textContent?.includes(words);
  for (let turn = 0; turn < 200 && !isSaid(); turn += 1) await follow();
  expect(by(testid).textContent).toContain(words);
}

const click = (testid: string) => follow(() => by(testid).click());
const ordered = () => page.wire.commands.map(({ name, args }) => [name, args]);

/** The first call of the log, with its details open. */
async function openCall(): Promise<void> {
  await appear("call-log-row");
  await follow(() => by("call-log-row").querySelector("button")?.click());
  await appear("past-call-toggle");
  if (all("call-details").length === 0) await click("past-call-toggle");
  await appear("call-details");
}

async function openHealth(): Promise<void> {
  await follow(() => {
    page.desk.panel.value = { kind: "health" };
  });
  await appear("health");
}

beforeEach(() => {
  sessionStorage.clear();
  speakEnglish();
});

afterEach(async () => {
  await follow(() => {
    render(null, document.body);
    page?.desk.stop();
    page?.desk.socket.stop();
  });
});

describe("what became of a call", () => {
  test("its way through the queues, why each part ended and who ended it", async () => {
    await show(SCENARIOS.played);
    await openCall();
    const path = (await appear("call-path")).textContent;
    expect(path).toContain("VIP0:20time was uppriority 10");
    expect(path).toContain("Sales0:00nobody worked there");
    expect(path).toContain("Support0:26answered");
    const legs = all("leg").map(({ textContent }) => textContent);
    expect(legs[0]).toContain("Customer hung up");
    expect(legs[0]).toContain("waited0:48");
    expect(legs[1]).toContain("not picked up");
    expect(legs[2]).toContain("handed the call over");
    expect(legs[2]).toContain("consulted0:20");
    expect(legs[2]).toContain("wrap-up0:31");
    expect(legs[4]).toContain("+86 571 8888 0001Outsidebusy");
    expect(by("call-details").textContent).toContain("Cost centre 4711 Vertrieb Süd");
  });

  test("another call of the same contact opens", async () => {
    await show(SCENARIOS.played);
    await openCall();
    await appear("linked-call");
    await click("linked-call");
    expect(page.desk.shownKey.value).toBe("c-log-3");
  });

  test.each([
    ["odd_sounds", "inferred", "The end was not seen"],
    ["recovered", "recovered", "From the switch's own record"],
    ["unheard", "partial", "seen only from its middle on"],
  ] as const)("%s: what is unusual is said in one sentence", async (scenario, truth, words) => {
    await show(SCENARIOS[scenario]);
    await openCall();
    const note = await appear("truth-note");
    expect(note.querySelector("[data-truth]")?.getAttribute("data-truth")).toBe(truth);
    expect(note.textContent).toContain(words);
  });

  test("a list marks only what is unusual", async () => {
    await show(SCENARIOS.behind);
    await appear("call-log-row");
    expect(all("truth").map(({ dataset }) => dataset["truth"])).toEqual([
      "inferred",
      "recovered",
      "partial",
    ]);
  });

  test("a call that cannot be read says so, and is asked for again", async () => {
    let isBroken = true;
    await show(SCENARIOS.played, {
      call: async () => {
        if (isBroken) throw new ApiError(0, "server_lost", "no answer");
        return CALLS.plain;
      },
    });
    await openCall();
    await follow();
    expect(by("call-details").textContent).toContain("This call could not be read.");
    isBroken = false;
    await follow(() => by("call-details").querySelector("button")?.click());
    expect(all("leg").length).toBe(2);
  });
});

describe("the sound of a call", () => {
  test("is drawn with what was paused and who spoke; keys and speed move it", async () => {
    await show(SCENARIOS.played);
    await openCall();
    const wave = await appear("player-seek");
    expect(document.querySelector(".player-pause")?.getAttribute("title")).toContain(
      "paused from 0:48 to 1:10",
    );
    expect(all("player-part")[0]?.textContent).toBe("Zhang Wei");
    const key = (key: string, init: KeyboardEventInit = {}) =>
      follow(() =>
        wave.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...init })),
      );
    await key("ArrowRight");
    expect(wave.getAttribute("aria-valuetext")).toBe("0:05 of 3:12, Zhang Wei");
    await key("ArrowRight", { shiftKey: true });
    await key("ArrowRight", { shiftKey: true });
    expect(wave.getAttribute("aria-valuetext")).toBe("1:05 of 3:12, paused");
    await key("End");
    await key("ArrowRight");
    expect(wave.getAttribute("aria-valuenow")).toBe("192");
    await key("Home");
    await key("ArrowLeft");
    expect(by("player-place").textContent).toBe("0:00 / 3:12");
    await follow(() => all("player-part")[1]?.click());
    expect(wave.getAttribute("aria-valuenow")).toBe("101");
  });

  test("plays at the chosen speed, and stops for a caller", async () => {
    const play = vi.spyOn(HTMLMediaElement.prototype, "play");
    const pause = vi.spyOn(HTMLMediaElement.prototype, "pause");
    await show(SCENARIOS.played);
    await openCall();
    await appear("player");
    await click("player-play");
    expect(play).toHaveBeenCalledTimes(1);
    pause.mockClear();
    const me = { ...page.desk.store.me.peek(), state: "ringing" };
    await follow(() => page.wire.tell({ type: "agent", data: me }));
    expect(pause).toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  test("what is missing, short, damaged or deleted is said in words", async () => {
    await show(SCENARIOS.odd_sounds);
    await openCall();
    await appear("player");
    expect(by("recording-problem").textContent).toContain(
      "Shorter than the talk 2:10 of sound for 3:12 of talk.",
    );
    const silent = all("recording-silent").map(({ textContent }) => textContent ?? "");
    expect(silent[0]).toContain("The file is not WAV.");
    expect(silent[1]).toContain("there is no sound");
    expect(silent[1]).toContain("The switch left no file of this call.");
    expect(silent[2]).toContain("Deleted by Beatriz Álvarez");
    expect(silent[3]).toContain("the time it is kept for was over");
  });

  test("is deleted with a reason only, by whom the row lets", async () => {
    await show(SCENARIOS.odd_sounds);
    await openCall();
    await appear("recording-delete");
    await click("recording-delete");
    expect((by("recording-delete-now") as HTMLButtonElement).disabled).toBe(true);
    await follow(() => {
      const field = by("recording-delete-reason") as HTMLInputElement;
      field.value = "The customer asked for it";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await click("recording-delete-now");
    await follow();
    expect(all("player")).toEqual([]);
    expect(all("recording-silent")[0]?.textContent).toContain("Deleted by Zhang Wei");
  });

  test("that cannot be read says so", async () => {
    await show(SCENARIOS.unread);
    await openCall();
    await says("call-details", "The recordings could not be read.");
  });

  test("a picture that cannot be read keeps nobody from playing", async () => {
    await show(SCENARIOS.unheard);
    await openCall();
    await appear("player");
    await says("player", "It plays all the same.");
  });

  test("bars show the loudest of each stretch; parts that overlap lie beside each other", () => {
    expect(bars(Uint8Array.of(1, 9, 2, 3, 255, 0), 3)).toEqual([9, 3, 255]);
    expect(bars(Uint8Array.of(7), 3)).toEqual([7]);
    expect(bars(new Uint8Array(), 3)).toEqual([]);
    expect(wavePath([255])).toBe("M0.5 2.0V98.0");
    const stay = (from_s: number, to_s: number) => ({ from_s, to_s });
    expect(lanes([stay(0, 10), stay(5, 20), stay(10, 30)])).toEqual([0, 1, 0]);
    expect(lanes([])).toEqual([]);
  });
});

describe("the health of it all", () => {
  test("is for who may: in the menu, and told while it is open", async () => {
    await show(SCENARIOS.idle);
    await click("user-menu");
    await appear("open-settings");
    expect(all("open-health")).toEqual([]);
    await follow(() => render(null, document.body));
    await show(SCENARIOS.well);
    await click("user-menu");
    await appear("open-health");
    await click("open-health");
    const well = await appear("health-well");
    expect(well.textContent).toBe(
      "All calls accounted for4,212 calls compared with the switch's own record, 0 differences.",
    );
    expect(ordered()).toEqual([["health.watch", { on: true }]]);
    await click("drawer-close");
    expect(ordered().at(-1)).toEqual(["health.watch", { on: false }]);
  });

  test("F1 in it explains it; who may not see it has no such page of help", async () => {
    const f1 = () =>
      follow(() => {
        const at = document.activeElement ?? document.body;
        at.dispatchEvent(new KeyboardEvent("keydown", { key: "F1", bubbles: true }));
      });
    await show(SCENARIOS.well);
    await f1();
    await appear("help-health");
    await openHealth();
    await appear("health-well");
    await f1();
    await appear("help-text");
    expect(by("help-text").dataset["topic"]).toBe("health");
    await follow(() => render(null, document.body));
    await show(SCENARIOS.idle);
    await f1();
    await appear("help-recordings");
    expect(all("help-health")).toEqual([]);
  });

  test("every alarm says what is wrong, since when and what to do, the worst first", async () => {
    await show(SCENARIOS.unwell);
    await openHealth();
    await appear("alarms");
    const codes = all("alarm").map(({ dataset }) => dataset["code"]);
    expect(codes.slice(0, 2)).toEqual(["switch_lost", "database_away"]);
    expect(codes.length).toBe(UNWELL.alarms.length);
    expect(all("alarm")[0]?.textContent).toContain("See that Asterisk runs");
    const [first, second] = all("switch-health").map(({ textContent }) => textContent ?? "");
    expect(first).toContain("Lost since");
    expect(first).toContain("5:01 behind");
    expect(first).toContain("148,211, the oldest 7:11");
    expect(first).toContain("12 lines could not be read");
    expect(second).toContain("No process works for it");
    expect(second).toContain("callcenter pbx config");
    expect(by("health-recordings").textContent).toContain("11 GB, 3%");
  });

  test("speaks Chinese, also of what to do", async () => {
    speakChinese();
    await show(SCENARIOS.unwell);
    await openHealth();
    await appear("alarms");
    expect(all("alarm")[0]?.textContent).toContain("交换机未连接");
    expect(all("alarm")[0]?.textContent).toContain("请确认 Asterisk 正在运行");
    expect(by("alarms").textContent).toContain("/srv/recordings：剩余 57.2 GB（3%）");
    expect(by("alarms").textContent).toContain("共 12 行；最后一行：Master.csv@1048576：有 7 列");
    const lost = all("switch-health")[0]?.textContent;
    expect(lost).toContain("Asterisk 管理接口 10.20.0.5:5038 拒绝连接");
    expect(lost).toContain("Master.csv：运行服务器的用户没有权限");
    expect(by("comparisons").textContent).toContain("未能完成：/var/log/asterisk/cel-custom");
    expect(by("comparisons").textContent).toContain("Master.csv：没有此文件");
    await click("comparison-show");
    await appear("difference");
    expect(by("differences").textContent).toContain("方向 呼入");
  });

  test("what differs is listed, ten thousand of them as few rows as can be seen", async () => {
    await show(SCENARIOS.unwell);
    await openHealth();
    await appear("comparison-show");
    expect(all("comparison").length).toBe(14);
    await click("comparison-show");
    await appear("difference");
    expect(all("difference").length).toBeLessThan(100);
    expect(all("difference")[0]?.textContent).toContain("Lacks in our log");
    expect(plain({ value: "no_answer" })).toBe("no answer");
    expect(plain({ "1.7 connected_s": 61.2004, legs: ["agent", null] })).toBe(
      "1.7 seconds connected 61.2 · parties Agent, –",
    );
    const at = new Date(2026, 0, 5, 9, 1, 7, 120).toISOString();
    expect(plain({ ended_at: at, queues: [] })).toBe("ended 09:01:07.120 · queues –");
  });

  test("a comparison that could not be made says why; none says when, or what it needs", async () => {
    await show(SCENARIOS.well);
    await openHealth();
    await appear("comparison");
    expect(by("comparisons").textContent).toContain("there is no such file");
    await follow(() => render(null, document.body));
    await show(SCENARIOS.new_house);
    await openHealth();
    await appear("health-well");
    expect(by("comparisons").textContent).toContain("There is nothing to compare with");
    expect(by("comparisons").textContent).toContain("callcenter pbx config");
    expect(by("health-well").textContent).toContain("(CEL) is not set up");
    const health = page.desk.store.health.peek();
    const pbxs = health?.pbxs.map((pbx) => ({ ...pbx, history_ok: true })) ?? [];
    await follow(() => {
      if (health) page.desk.store.health.value = { ...health, pbxs };
    });
    expect(by("comparisons").textContent).toContain("The first is made tonight");
    expect(by("health-well").textContent).toContain("were not compared");
  });

  test("what was told long ago is not passed off as now", async () => {
    await show(SCENARIOS.well);
    await openHealth();
    await appear("health-well");
    expect(all("health-problem")).toEqual([]);
    await follow(() => page.desk.clock.tick(Date.now() + 60_000));
    expect(by("health-problem").textContent).toContain("The server does not answer");
  });
});

describe("a log that is behind", () => {
  test("is said calmly, beside who waits, and no longer than it is so", async () => {
    await show(SCENARIOS.behind);
    const note = await appear("delay-banner");
    expect(note.textContent).toBe("Calls go on. The call log is 3 min behind; nothing is lost.");
    expect(all("queue-strip").length).toBe(1);
    expect(all("my-figures")).toEqual([]);
    await follow(() => page.wire.tell({ type: "delay", data: { log_s: 0, waiting: 0 } }));
    expect(all("delay-banner")).toEqual([]);
    expect(all("my-figures").length).toBe(1);
  });

  test("seconds are told in tens, and also beside the lists", async () => {
    speakChinese();
    await show(SCENARIOS.idle);
    await follow(() => page.wire.tell({ type: "delay", data: { log_s: 47.9, waiting: 3 } }));
    expect(by("delay-banner").textContent).toBe("通话照常。通话记录滞后 40 秒，不会丢失。");
    expect(document.querySelector(".log .behind")?.textContent?.trim()).toBe("滞后 40 秒");
  });
});
