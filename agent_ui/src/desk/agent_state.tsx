import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { localised, t, tCode } from "../i18n";
import type { AgentView, DeskConfig } from "../messages.gen";
import { Icon } from "../ui/icon";
import { lazy } from "../ui/lazy";
import { Popover } from "../ui/popover";
import { Elapsed, Remaining } from "../ui/timer";
import { useAction } from "./actions";
import { useDesk } from "./context";

const MINUTE_MS = 60_000;
/** Set aside without having asked: what one wants is to go on. */
const SET_ASIDE = new Set(["missed", "rejected", "no_phone", "disconnected"]);

const Reasons = lazy(async () => (await import("./reasons")).Reasons);

/** My state with its clock, and the way to change it. It keeps its width whatever it says. */
export function AgentState() {
  const desk = useDesk();
  const me = desk.store.me.value;
  const then = desk.afterwards.value;
  const offline = desk.socket.link.value !== "up";
  const mayExtend = me?.state === "wrap_up" && me.may_extend && !offline;
  useReturn(me?.state);
  useAction({
    id: "state.extend",
    group: "state",
    keys: "Ctrl+Shift+7",
    label: () => t("state.extend_long"),
    enabled: () => mayExtend,
    run: () => void desk.extendWrapUp(),
  });
  if (me === null) return <div class="agent" data-testid="agent-state" data-state="unknown" />;
  return (
    <div class="agent">
      <div class={`state state-${me.state}`} data-testid="agent-state" data-state={me.state}>
        <span class="mark" aria-hidden="true" />
        <span class="state-text">
          <b>{t(`state.${me.state}`)}</b>
          <Aside me={me} then={then} />
        </span>
        {mayExtend && (
          <button
            type="button"
            class="button state-extend"
            data-testid="extend-wrap-up"
            title={t("state.extend_long")}
            aria-keyshortcuts={desk.actions.aria("state.extend")}
            onClick={() => void desk.extendWrapUp()}
          >
            {t("state.extend")}
          </button>
        )}
        {me.state === "wrap_up" && me.until ? (
          <Remaining until={me.until} />
        ) : (
          <Elapsed since={me.since} />
        )}
      </div>
      <Orders me={me} then={then} offline={offline} />
    </div>
  );
}

/** Who was out of touch is told that they are back, and as what. */
function useReturn(state: AgentView["state"] | undefined): void {
  const { notices } = useDesk();
  const before = useRef(state);
  useEffect(() => {
    const was = before.current;
    before.current = state;
    if (was !== "unresponsive" || state === undefined || state === was) return;
    notices.say(t("state.back", { state: t(`state.${state}`) }));
  }, [state, notices]);
}

interface OrdersProps {
  me: AgentView;
  then: string | null;
  offline: boolean;
}

/** Ready, or not ready with a reason; during a call both are about what follows it. */
function Orders({ me, then, offline }: OrdersProps) {
  const desk = useDesk();
  const inNoQueue = me.queues.length === 0;
  const mayReady =
    !inNoQueue && me.state !== "ready" && (!desk.isCalling.value || then !== null) && !offline;
  const again = me.state === "not_ready" && SET_ASIDE.has(me.reason);
  const readyWord = again ? t("state.ready_again") : t("state.go_ready");
  useAction({
    id: "state.ready",
    group: "state",
    keys: "Ctrl+Shift+Y",
    label: () => readyWord,
    enabled: () => mayReady,
    run: () => void desk.ready(),
  });
  const whenAsked = desk.isCalling.value ? t("state.after_call") : undefined;
  return (
    <div class="state-orders">
      <button
        type="button"
        class="button ready"
        data-testid="go-ready"
        title={inNoQueue ? t("state.no_queue") : whenAsked}
        aria-keyshortcuts={desk.actions.aria("state.ready")}
        disabled={!mayReady}
        onClick={() => void desk.ready()}
      >
        {readyWord}
      </button>
      <Popover
        face={
          <>
            {t("state.go_not_ready")} <Icon name="down" />
          </>
        }
        label={t("state.reasons")}
        testid="not-ready-reasons"
        disabled={offline}
        action={{ id: "state.not_ready", group: "state", keys: "Ctrl+Shift+U" }}
      >
        <Reasons current={me.state === "not_ready" ? me.reason : (then ?? "")} />
      </Popover>
    </div>
  );
}

/** Second line: why not ready and how long that may last, or what follows the call. */
function Aside({ me, then }: { me: AgentView; then: string | null }) {
  const config = useDesk().config.data.value;
  const text = aside(me, then, config);
  if (text === "") return null;
  return (
    <small title={text}>
      <span class="for-ears"> · </span>
      {text}
      {me.state === "not_ready" && me.limit_at && <Limit at={me.limit_at} />}
    </small>
  );
}

function aside(me: AgentView, then: string | null, config: DeskConfig | null): string {
  if (me.queues.length === 0) return t("state.in_no_queue");
  if (me.state === "unresponsive") return t("state.not_rung");
  if (me.state === "not_ready") return reasonIn(config, me.reason);
  if (then === null) return "";
  const asked = config?.reasons.some(({ code }) => code === then) ?? false;
  return t("state.then", { reason: asked ? reasonIn(config, then) : t("state.not_ready") });
}

/** How much of the pause is left; that it is over is said, not shouted. */
function Limit({ at }: { at: string }) {
  const { clock } = useDesk();
  const text = useComputed(() => {
    const left = Date.parse(at) - clock.now.value;
    if (left > 0) return t("state.left", { n: Math.ceil(left / MINUTE_MS) });
    const over = Math.floor(-left / MINUTE_MS);
    return over === 0 ? t("state.time_up") : t("state.over", { n: over });
  });
  return (
    <span class="num state-limit" data-testid="pause-limit">
      {", "}
      {text}
    </span>
  );
}

/** A reason in the reader's language: the company's own, or one that the switch gave. */
export function reasonIn(config: DeskConfig | null, code: string): string {
  const own = config?.reasons.find((reason) => reason.code === code);
  return own ? localised(own.label, code) : tCode("reason", code, code);
}
