import { computed, effect, signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { api } from "../api";
import type { DeskProps, Session } from "../app";
import { Clock } from "../clock";
import { t } from "../i18n";
import { newKey } from "../keys";
import type { PhoneAccess } from "../messages.gen";
import type { Phone } from "../phone";
import { GatewayPhone } from "../phone/gateway_phone";
import { identity, me } from "../phone/identity";
import { openMicrophone } from "../phone/microphone";
import { ordersFor } from "../phone/orders";
import { GatewaySocket, type Wire } from "../socket";
import { connectSoftphone } from "../softphone";
import { Store } from "../store";
import { Ticker } from "../ticker";
import { Drafts } from "../ticket/drafts";
import { DeskScreen } from "./desk";
import { Desk } from "./model";

const PHONE_RETRY_MS = 5_000;
const SOUND_RETRY_MS = 10_000;

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
  let stopped = false;
  const socket = new GatewaySocket({
    open: () => new WebSocket(session.gateway_url) as unknown as Wire,
    hello: () => ({
      screen: me.peek()?.screen ?? "",
      device: me.peek()?.device ?? "",
      device_name: me.peek()?.name ?? "",
      legs: phone.peek().legs,
    }),
    position: () => store.position,
    receive: (message) => store.receive(message),
    clock: (server, sent, received) => clock.observe(server, sent, received),
    refused: () => {
      api.session().then(
        // In mid-call nobody is sent away: the socket tries again, and this is asked again.
        ({ user }) => user === null && phone.peek().legs === 0 && leave(t("signin.expired")),
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
  const phone = signal<Phone>(new GatewayPhone({ ...orders, kind: "none", switch: store.switch }));
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
  const openPhone = async () => {
    const access = await api.phone();
    const next =
      access.mode === "sip"
        ? await openSoftphone(access)
        : new GatewayPhone({ ...orders, kind: access.mode, switch: store.switch });
    if (stopped) return next.stop();
    phone.peek().stop();
    phone.value = next;
  };
  // A server that is away when the page is opened says so once; then it is tried quietly.
  const insist = () => {
    if (!stopped) openPhone().catch(() => setTimeout(insist, PHONE_RETRY_MS));
  };
  const openSoftphone = async (access: PhoneAccess) => {
    const { screen } = await identity();
    const audio = new Audio();
    const microphone = () => openMicrophone(desk.prefs.peek().devices.microphone);
    const softphone = await connectSoftphone({
      ...orders,
      access,
      holding: computed(() => {
        const holder = store.phone.value?.screen ?? "";
        return holder === "" ? null : holder === screen;
      }),
      orders: ordersFor(screen, store.phoneOrder, () => clock.now.peek()),
      microphone,
      play: (stream) => play(audio, stream),
    });
    const loadSound = () => {
      if (stopped) return;
      import("../phone/load_sound")
        .then(({ giveSound }) => giveSound(desk, softphone, audio, microphone))
        .catch(() => setTimeout(loadSound, SOUND_RETRY_MS));
    };
    effect(() => {
      if (desk.settled.value) loadSound();
    });
    return softphone;
  };
  ticker.add((now) => {
    clock.tick(now);
    socket.tick(now);
    desk.tick(now);
    phone.peek().tick(now);
  });
  void identity().then(() => stopped || socket.start());
  if (session.user.extension !== "") {
    void desk.notices.attempt(openPhone).then((open) => open || setTimeout(insist, PHONE_RETRY_MS));
  }

  function stop(): void {
    stopped = true;
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
