import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError, api } from "./api";
import { t, tCode } from "./i18n";
import type { Locale, Theme, UserView } from "./messages.gen";
import { applyLocale, applyTheme, isLocale, isTheme } from "./prefs";
import { SignIn } from "./signin/sign_in";

type Screen =
  | { kind: "opening" }
  | { kind: "sign_in"; notice: string }
  | { kind: "desk"; Desk: ComponentType<DeskProps>; session: Session };

/** Somebody is signed in. */
export interface Session {
  user: UserView;
  gateway_url: string;
}

export interface DeskProps {
  session: Session;
  /** Back to the sign-in page, with a word why. */
  onSignedOut: (notice: string) => void;
}

const screen = signal<Screen>({ kind: "opening" });

/** Opens the desk when there is a session; its code is fetched only then. */
async function enter(chosen: { locale?: Locale; theme?: Theme } = {}): Promise<void> {
  try {
    const { user, gateway_url } = await api.session();
    if (user === null) {
      screen.value = { kind: "sign_in", notice: "" };
      return;
    }
    const { ConnectedDesk } = await import("./desk/connect");
    const { locale, theme } = user;
    if (chosen.locale === undefined && isLocale(locale)) await applyLocale(locale);
    if (chosen.theme === undefined && theme !== "" && isTheme(theme)) applyTheme(theme);
    if (Object.keys(chosen).length > 0) {
      // It is applied already; if it cannot be remembered, the next machine asks again.
      api.savePrefs(chosen).catch(() => undefined);
    }
    screen.value = { kind: "desk", Desk: ConnectedDesk, session: { user, gateway_url } };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    screen.value = { kind: "sign_in", notice: tCode("error", error.code, error.message) };
  }
}

export function App() {
  useEffect(() => {
    void enter();
  }, []);
  const now = screen.value;
  switch (now.kind) {
    case "opening":
      return null;
    case "sign_in":
      return (
        <SignIn
          signIn={api.signIn}
          notice={now.notice}
          onSignedIn={(chosen) => void enter(chosen)}
        />
      );
    case "desk":
      return (
        <now.Desk
          session={now.session}
          onSignedOut={(notice) => {
            screen.value = { kind: "sign_in", notice: notice || t("signin.out") };
          }}
        />
      );
  }
}
