/** One comparison of our call log with what the switch itself recorded. */
export interface ReconciliationRow {
  readonly id: string;
  readonly pbx: string;
  readonly since: string;
  readonly until: string;
  readonly began_at: string;
  readonly ended_at: string | null;
  readonly calls: number;
  readonly differences: number;
  readonly bad_lines: number;
  readonly problem: string;
}

/** What one call has otherwise in the switch's record; null where it lacks. */
export interface DifferenceRow {
  readonly id: string;
  readonly call_id: string;
  readonly uniqueid: string;
  readonly kind: string;
  readonly ours: unknown;
  readonly theirs: unknown;
}
