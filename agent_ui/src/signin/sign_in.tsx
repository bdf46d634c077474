import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { type Api, ApiError } from "../api";
import { appName, Brand } from "../branding";
import { LOCALE_NAMES, LOCALES, locale, t, tCode } from "../i18n";
import type { Locale, Theme } from "../messages.gen";
import { applyLocale, applyTheme, theme } from "../prefs";
import { Segments, themeOptions } from "../ui/segments";
import "./sign_in.css";

interface Props {
  signIn: Api["signIn"];
  /** Why the agent stands here again, e.g. the session is over; "" at the start. */
  notice: string;
  onSignedIn: (chosen: { locale?: Locale; theme?: Theme }) => void;
}

export function SignIn({ signIn, notice, onSignedIn }: Props) {
  const failure = useSignal("");
  const busy = useSignal(false);
  const chosen = useRef<{ locale?: Locale; theme?: Theme }>({});
  const name = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);

  useEffect(() => {
    name.current?.focus();
    document.title = appName();
  }, []);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    failure.value = "";
    try {
      await signIn(name.current?.value ?? "", password.current?.value ?? "");
      onSignedIn(chosen.current);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failure.value = tCode("error", error.code, error.message);
      password.current?.select();
    } finally {
      busy.value = false;
    }
  };

  return (
    <main class="signin">
      <form class="signin-card" onSubmit={submit} aria-describedby="signin-message">
        <h1 class="signin-name">
          <Brand />
          {appName()}
        </h1>
        <label>
          {t("signin.login")}
          <input
            ref={name}
            name="login"
            autocomplete="username"
            autocapitalize="none"
            spellcheck={false}
            required
            data-testid="login-name"
          />
        </label>
        <label>
          {t("signin.password")}
          <input
            ref={password}
            name="password"
            type="password"
            autocomplete="current-password"
            required
            data-testid="login-password"
          />
        </label>
        <button type="submit" class="button primary" disabled={busy} data-testid="login-submit">
          {busy.value ? t("signin.busy") : t("signin.submit")}
        </button>
        <p class="signin-message" id="signin-message" role="alert" data-testid="login-error">
          {failure.value || notice}
        </p>
      </form>
      <footer class="signin-prefs">
        <Segments
          label={t("prefs.language")}
          testid="locale-switch"
          options={LOCALES.map((value) => ({ value, text: LOCALE_NAMES[value] }))}
          value={locale.value}
          onChange={(value) => {
            chosen.current.locale = value;
            void applyLocale(value);
          }}
        />
        <Segments
          label={t("prefs.theme")}
          testid="theme-switch"
          options={themeOptions()}
          value={theme.value}
          onChange={(value) => {
            chosen.current.theme = value;
            applyTheme(value);
          }}
        />
      </footer>
    </main>
  );
}
