import { useComputed } from "@preact/signals";
import { useDesk } from "../desk/context";
import { absolute, age, duration, secondsSince, when } from "../format";
import { locale } from "../i18n";

/** m:ss since a server time, counting. Only the text node changes, once a second. */
export function Elapsed({ since }: { since: string }) {
  const { clock } = useDesk();
  const text = useComputed(() => duration(secondsSince(since, clock.now.value)));
  return <time class="num">{text}</time>;
}

/** m:ss until a server time, 0:00 when it is past. */
export function Remaining({ until }: { until: string }) {
  const { clock } = useDesk();
  const text = useComputed(() => duration(Math.ceil(-secondsSince(until, clock.now.value))));
  return <time class="num">{text}</time>;
}

/** "3 d", and the whole date as tooltip. */
export function Age({ of }: { of: string }) {
  const { clock } = useDesk();
  const text = useComputed(() => locale.value && age(of, clock.now.value));
  return (
    <time class="num" title={absolute(of)}>
      {text}
    </time>
  );
}

/** The shortest clear form of a moment, and the whole date as tooltip. */
export function When({ at }: { at: string }) {
  const { clock } = useDesk();
  const text = useComputed(() => locale.value && when(at, clock.now.value));
  return (
    <time class="num" title={absolute(at)}>
      {text}
    </time>
  );
}
