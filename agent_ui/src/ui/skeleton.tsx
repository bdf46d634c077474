import { t } from "../i18n";

/** Holds the place of rows that are on their way. */
export function SkeletonRows({ rows }: { rows: number }) {
  return (
    <div class="skeleton" role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <div class="skeleton-row" key={row} />
      ))}
    </div>
  );
}
