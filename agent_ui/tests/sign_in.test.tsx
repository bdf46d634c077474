import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Api, ApiError } from "../src/api";
import { locale } from "../src/i18n";
import { theme } from "../src/prefs";
import { SignIn } from "../src/signin/sign_in";
import { speakEnglish } from "./helpers";

let entered: object[];

async function follow(what: () => unknown): Promise<void> {
  await act(async () => {
    what();
    await new Promise((resolve) => setTimeout(resolve, 20));
  });
}

function by(testid: string): HTMLInputElement {
  const found = document.querySelector<HTMLInputElement>(`[data-testid="${testid}"]`);
  if (!found) throw new Error(`nothing called ${testid} is on the screen`);
  return found;
}

async function show(signIn: Api["signIn"]): Promise<void> {
  const page = <SignIn signIn={signIn} notice="" onSignedIn={(chosen) => entered.push(chosen)} />;
  await follow(() => render(page, document.body));
}

const submit = () => follow(() => document.querySelector("form")?.requestSubmit());

beforeEach(() => {
  entered = [];
  localStorage.clear();
  speakEnglish();
});

afterEach(() => follow(() => render(null, document.body)));

test("name and password go in once, and nowhere else", async () => {
  const given: string[][] = [];
  await show(async (...both) => {
    given.push(both);
    return {} as Awaited<ReturnType<Api["signIn"]>>;
  });
  by("login-name").value = "agent";
  by("login-password").value = "secret";
  await submit();
  expect(given).toEqual([["agent", "secret"]]);
  expect(entered).toEqual([{}]);
  expect(JSON.stringify({ ...localStorage })).not.toContain("secret");
});

test("a refusal is said in the reader's language, and the page stays", async () => {
  await show(async () => {
    throw new ApiError(401, "bad_credentials", "no");
  });
  by("login-name").value = "agent";
  by("login-password").value = "wrong";
  await submit();
  expect(by("login-error").textContent).toBe("The user name or the password is wrong.");
  expect(by("login-submit").disabled).toBe(false);
  expect(entered).toEqual([]);
});

test("language and theme switch here, and are taken along", async () => {
  await show(async () => ({}) as Awaited<ReturnType<Api["signIn"]>>);
  const choose = (testid: string, value: string) =>
    follow(() => by(testid).querySelector<HTMLElement>(`[data-value="${value}"]`)?.click());
  await choose("locale-switch", "zh-CN");
  await vi.waitFor(() => expect(locale.value).toBe("zh-CN")); // its texts are a chunk of their own
  await choose("theme-switch", "dark");
  expect(theme.value).toBe("dark");
  expect(document.documentElement.dataset["theme"]).toBe("dark");
  expect(by("login-submit").textContent).toBe("登录");
  by("login-name").value = "agent";
  by("login-password").value = "secret";
  await submit();
  expect(entered).toEqual([{ locale: "zh-CN", theme: "dark" }]);
});
