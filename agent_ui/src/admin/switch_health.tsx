import { useDesk } from "../desk/context";
import { absolute, count, duration, when } from "../format";
import { t } from "../i18n";
import type { PbxHealth } from "../messages.gen";
import { inReadersWords } from "../problems";
import { inline } from "../work/markdown";
import { Fact } from "./fact";
import { lags } from "./lags";
import { Bars, Line } from "./pictures";

/** Beyond this a clock's difference matters to who reads times of day. */
const SKEW_S = 2;
/** Below these a line is drawn flat: they are nothing. */
const QUIET_EVENTS = 10;
const QUIET_LAG_MS = 50;
const LAGS_SHOWN = 60;

/** One switch: what comes from it and how fast, drawn; and the figures that should be nothing. */
export function SwitchHealth({ pbx }: { pbx: PbxHealth }) {
  const { clock } = useDesk();
  const now = clock.now.peek();
  const moment = (iso: string) => <span title={absolute(iso)}>{when(iso, now)}</span>;
  return (
    <section
      class="health-part"
      aria-label={t("health.at", { name: pbx.pbx })}
      data-testid="switch-health"
      data-pbx={pbx.pbx}
    >
      <header class="switch-head" data-connected={pbx.connected}>
        <h3>
          <span class="switch-mark" aria-hidden="true" />
          {pbx.pbx}
        </h3>
        <p title={pbx.since ? absolute(pbx.since) : undefined}>{state(pbx, now)}</p>
        <p class="hint">
          {[pbx.version, pbx.owner ? t("health.owner", { name: pbx.owner }) : t("health.nobody")]
            .filter(Boolean)
            .join(" · ")}
        </p>
      </header>
      {!pbx.connected && pbx.problem && <p class="switch-why">{inReadersWords(pbx.problem)}</p>}
      <Pictures pbx={pbx} />
      <dl class="facts">
        <Fact name={t("health.live_calls")} value={count(pbx.live_calls)} />
        <Fact
          name={t("health.journal")}
          value={
            pbx.journal_waiting > 0
              ? t("health.journal_age", {
                  n: count(pbx.journal_waiting),
                  time: duration(pbx.journal_oldest_s),
                })
              : count(0)
          }
          isBad={pbx.journal_oldest_s > 5}
        />
        <Fact
          name={t("health.skew")}
          value={skewOf(pbx.clock_skew_s)}
          isBad={Math.abs(pbx.clock_skew_s) > SKEW_S}
        />
        <Fact
          name={t("health.resync")}
          value={
            pbx.last_resync_at ? (
              <>
                {moment(pbx.last_resync_at)}
                <small>
                  {t("health.resync_how", {
                    ms: count(pbx.last_resync_ms),
                    n: count(pbx.resyncs),
                  })}
                </small>
              </>
            ) : (
              t("health.never")
            )
          }
        />
        <Fact name={t("health.recovered")} value={count(pbx.recovered_today)} />
        <Fact name={t("health.inferred")} value={count(pbx.inferred_today)} />
        <Fact name={t("health.strangers")} value={count(pbx.strangers)} />
        <Fact name={t("health.overflows")} value={count(pbx.overflows)} isBad={pbx.overflows > 0} />
        <Fact
          name={t("health.compared")}
          value={
            pbx.reconciled_at ? (
              <>
                {moment(pbx.reconciled_at)}
                <small>
                  {t("health.compared_how", {
                    calls: count(pbx.reconciled_calls),
                    n: count(pbx.differences),
                  })}
                </small>
              </>
            ) : (
              t("health.never")
            )
          }
          isBad={pbx.differences > 0}
        />
        <History pbx={pbx} now={now} />
      </dl>
      {pbx.history_ok === null && (
        <p class="hint" data-testid="history-how">
          {inline(t("health.history_how"))}
        </p>
      )}
    </section>
  );
}

function Pictures({ pbx }: { pbx: PbxHealth }) {
  const known = lags.value.get(pbx.pbx) ?? [];
  return (
    <div class="pictures">
      <figure>
        <figcaption>
          <span>{t("health.events")}</span>
          <b class="num">{t("health.per_second", { n: pbx.events_per_s.toFixed(1) })}</b>
        </figcaption>
        <Bars
          values={pbx.events_by_s}
          atLeast={QUIET_EVENTS}
          label={t("health.events_picture", { n: count(Math.max(0, ...pbx.events_by_s)) })}
        />
      </figure>
      <figure>
        <figcaption>
          <span>{t("health.lag")}</span>
          <b class="num">{t("health.ms", { n: count(pbx.lag_ms) })}</b>
        </figcaption>
        <Line
          values={known}
          atLeast={QUIET_LAG_MS}
          room={LAGS_SHOWN}
          label={t("health.lag_picture")}
        />
      </figure>
    </div>
  );
}

/** The switch's own record: read until when, or why not. */
function History({ pbx, now }: { pbx: PbxHealth; now: number }) {
  const name = t("health.history");
  if (pbx.history_ok === null) return <Fact name={name} value={t("health.history_off")} />;
  const until = pbx.history_until
    ? t("health.history_ok", { when: when(pbx.history_until, now) })
    : t("health.history_unread");
  const notes = [
    pbx.history_problem && inReadersWords(pbx.history_problem),
    pbx.history_bad_lines > 0 && t("health.bad_lines", { n: count(pbx.history_bad_lines) }),
  ].filter(Boolean);
  return (
    <Fact
      name={name}
      value={
        <>
          {until}
          {notes.length > 0 && <small>{notes.join(" · ")}</small>}
        </>
      }
      isBad={!pbx.history_ok || pbx.history_bad_lines > 0}
    />
  );
}

function state({ connected, since }: PbxHealth, now: number): string {
  if (since === null) return t(connected ? "health.connected_plain" : "health.lost_plain");
  return t(connected ? "health.connected" : "health.lost", { when: when(since, now) });
}

function skewOf(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 0.1) return t("health.skew_same");
  const time = size < 60 ? `${size.toFixed(1)} s` : duration(size);
  return t(seconds > 0 ? "health.skew_ahead" : "health.skew_behind", { time });
}
