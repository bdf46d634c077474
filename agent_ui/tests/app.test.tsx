import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { App } from "../src/app";
import { speakEnglish } from "./helpers";

async function open(answer: Response): Promise<void> {
  vi.stubGlobal("fetch", async () => answer);
  speakEnglish();
  await act(() => render(<App />, document.body));
}

const notice = () => document.querySelector('[data-testid="login-error"]')?.textContent ?? "";

afterEach(() => {
  render(null, document.body);
  vi.unstubAllGlobals();
});

test("nobody is signed in: the sign-in page, and nothing is wrong", async () => {
  await open(Response.json({ user: null, gateway_url: "", simulated: false }));
  await vi.waitFor(() =>
    expect(document.querySelector('[data-testid="login-submit"]')).not.toBeNull(),
  );
  expect(notice()).toBe("");
});

test("the server is in trouble: the sign-in page says so", async () => {
  const error = { code: "internal", message: "no", fields: {} };
  await open(Response.json({ error }, { status: 500 }));
  await vi.waitFor(() => expect(notice()).toContain("The server had a problem"));
});
