import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError, api } from "./api";
import { applyCompany } from "./branding";
import { t, tCode } from "./i18n";
import type { Locale, SessionView, Theme, UserView } from "./messages.gen";
import { applyLocale, applyTheme, isLocale, isTheme, rememberReturn, returnsHere } from "./prefs";
import { SignIn } from "./signin/sign_in";
import { DeskSkeleton } from "./ui/desk_skeleton";

type Screen =
  | { kind: "opening"; returns: boolean }
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

/** Somebody signed in here before: the desk is fetched while the server is asked who they are. */
const screen = signal<Screen>({ kind: "opening", returns: returnsHere() });

/** The first question, asked while the page's words are on their way. */
let asked: Promise<SessionView> | null = null;

export function askAtOnce(): void {
  asked = api.session();
  asked.catch(() => undefined); // told by `enter`
  if (returnsHere()) fetchDesk().catch(() => undefined); // said below, if it is needed at all
}

/** Opens the desk when there is a session; its code is fetched only then. */
async function enter(chosen: { locale?: Locale; theme?: Theme } = {}): Promise<void> {
  try {
    const session = asked ?? api.session();
    asked = null;
    const { user, gateway_url, company } = await session;
    applyCompany(company);
    if (user === null) {
      rememberReturn(false);
      screen.value = { kind: "sign_in", notice: "" };
      return;
    }
    rememberReturn(true);
    const { ConnectedDesk } = await fetchDesk();
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

async function fetchDesk() {
  try {
    return await import("./desk/connect");
  } catch {
    throw new ApiError(0, "server_lost", "the desk's files did not come");
  }
}

export function App() {
  useEffect(() => {
    void enter();
  }, []);
  const now = screen.value;
  switch (now.kind) {
    case "opening":
      return now.returns ? <DeskSkeleton /> : null;
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
