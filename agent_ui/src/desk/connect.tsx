import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api";
import type { DeskProps, Session } from "../app";
import { Clock } from "../clock";
import { t } from "../i18n";
import { newKey } from "../keys";
import type { Phone } from "../phone";
import { GatewaySocket, type Wire } from "../socket";
import { connectSoftphone } from "../softphone";
import { SimulatedPhone } from "../softphone_simulated";
import { Store } from "../store";
import { Ticker } from "../ticker";
import { Drafts } from "../ticket/drafts";
import { DeskScreen } from "./desk";
import { Desk } from "./model";

/** The desk of a session, wired to the server, the phone and the clock. */
export function ConnectedDesk({ session, onSignedOut }: DeskProps) {
  const [open] = useState(() => connect(session, onSignedOut));
  useEffect(() => open.stop, [open]);
  return <DeskScreen desk={open.desk} />;
}

function connect(session: Session, onSignedOut: (notice: string) => void) {
  const store = new Store();
  const clock = new Clock();
  const ticker = new Ticker();
  const leave = (notice: string) => {
    stop();
    onSignedOut(notice);
  };
  const socket = new GatewaySocket({
    open: () => new WebSocket(session.gateway_url) as unknown as Wire,
    position: () => store.position,
    receive: (message) => store.receive(message),
    clock: (server, sent, received) => clock.observe(server, sent, received),
    refused: () => {
      api.session().then(
        ({ user }) => user === null && leave(t("signin.expired")),
        () => undefined, // the server is away: the socket tries again
      );
    },
    now: Date.now,
    random: Math.random,
    newKey,
  });
  const orders = {
    calls: store.calls,
    link: socket.link,
    command: socket.command.bind(socket) as GatewaySocket["command"],
  };
  // Until the phone's kind is known the desk is there without one.
  const phone = signal<Phone>(
    new SimulatedPhone({ ...orders, kind: "none", switch: store.switch }),
  );
  const desk = new Desk({
    user: session.user,
    api,
    socket,
    store,
    clock,
    phone,
    drafts: new Drafts(localStorage),
    signOut: () => {
      void desk.notices.attempt(async () => {
        await desk.note.flush();
        await api.signOut();
        leave("");
      });
    },
  });
  const audio = new Audio();
  const openPhone = async () => {
    const access = await api.phone();
    const next =
      access.mode === "sip"
        ? await connectSoftphone({ ...orders, access, play: (stream) => play(audio, stream) })
        : new SimulatedPhone({ ...orders, kind: "simulated", switch: store.switch });
    phone.peek().stop();
    phone.value = next;
  };
  ticker.add((now) => {
    clock.tick(now);
    socket.tick(now);
    desk.tick(now);
    phone.peek().tick(now);
  });
  socket.start();
  if (session.user.extension !== "") void desk.notices.attempt(openPhone);

  function stop(): void {
    ticker.stop();
    desk.stop();
    phone.peek().stop();
    socket.stop();
  }
  return { desk, stop };
}

function play(audio: HTMLAudioElement, stream: MediaStream | null): void {
  audio.srcObject = stream;
  // Refused only before the first click on the page; answering is one.
  if (stream) audio.play().catch(() => undefined);
}
