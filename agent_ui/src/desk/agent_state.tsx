import { t, tCode } from "../i18n";
import type { AgentView } from "../messages.gen";
import { Icon } from "../ui/icon";
import { Popover, useClose } from "../ui/popover";
import { Elapsed, Remaining } from "../ui/timer";
import { useDesk } from "./context";

const REASONS = ["break", "lunch", "meeting", "training", "other"] as const;

/** My state with its clock, and the way to change it. It keeps its width whatever it says. */
export function AgentState() {
  const desk = useDesk();
  const me = desk.store.me.value;
  if (me === null) return <div class="agent" data-testid="agent-state" data-state="unknown" />;
  const then = desk.afterwards.value;
  const inNoQueue = me.queues.length === 0;
  const offline = desk.socket.link.value !== "up";
  return (
    <div class="agent">
      <div class={`state state-${me.state}`} data-testid="agent-state" data-state={me.state}>
        <span class="mark" aria-hidden="true" />
        <span class="state-word">
          {t(`state.${me.state}`)}
          <Aside me={me} then={then} />
        </span>
        {me.state === "wrap_up" && me.until ? (
          <Remaining until={me.until} />
        ) : (
          <Elapsed since={me.since} />
        )}
      </div>
      <div class="state-orders">
        <button
          type="button"
          class="button ready"
          data-testid="go-ready"
          title={inNoQueue ? t("state.no_queue") : undefined}
          disabled={
            inNoQueue || me.state === "ready" || (desk.isCalling.value && then === null) || offline
          }
          onClick={() => void desk.ready()}
        >
          {t("state.go_ready")}
        </button>
        <div class="split">
          <button
            type="button"
            class="button"
            data-testid="go-not-ready"
            disabled={me.state === "not_ready" || then !== null || offline}
            onClick={() => void desk.notReady("break")}
          >
            {t("state.go_not_ready")}
          </button>
          <Popover
            face={<Icon name="down" />}
            label={t("state.reasons")}
            class="button icon-only"
            wordless
            testid="not-ready-reasons"
            disabled={offline}
          >
            <Reasons current={me.state === "not_ready" ? me.reason : (then ?? "")} />
          </Popover>
        </div>
      </div>
    </div>
  );
}

/** Why not ready, or what follows the call; that nothing can ring comes before either. */
function Aside({ me, then }: { me: AgentView; then: string | null }) {
  if (me.queues.length === 0) return <small> · {t("state.in_no_queue")}</small>;
  if (me.state === "not_ready") return <small> · {reasonIn(me.reason)}</small>;
  if (then === null) return null;
  const asked = REASONS.some((reason) => reason === then);
  return (
    <small> · {t("state.then", { reason: asked ? reasonIn(then) : t("state.not_ready") })}</small>
  );
}

function reasonIn(code: string): string {
  return tCode("reason", code, code);
}

function Reasons({ current }: { current: string }) {
  const desk = useDesk();
  const close = useClose();
  return (
    <ul class="menu">
      {REASONS.map((reason) => (
        <li key={reason}>
          <button
            type="button"
            class="menu-item"
            aria-pressed={reason === current}
            data-testid={`reason-${reason}`}
            onClick={() => {
              void desk.notReady(reason);
              close();
            }}
          >
            {t(`reason.${reason}`)}
          </button>
        </li>
      ))}
    </ul>
  );
}
