/** Small pictures of figures over time. Their words are beside them. */

const WIDTH = 240;
const HEIGHT = 48;

interface Props {
  values: readonly number[];
  /** What it shows, in words. */
  label: string;
  /** How high the picture reaches at least, so that a quiet line looks quiet. */
  atLeast: number;
}

/** One bar a second. */
export function Bars({ values, label, atLeast }: Props) {
  const top = Math.max(atLeast, ...values);
  const step = WIDTH / Math.max(1, values.length);
  const path = values
    .map((value, at) => {
      const height = (value / top) * HEIGHT;
      return height > 0
        ? `M${(at * step).toFixed(1)} ${HEIGHT}v${(-height).toFixed(1)}h${(step * 0.75).toFixed(1)}v${height.toFixed(1)}z`
        : "";
    })
    .join("");
  return <Picture label={label} path={path} kind="bars" />;
}

/** A line of the latest values; it grows from the right. */
export function Line({ values, label, atLeast, room }: Props & { room: number }) {
  const top = Math.max(atLeast, ...values);
  const step = WIDTH / Math.max(1, room - 1);
  const from = WIDTH - (values.length - 1) * step;
  const points = values.map((value, at) => {
    const y = HEIGHT - 2 - (value / top) * (HEIGHT - 4);
    return `${(from + at * step).toFixed(1)} ${y.toFixed(1)}`;
  });
  return (
    <Picture label={label} path={points.length > 1 ? `M${points.join("L")}` : ""} kind="line" />
  );
}

function Picture({ label, path, kind }: { label: string; path: string; kind: string }) {
  return (
    <svg
      class={`picture picture-${kind}`}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={path} vector-effect="non-scaling-stroke" />
    </svg>
  );
}
