import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { App } from "../src/app";
import { SESSION } from "../src/dev/server";
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
  const company = { ...SESSION.company, name: "Hangzhou Optics" };
  await open(Response.json({ user: null, gateway_url: "", simulated: false, company }));
  await vi.waitFor(() =>
    expect(document.querySelector('[data-testid="login-submit"]')).not.toBeNull(),
  );
  expect(notice()).toBe("");
  expect(document.querySelector("h1")?.textContent).toContain("Hangzhou Optics");
  await vi.waitFor(() => expect(document.title).toBe("Hangzhou Optics")); // after the picture
});

test("who was here before sees where everything will be, until the server has said who it is", async () => {
  localStorage.setItem("returns", "yes");
  vi.resetModules();
  const { App: Again } = await import("../src/app");
  vi.stubGlobal("fetch", () => new Promise(() => undefined));
  await act(() => render(<Again />, document.body));
  expect(document.querySelector(".opening")).not.toBeNull();
  localStorage.removeItem("returns");
});

test("the server is in trouble: the sign-in page says so", async () => {
  const error = { code: "internal", message: "no", fields: {} };
  await open(Response.json({ error }, { status: 500 }));
  await vi.waitFor(() => expect(notice()).toContain("The server had a problem"));
});
