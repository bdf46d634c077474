import { render } from "preact";
import { DeskScreen } from "../desk/desk";
import { browserLocale } from "../i18n";
import { applyLocale, applyTheme, isLocale, isTheme } from "../prefs";
import { SignIn } from "../signin/sign_in";
import { Ticker } from "../ticker";
import { openDesk } from "./open";
import { SCENARIOS, type Scenario } from "./scenarios";
import { devApi } from "./server";
import "../styles/tokens.css";
import "../styles/base.css";

// dev.html?scenario=ringing&locale=zh-CN&theme=dark: the desk as it looks, without a server.
const params = new URLSearchParams(location.search);
const locale = params.get("locale");
const theme = params.get("theme");
await applyLocale(isLocale(locale) ? locale : browserLocale(navigator.languages));
if (isTheme(theme)) applyTheme(theme);
const scenario = new Map(Object.entries<Scenario>(SCENARIOS)).get(
  params.get("scenario") ?? "ringing",
);
Object.assign(window, { scenarios: Object.keys(SCENARIOS) }); // for who looks at all of them
const root = document.getElementById("app");
if (root && scenario) {
  const { desk, tick } = openDesk(scenario);
  new Ticker().add(tick);
  const { note } = scenario;
  if (note) setTimeout(() => desk.note.type(note), 50);
  render(<DeskScreen desk={desk} />, root);
} else if (root) {
  render(
    <SignIn
      signIn={devApi(SCENARIOS.idle).signIn}
      notice=""
      onSignedIn={() => location.assign("?scenario=idle")}
    />,
    root,
  );
}
