import { render } from "preact";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DeskProvider } from "../src/desk/context";
import { type DevDesk, openDesk } from "../src/dev/open";
import { SCENARIOS } from "../src/dev/scenarios";
import { Markdown } from "../src/work/markdown";
import { speakEnglish } from "./helpers";

let page: DevDesk;

beforeEach(() => {
  speakEnglish();
  page = openDesk(SCENARIOS.idle);
});

afterEach(() => {
  render(null, document.body);
  page.desk.stop();
  page.desk.socket.stop();
});

function html(text: string): string {
  const markdown = (
    <DeskProvider value={page.desk}>
      <Markdown text={text} />
    </DeskProvider>
  );
  render(markdown, document.body);
  return document.querySelector(".markdown")?.innerHTML ?? "";
}

test.each([
  ["# Greeting", "<h3>Greeting</h3>"],
  ["one\ntwo\n\nthree", "<p>one\ntwo</p><p>three</p>"],
  ["a **bold** and *italic* word", "<p>a <b>bold</b> and <i>italic</i> word</p>"],
  ["**bold *and* both**", "<p><b>bold <i>and</i> both</b></p>"],
  ["`a **b** c`", "<p><code>a **b** c</code></p>"],
  ["snake_case_word stays", "<p>snake_case_word stays</p>"],
  ["2 * 3 * 4", "<p>2 * 3 * 4</p>"],
  ["- a\n- b", "<ul><li>a</li><li>b</li></ul>"],
  ["3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'],
  ["- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"],
  ["> quoted\n> too", "<blockquote><p>quoted\ntoo</p></blockquote>"],
  ["a\n\n---\n\nb", "<p>a</p><hr><p>b</p>"],
  ["```\n<b>\n\n# no\n```", "<pre>&lt;b&gt;\n\n# no</pre>"],
  ["text\n- item", "<p>text</p><ul><li>item</li></ul>"],
  [
    "### 步骤\n\n1. 请提供**序列号**",
    '<h3>步骤</h3><ol start="1"><li>请提供<b>序列号</b></li></ol>',
  ],
])("%j", (text, expected) => {
  expect(html(text)).toBe(expected);
});

describe("nothing in it runs", () => {
  test("what looks like HTML is text", () => {
    expect(html('<img src=x onerror="alert(1)"> <script>x</script>')).toContain("&lt;img");
    expect(document.querySelectorAll(".markdown :is(img, script)")).toHaveLength(0);
  });

  test.each(["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "//evil", "/local"])(
    "a link to %s is text",
    (href) => {
      html(`[click](${href})`);
      expect(document.querySelector("a")).toBeNull();
    },
  );

  test("a link goes out, and tells nobody where it came from", () => {
    html("[the handbook](https://example.com/a_(b))");
    const link = document.querySelector("a");
    expect(link?.getAttribute("href")).toBe("https://example.com/a_(b)");
    expect(link?.rel).toBe("noopener noreferrer");
  });
});

test("numbers in it can be called; dates, amounts and order numbers cannot", () => {
  html(
    "Call +86 571 8888 0000 or 0571-88880000, 13800138000; not 2026-01-05, 1,280.00, SO-2291, 01.02.2026, 12345.",
  );
  const buttons = [...document.querySelectorAll('[data-testid="dial-this"]')];
  expect(buttons.map((each) => each.textContent)).toEqual([
    "+86 571 8888 0000",
    "0571-88880000",
    "13800138000",
  ]);
});
