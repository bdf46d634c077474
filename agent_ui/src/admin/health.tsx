import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useDesk } from "../desk/context";
import { inWords } from "../desk/notices";
import { absolute, count, percent, when } from "../format";
import { t, tCode } from "../i18n";
import type { AlarmView, HealthView, RecordingsHealth } from "../messages.gen";
import { inReadersWords, worded } from "../problems";
import { CommandError } from "../socket";
import { Drawer } from "../ui/drawer";
import { Icon } from "../ui/icon";
import { SkeletonRows } from "../ui/skeleton";
import { inline } from "../work/markdown";
import { Comparisons, isRecorded } from "./comparisons";
import { Fact } from "./fact";
import { remember } from "./lags";
import { SwitchHealth } from "./switch_health";
import "./health.css";

/** Told every two seconds; so long without a word means that it is not true any more. */
const STALE_MS = 10_000;

/**
 * How the log, the switches and the recordings are, for who looks after them. It is told by the
 * gateway as long as the page is open; what needs somebody is on top, and nothing else shouts.
 */
export function HealthPage() {
  const { store } = useDesk();
  const problem = useWatch();
  const health = store.health.value;
  return (
    <Drawer title={t("panel.health")} testid="health" wide>
      {problem !== "" && (
        <p class="health-problem" role="alert" data-testid="health-problem">
          {problem}
        </p>
      )}
      {health === null && problem === "" && (
        <div class="health-waiting">
          <p class="hint">{t("health.waiting")}</p>
          <SkeletonRows rows={8} />
        </div>
      )}
      {health && <Health health={health} />}
      <Comparisons />
    </Drawer>
  );
}

/** Asks to be told while this is open, again after each cut; why it is not, in words. */
function useWatch(): string {
  const { socket, store, clock } = useDesk();
  const problem = useSignal("");
  useSignalEffect(() => {
    if (socket.link.value !== "up") return;
    socket.command("health.watch", { on: true }).then(
      () => {
        problem.value = "";
      },
      (error: unknown) => {
        if (!(error instanceof CommandError)) throw error;
        problem.value = inWords(error);
      },
    );
  });
  useEffect(
    () => () => {
      // Whoever cannot be told has nobody watching, too.
      if (socket.link.peek() === "up") {
        socket.command("health.watch", { on: false }).catch(() => undefined);
      }
      store.health.value = null;
    },
    [socket, store],
  );
  useSignalEffect(() => {
    for (const { pbx, lag_ms } of store.health.value?.pbxs ?? []) remember(pbx, lag_ms);
  });
  const health = store.health.value;
  const isStale = health !== null && clock.now.value - Date.parse(health.at) > STALE_MS;
  if (isStale) return t("health.away", { when: absolute(health.at) });
  return problem.value;
}

function Health({ health }: { health: HealthView }) {
  return (
    <>
      {health.alarms.length > 0 ? <Alarms alarms={health.alarms} /> : <Well health={health} />}
      {health.pbxs.map((pbx) => (
        <SwitchHealth key={pbx.pbx} pbx={pbx} />
      ))}
      <Recordings recordings={health.recordings} isDatabaseWell={health.database_ok} />
    </>
  );
}

/** Calm when all is well: one line. */
function Well({ health }: { health: HealthView }) {
  const compared = health.pbxs.filter(({ reconciled_at }) => reconciled_at !== null);
  const calls = compared.reduce((sum, { reconciled_calls }) => sum + reconciled_calls, 0);
  const isWhole = compared.length > 0 && compared.every(({ differences }) => differences === 0);
  return (
    <p class="health-well" role="status" data-testid="health-well">
      <Icon name="check" />
      <b>{t(isWhole ? "health.well" : "health.quiet")}</b>
      <span>
        {isWhole
          ? t("health.well_detail", { calls: count(calls) })
          : t(isRecorded(health) ? "health.quiet_detail" : "health.quiet_alone")}
      </span>
    </p>
  );
}

function Alarms({ alarms }: { alarms: readonly AlarmView[] }) {
  const { clock } = useDesk();
  const worst = [...alarms].sort(
    (a, b) => Number(b.level === "alarm") - Number(a.level === "alarm"),
  );
  return (
    <section aria-label={t("health.alarms")}>
      <ul class="alarms" data-testid="alarms">
        {worst.map((alarm) => (
          <li
            key={alarm.code + alarm.pbx}
            class={`alarm alarm-${alarm.level}`}
            data-testid="alarm"
            data-code={alarm.code}
          >
            <Icon name="alert" />
            <div>
              <p class="alarm-head">
                <b>{tCode("alarm", alarm.code, alarm.code)}</b>
                {alarm.pbx !== "" && <span>{t("health.at", { name: alarm.pbx })}</span>}
                <span title={absolute(alarm.since)}>
                  {t("health.since", { when: when(alarm.since, clock.now.peek()) })}
                </span>
                {alarm.detail !== "" && <span class="alarm-detail">{detailOf(alarm)}</span>}
              </p>
              <p>{inline(tCode("alarm", `${alarm.code}_do`, ""))}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** In the reader's language where it is more than a path or what another program said. */
function detailOf({ code, detail, facts }: AlarmView): string {
  const { problem } = facts;
  if (typeof problem === "string") return inReadersWords({ code: problem, values: facts });
  const isProse = Object.keys(facts).length > 0;
  return isProse ? tCode("alarm", `${code}_detail`, detail, worded(facts)) : detail;
}

function Recordings(props: { recordings: RecordingsHealth; isDatabaseWell: boolean }) {
  const { folder_ok, stored_today, waiting, problems, disk_free, disk_free_gb } = props.recordings;
  return (
    <section
      class="health-part"
      aria-label={t("health.recordings")}
      data-testid="health-recordings"
    >
      <h3>{t("health.recordings")}</h3>
      {folder_ok === null && <p class="hint">{t("health.rec_off")}</p>}
      <dl class="facts">
        {folder_ok !== null && (
          <Fact
            name={t("health.rec_folder")}
            value={t(folder_ok ? "health.rec_folder_ok" : "health.rec_folder_bad")}
            isBad={!folder_ok}
          />
        )}
        <Fact name={t("health.rec_stored")} value={count(stored_today)} />
        <Fact name={t("health.rec_waiting")} value={count(waiting)} />
        <Fact name={t("health.rec_problems")} value={count(problems)} isBad={problems > 0} />
        <Fact
          name={t("health.database")}
          value={t(props.isDatabaseWell ? "health.database_ok" : "health.database_away")}
          isBad={!props.isDatabaseWell}
        />
      </dl>
      <div class="disk">
        <span id="disk-label">{t("health.disk")}</span>
        <meter
          aria-labelledby="disk-label"
          min={0}
          max={1}
          low={0.1}
          high={0.25}
          optimum={1}
          value={disk_free}
        />
        <span class="num">
          {t("health.disk_free", { gb: count(disk_free_gb), share: percent(disk_free) })}
        </span>
      </div>
    </section>
  );
}
