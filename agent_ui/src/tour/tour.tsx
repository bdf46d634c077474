import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { keepFocus } from "../ui/focus";
import { cardPlace, type Place, STOPS } from "./stops";
import "../ui/panels.css";

/**
 * The first two minutes: what is where, with Enter from stop to stop. A call ends it at once, and
 * who has seen it or sent it away is not asked again.
 */
export function Tour() {
  const desk = useDesk();
  const at = useSignal(0);
  const card = useRef<HTMLDivElement>(null);
  const ring = useRef<HTMLDivElement>(null);
  const stop = STOPS[at.value] ?? STOPS[0];
  const last = at.value === STOPS.length - 1;
  const end = () => {
    desk.panel.value = null;
    if (!desk.prefs.peek().toured) desk.setPrefs({ toured: true });
  };
  // A call has come: the tour is there again at the next sign-in, or from the menu.
  useSignalEffect(() => {
    if (desk.isCalling.value) desk.panel.value = null;
  });
  useLayoutEffect(() => {
    if (stop.id === "calls" || stop.id === "customer" || stop.id === "work") {
      desk.tab.value = stop.id;
    }
    const place = () => point(stop.at, ring.current, card.current);
    place();
    const frame = requestAnimationFrame(place); // a tab that was just opened has its place by then
    window.addEventListener("resize", place);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener("resize", place);
    };
  }, [stop, desk]);
  useEffect(() => keepFocus(card.current?.querySelector<HTMLElement>(".primary") ?? null), []);
  const go = (to: number) => {
    at.value = Math.min(Math.max(to, 0), STOPS.length - 1);
  };
  return (
    <>
      <div class="tour-ring" ref={ring} aria-hidden="true" />
      <div
        class="tour"
        ref={card}
        role="dialog"
        aria-label={t("panel.tour")}
        aria-describedby="tour-text"
        data-testid="tour"
        data-stop={stop.id}
        onKeyDown={(event) => {
          if (event.key === "Escape") end();
          else if (event.key === "ArrowRight" && !last) go(at.value + 1);
          else if (event.key === "ArrowLeft") go(at.value - 1);
          else return;
          event.preventDefault();
        }}
      >
        <div id="tour-text" aria-live="polite">
          <h2>{t(`tour.${stop.id}`)}</h2>
          <p>{t(`tour.${stop.id}_text`)}</p>
        </div>
        {last && <OfferNotices />}
        <div class="tour-ends">
          <span class="hint num">{t("tour.at", { n: at.value + 1, of: STOPS.length })}</span>
          <button type="button" class="button quiet" data-testid="tour-skip" onClick={end}>
            {t("tour.skip")}
          </button>
          <button
            type="button"
            class="button"
            disabled={at.value === 0}
            data-testid="tour-back"
            onClick={() => go(at.value - 1)}
          >
            {t("tour.back")}
          </button>
          <button
            type="button"
            class="button primary"
            data-testid="tour-next"
            onClick={() => (last ? end() : go(at.value + 1))}
          >
            {last ? t("tour.done") : t("tour.next")}
          </button>
        </div>
      </div>
    </>
  );
}

/**
 * Asks whether ringing calls may be shown outside the page, with their Answer: only here, and in
 * the settings. Nothing where it was answered before, or the browser cannot.
 */
function OfferNotices() {
  const desk = useDesk();
  const given = useSignal(permission());
  const asked = useSignal(false);
  if (given.value !== "default" && !asked.value) return null;
  if (asked.value) {
    return (
      <p class="tour-offer" role="status" data-testid="tour-notify-said">
        {given.value === "granted" ? t("tour.notify_on") : t("tour.notify_off")}
      </p>
    );
  }
  const ask = async () => {
    given.value = await Notification.requestPermission();
    asked.value = true;
    document.querySelector<HTMLElement>(".tour .primary")?.focus(); // the button pressed is gone
    desk.setPrefs({ notify: given.value === "granted" });
  };
  return (
    <p class="tour-offer">
      <span>{t("tour.notify")}</span>
      <button type="button" class="button" data-testid="tour-notify" onClick={() => void ask()}>
        {t("tour.notify_yes")}
      </button>
    </p>
  );
}

function permission(): NotificationPermission {
  return typeof Notification === "undefined" ? "denied" : Notification.permission;
}

/** Frames what the stop is about, and puts the card beside it. */
function point(at: string, ring: HTMLElement | null, card: HTMLElement | null): void {
  if (ring === null || card === null) return;
  const target = at === "" ? null : document.querySelector(at);
  const box = target?.getBoundingClientRect();
  const of: Place | null = box && box.width > 0 ? box : null;
  ring.hidden = of === null;
  if (of !== null) move(ring, of);
  const { left, top } = cardPlace(of, card.getBoundingClientRect(), innerWidth, innerHeight);
  card.style.left = `${Math.max(left, 0)}px`;
  card.style.top = `${Math.max(top, 0)}px`;
}

function move(element: HTMLElement, { left, top, width, height }: Place): void {
  const { style } = element;
  style.left = `${left}px`;
  style.top = `${top}px`;
  style.width = `${width}px`;
  style.height = `${height}px`;
}
