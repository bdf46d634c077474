import { type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { useDesk } from "../desk/context";
import { absolute, day, duration, when } from "../format";
import { t } from "../i18n";
import type { RecordingPart, RecordingRow } from "../messages.gen";
import { Icon } from "../ui/icon";
import { Delete } from "./delete";
import { Playing, SPEEDS } from "./playing";
import { Problem } from "./silent";
import { Wave } from "./wave";
import { lanes } from "./waves";

const STEP_S = 5;
const LEAP_S = 30;

/** Plays one recording: its waveform is also where one goes to a place in it. */
export function Player({ row, onChanged }: { row: RecordingRow; onChanged: () => void }) {
  const desk = useDesk();
  const audio = useMemo(() => new Audio(), []);
  const playing = useMemo(
    () => new Playing(audio, desk.api.sound(row.id), row.seconds),
    [audio, desk, row.id, row.seconds],
  );
  useEffect(() => () => playing.stop(), [playing]);
  // A caller is heard, and nothing else.
  useSignalEffect(() => {
    if (desk.isCalling.value) playing.pause();
  });
  // As the softphone: what is said to customers is not for the room.
  const { speaker } = desk.prefs.value.devices;
  useEffect(() => playing.setSpeaker(speaker), [playing, speaker]);
  const began = row.began_at;
  const title = t("player.of", {
    when: began ? when(began, desk.clock.now.peek()) : "–",
    length: duration(row.seconds),
  });
  const isOn = playing.isPlaying.value || playing.isWaiting.value;
  return (
    <section class="player" aria-label={title} data-testid="player" data-id={row.id}>
      <Problem row={row} />
      <Timeline row={row} playing={playing} />
      <div class="player-orders">
        <button
          type="button"
          class="button"
          data-testid="player-play"
          aria-pressed={isOn}
          onClick={() => playing.toggle()}
        >
          <Icon name={isOn ? "pause" : "play"} />
          {t(isOn ? "player.pause" : "player.play")}
        </button>
        <Place playing={playing} length={row.seconds} />
        <select
          class="player-speed num"
          aria-label={t("player.speed")}
          title={t("player.speed")}
          data-testid="player-speed"
          value={String(playing.speed.value)}
          onChange={(event) => playing.setSpeed(Number(event.currentTarget.value))}
        >
          {SPEEDS.map((rate) => (
            <option key={rate} value={String(rate)}>
              {rate}×
            </option>
          ))}
        </select>
        {row.keep_until && (
          <span class="hint player-until" title={absolute(row.keep_until)}>
            {t("player.until", { when: day(row.keep_until) })}
          </span>
        )}
        {row.may_delete && <Delete row={row} onDeleted={onChanged} />}
      </div>
      {playing.hasFailed.value && (
        <p class="recording-problem" role="alert" data-testid="player-failed">
          <Icon name="alert" />
          <span>{t("player.no_sound")}</span>
          <button type="button" class="button quiet" onClick={() => void playing.play()}>
            {t("player.again")}
          </button>
        </p>
      )}
    </section>
  );
}

function Place({ playing, length }: { playing: Playing; length: number }) {
  const text = useComputed(() => `${duration(playing.at.value)} / ${duration(length)}`);
  return (
    <span class="player-place num" data-testid="player-place">
      {playing.isWaiting.value ? t("player.loading") : text}
    </span>
  );
}

/** The waveform as a slider, with what was paused on it and who spoke below. */
function Timeline({ row, playing }: { row: RecordingRow; playing: Playing }) {
  const box = useRef<HTMLDivElement>(null);
  // While somebody drags, the place they are at; the sound follows when they let go.
  const dragged = useSignal<number | null>(null);
  const at = useComputed(() => dragged.value ?? playing.at.value);
  const place = (event: PointerEvent) => {
    const { left, width } = (box.current as HTMLElement).getBoundingClientRect();
    return width > 0 ? ((event.clientX - left) / width) * row.seconds : 0;
  };
  const drop = () => {
    if (dragged.peek() === null) return;
    playing.seek(dragged.peek() ?? 0);
    dragged.value = null;
  };
  return (
    <div class="player-time">
      <div
        class="player-wave"
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={t("player.seek")}
        aria-valuemin={0}
        aria-valuemax={Math.floor(row.seconds)}
        aria-valuenow={Math.floor(at.value)}
        aria-valuetext={valueText(row, at.value)}
        data-testid="player-seek"
        onKeyDown={(event) => {
          const to = placeFor(event, playing.at.peek(), row.seconds);
          if (to === null) return;
          event.preventDefault();
          if (to === "toggle") playing.toggle();
          else playing.seek(to);
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture?.(event.pointerId);
          dragged.value = bounded(place(event), row.seconds);
        }}
        onPointerMove={(event) => {
          if (dragged.peek() !== null) dragged.value = bounded(place(event), row.seconds);
        }}
        onPointerUp={drop}
        onPointerCancel={() => {
          dragged.value = null;
        }}
      >
        <Wave id={row.id} at={at} length={row.seconds} />
        {row.pauses.map(({ from_s, to_s }) => (
          <span
            key={from_s}
            class="player-pause"
            style={stretch(from_s, to_s, row.seconds)}
            title={t("player.paused_long", { from: duration(from_s), to: duration(to_s) })}
          >
            <span>{t("player.paused")}</span>
          </span>
        ))}
        <Needle at={at} length={row.seconds} />
      </div>
      {row.parts.length > 0 && <Parts row={row} playing={playing} />}
    </div>
  );
}

function Needle({ at, length }: { at: Signal<number>; length: number }) {
  return <span class="player-needle" style={{ left: `${share(at.value, length)}%` }} />;
}

/** Who of ours was in it, from when to when; a press goes there. */
function Parts({ row, playing }: { row: RecordingRow; playing: Playing }) {
  const lane = useMemo(() => lanes(row.parts), [row.parts]);
  return (
    <ul class="player-parts" style={{ height: `${(Math.max(...lane) + 1) * 24}px` }}>
      {row.parts.map((part, index) => (
        <li
          key={part.leg + part.from_s}
          style={{
            ...stretch(part.from_s, part.to_s, row.seconds),
            top: `${(lane[index] ?? 0) * 24}px`,
          }}
        >
          <button
            type="button"
            data-testid="player-part"
            title={partText(part)}
            aria-label={partText(part)}
            onClick={() => playing.seek(part.from_s)}
          >
            {part.agent}
          </button>
        </li>
      ))}
    </ul>
  );
}

function partText({ agent, from_s, to_s }: RecordingPart): string {
  return t("player.part", { name: agent, from: duration(from_s), to: duration(to_s) });
}

function valueText(row: RecordingRow, at: number): string {
  const place = { at: duration(at), length: duration(row.seconds) };
  const inside = ({ from_s, to_s }: { from_s: number; to_s: number }) => from_s <= at && at < to_s;
  if (row.pauses.some(inside)) return t("player.at_by", { ...place, who: t("player.paused") });
  const who = row.parts.filter(inside).map(({ agent }) => agent);
  if (who.length === 0) return t("player.at", place);
  return t("player.at_by", { ...place, who: who.join(", ") });
}

/** Where a key goes to; null for a key that means nothing here. */
export function placeFor(
  { key, shiftKey, ctrlKey, altKey, metaKey }: KeyboardEvent,
  at: number,
  length: number,
): number | "toggle" | null {
  if (ctrlKey || altKey || metaKey) return null;
  const step = shiftKey ? LEAP_S : STEP_S;
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return bounded(at + step, length);
    case "ArrowLeft":
    case "ArrowDown":
      return bounded(at - step, length);
    case "PageUp":
      return bounded(at + LEAP_S, length);
    case "PageDown":
      return bounded(at - LEAP_S, length);
    case "Home":
      return 0;
    case "End":
      return length;
    case " ":
      return "toggle";
    default:
      return null;
  }
}

const bounded = (seconds: number, length: number) => Math.min(Math.max(0, seconds), length);
const share = (seconds: number, length: number) => (length > 0 ? (seconds / length) * 100 : 0);
const stretch = (from: number, to: number, length: number) => ({
  left: `${share(from, length)}%`,
  width: `${share(Math.max(0, to - from), length)}%`,
});
