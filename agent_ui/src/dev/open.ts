import { type ReadonlySignal, signal } from "@preact/signals";
import type { Api } from "../api";
import { Clock } from "../clock";
import { Desk } from "../desk/model";
import { newKey } from "../keys";
import type { LineState, Microphone, Phone, PhoneSound, Quality } from "../phone";
import { GatewayPhone, type GatewayPhoneOptions } from "../phone/gateway_phone";
import { GatewaySocket } from "../socket";
import { Store } from "../store";
import { Drafts } from "../ticket/drafts";
import type { Scenario } from "./scenarios";
import { DevWire, devApi, SESSION } from "./server";

/** Sound that is not there: a level that moves, a line as the scenario has it. */
class DevSound implements PhoneSound {
  readonly quality: ReadonlySignal<Quality | null>;
  readonly available = signal({
    microphone: ["Built-in Microphone", "Jabra Evolve2 40 (microphone)"],
    speaker: ["Built-in Speakers", "Jabra Evolve2 40"],
    ringer: ["Built-in Speakers", "Jabra Evolve2 40"],
  });
  readonly offered = signal<string | null>(null);

  constructor(scenario: Scenario) {
    this.quality = signal(scenario.quality ?? null);
    this.offered.value = scenario.offered ?? null;
  }

  level(): number {
    return 0.55 + 0.4 * Math.sin(performance.now() / 300);
  }

  takeOffered(): void {
    this.offered.value = null;
  }

  async listen() {
    return () => undefined;
  }

  tick(): void {
    // nothing is measured
  }

  stop(): void {
    // nothing is open
  }
}

/** Looks like the softphone in the browser, and has no sound. */
class DevSipPhone extends GatewayPhone {
  override readonly kind = "sip" as never;
  override readonly line: ReadonlySignal<LineState>;
  override readonly microphone: ReadonlySignal<Microphone>;
  override readonly unheard: ReadonlySignal<boolean>;
  override readonly sound;

  constructor(options: GatewayPhoneOptions, scenario: Scenario) {
    super(options);
    this.line = signal(scenario.line ?? "ready");
    this.microphone = signal(scenario.microphone ?? "allowed");
    this.unheard = signal(scenario.unheard ?? false);
    this.sound = signal<PhoneSound | null>(new DevSound(scenario)) as never;
  }
}

export interface DevDesk {
  desk: Desk;
  wire: DevWire;
  /** Whether the user signed out. */
  left: () => boolean;
  tick: (now: number) => void;
}

/** A desk whose server is this page: for looking at it, and for tests. */
export function openDesk(of: Scenario, api: Partial<Api> = {}): DevDesk {
  const scenario = structuredClone(of);
  const store = new Store();
  const clock = new Clock();
  let isLeft = false;
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
  const orders: GatewayPhoneOptions = {
    kind: scenario.phone === "sip" ? "simulated" : scenario.phone,
    calls: store.calls,
    link: socket.link,
    switch: store.switch,
    command: socket.command.bind(socket) as GatewaySocket["command"],
  };
  const phone = signal<Phone>(
    scenario.phone === "sip" ? new DevSipPhone(orders, scenario) : new GatewayPhone(orders),
  );
  const desk = new Desk({
    user: { ...SESSION.user, may: scenario.may ?? [] },
    api: { ...devApi(scenario), ...api },
    socket,
    store,
    clock,
    phone,
    drafts: new Drafts(sessionStorage),
    signOut: () => {
      isLeft = true;
    },
  });
  socket.start();
  const tick = (now: number) => {
    clock.tick(now);
    socket.tick(now);
    desk.tick(now);
  };
  return { desk, wire, tick, left: () => isLeft };
}
