import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { ApiError } from "../api";
import { useDesk } from "../desk/context";
import { t } from "../i18n";
import { BAR_PX, bars, wavePath } from "./waves";

interface Props {
  id: string;
  at: ReadonlySignal<number>;
  length: number;
}

/** The waveform, what was heard of it in another colour. It is a picture: the slider has the words. */
export function Wave({ id, at, length }: Props) {
  const { api } = useDesk();
  const peaks = useSignal<Uint8Array | null>(null);
  const hasFailed = useSignal(false);
  const width = useSignal(0);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isCurrent = true;
    api.peaks(id).then(
      (read) => {
        if (isCurrent) peaks.value = read;
      },
      (error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        if (isCurrent) hasFailed.value = true;
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [api, id, peaks, hasFailed]);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => {
      width.value = element.clientWidth;
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [width]);
  const wanted = Math.max(40, Math.floor(width.value / BAR_PX));
  const heights = useMemo(
    () => bars(peaks.value ?? new Uint8Array(), wanted),
    [peaks.value, wanted],
  );
  const path = useMemo(() => wavePath(heights), [heights]);
  const unheard = length > 0 ? 100 - (at.value / length) * 100 : 100;
  return (
    <div class="wave" ref={box} aria-hidden="true">
      {heights.length > 0 && (
        <>
          <Picture of={path} count={heights.length} />
          <div class="wave-heard" style={{ clipPath: `inset(0 ${unheard}% 0 0)` }}>
            <Picture of={path} count={heights.length} />
          </div>
        </>
      )}
      {hasFailed.value && <span class="hint wave-note">{t("player.no_wave")}</span>}
    </div>
  );
}

function Picture({ of, count }: { of: string; count: number }) {
  return (
    <svg viewBox={`0 0 ${count} 100`} preserveAspectRatio="none" aria-hidden="true">
      <path d={of} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
