import { type ReadonlySignal, signal } from "@preact/signals";
import type { Api } from "../api";
import { Clock } from "../clock";
import { Desk } from "../desk/model";
import { newKey } from "../keys";
import type { LineState, Microphone, Phone } from "../phone";
import { GatewaySocket } from "../socket";
import { type OrdersOptions, SimulatedPhone } from "../softphone_simulated";
import { Store } from "../store";
import { Drafts } from "../ticket/drafts";
import type { Scenario } from "./scenarios";
import { DevWire, devApi, SESSION } from "./server";

/** Looks like the softphone in the browser, and has no sound. */
class DevSipPhone extends SimulatedPhone {
  override readonly kind = "sip" as never;
  override readonly line: ReadonlySignal<LineState>;
  override readonly microphone: ReadonlySignal<Microphone>;

  constructor(options: OrdersOptions, scenario: Scenario) {
    super(options);
    this.line = signal(scenario.line ?? "ready");
    this.microphone = signal(scenario.microphone ?? "allowed");
  }
}

export interface DevDesk {
  desk: Desk;
  wire: DevWire;
  tick: (now: number) => void;
}

/** A desk whose server is this page: for looking at it, and for tests. */
export function openDesk(of: Scenario, api: Partial<Api> = {}): DevDesk {
  const scenario = structuredClone(of);
  const store = new Store();
  const clock = new Clock();
  let wire = new DevWire(scenario, true);
  const socket = new GatewaySocket({
    open: () => {
      wire = new DevWire(scenario, store.position === null);
      return wire;
    },
    position: () => store.position,
    receive: (message) => store.receive(message),
    clock: (server, sent, received) => clock.observe(server, sent, received),
    refused: () => undefined,
    now: Date.now,
    random: Math.random,
    newKey,
  });
  const orders: OrdersOptions = {
    kind: scenario.phone === "none" ? "none" : "simulated",
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
    api: { ...devApi(scenario), ...api },
    socket,
    store,
    clock,
    phone,
    drafts: new Drafts(sessionStorage),
    signOut: () => undefined,
  });
  socket.start();
  const tick = (now: number) => {
    clock.tick(now);
    socket.tick(now);
    desk.tick(now);
  };
  return { desk, wire, tick };
}
