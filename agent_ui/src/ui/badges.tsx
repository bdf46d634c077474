import { localised, t } from "../i18n";
import type { Match, TierBadge as Tier } from "../messages.gen";

const SHAPES = ["◆", "◈", "◇"];

/** Of a tier by its rank, 1 the highest. */
export function tierShape(rank: number): string {
  return SHAPES[rank - 1] ?? "○";
}

/** A tier by shape and word; weight falls with rank (1 is the highest), colour says nothing. */
export function TierBadge({ tier }: { tier: Tier }) {
  const step = Math.min(Math.max(tier.rank, 1), 4);
  return (
    <span class={`tier tier-${step}`} data-testid="tier-badge" data-tier={tier.code}>
      {SHAPES[step - 1] ?? ""} {localised(tier.name, tier.code)}
    </span>
  );
}

/** How surely the number told us who this is. */
export function MatchChip({ match }: { match: Match }) {
  return (
    <span class={`match match-${match}`} data-testid="match-kind" data-match={match}>
      {match === "exact" ? "✓ " : ""}
      {t(`match.${match}`)}
    </span>
  );
}

export function Priority({ value }: { value: number }) {
  const step = Math.min(Math.max(value, 1), 4) as 1 | 2 | 3 | 4;
  return (
    <span class={`priority priority-${step}`} title={t(`priority.${step}`)}>
      P{value}
    </span>
  );
}
