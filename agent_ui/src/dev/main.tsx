import { type ReadonlySignal, signal } from "@preact/signals";
import { render } from "preact";
import { Clock } from "../clock";
import { DeskScreen } from "../desk/desk";
import { Desk } from "../desk/model";
import { browserLocale } from "../i18n";
import { newKey } from "../keys";
import type { LineState, Microphone, Phone } from "../phone";
import { applyLocale, applyTheme, isLocale, isTheme } from "../prefs";
import { SignIn } from "../signin/sign_in";
import { GatewaySocket } from "../socket";
import { SimulatedPhone } from "../softphone_simulated";
import { Store } from "../store";
import { Ticker } from "../ticker";
import { Drafts } from "../ticket/drafts";
import { SCENARIOS, type Scenario } from "./scenarios";
import { DevWire, devApi, SESSION } from "./server";
import "../styles/tokens.css";
import "../styles/base.css";

// dev.html?scenario=ringing&locale=zh-CN&theme=dark: the desk as it looks, without a server.

class DevSipPhone extends SimulatedPhone {
  override readonly kind = "sip" as never;
  override readonly line: ReadonlySignal<LineState>;
  override readonly microphone: ReadonlySignal<Microphone>;
  constructor(options: ConstructorParameters<typeof SimulatedPhone>[0], scenario: Scenario) {
    super(options);
    this.line = signal(scenario.line ?? "ready");
    this.microphone = signal(scenario.microphone ?? "allowed");
  }
}

function open(scenario: Scenario): Desk {
  const store = new Store();
  const clock = new Clock();
  const ticker = new Ticker();
  const socket = new GatewaySocket({
    open: () => new DevWire(scenario),
    position: () => null,
    receive: (message) => store.receive(message),
    clock: (server, sent, received) => clock.observe(server, sent, received),
    refused: () => undefined,
    now: Date.now,
    random: Math.random,
    newKey,
  });
  const orders = {
    kind: scenario.phone === "none" ? ("none" as const) : ("simulated" as const),
    calls: store.calls,
    link: socket.link,
    switch: store.switch,
    command: socket.command.bind(socket) as GatewaySocket["command"],
  };
  const phone = signal<Phone>(
    scenario.phone === "sip" ? new DevSipPhone(orders, scenario) : new SimulatedPhone(orders),
  );
  const desk = new Desk({
    user: SESSION.user,
    api: devApi(scenario),
    socket,
    store,
    clock,
    phone,
    drafts: new Drafts(sessionStorage),
    signOut: () => undefined,
  });
  ticker.add((now) => {
    clock.tick(now);
    if (!scenario.lost || socket.link.peek() !== "lost") socket.tick(now);
    desk.tick(now);
  });
  socket.start();
  if (scenario.note) setTimeout(() => desk.note.type(scenario.note ?? ""), 50);
  return desk;
}

const params = new URLSearchParams(location.search);
const locale = params.get("locale");
const theme = params.get("theme");
await applyLocale(isLocale(locale) ? locale : browserLocale(navigator.languages));
if (isTheme(theme)) applyTheme(theme);
const name = params.get("scenario") ?? "ringing";
const scenario = SCENARIOS[name];
const root = document.getElementById("app");
if (root) {
  render(
    scenario ? (
      <DeskScreen desk={open(scenario)} />
    ) : (
      <SignIn notice="" onSignedIn={() => location.assign("?scenario=idle")} />
    ),
    root,
  );
}
