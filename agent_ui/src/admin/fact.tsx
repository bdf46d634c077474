import type { ComponentChildren } from "preact";

interface Props {
  name: string;
  value: ComponentChildren;
  /** Somebody should look at it. */
  isBad?: boolean;
}

/** A figure with its name; one that is not as it should be has a mark besides its colour. */
export function Fact({ name, value, isBad }: Props) {
  return (
    <div class={isBad ? "fact fact-bad" : "fact"}>
      <dt>{name}</dt>
      <dd class="num">
        {isBad && <span aria-hidden="true">▲ </span>}
        {value}
      </dd>
    </div>
  );
}
