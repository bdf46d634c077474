import { useSignalEffect } from "@preact/signals";
import { useState } from "preact/hooks";
import { useAction } from "../desk/actions";
import { useDesk } from "../desk/context";
import type { Desk } from "../desk/model";
import { t } from "../i18n";
import { lazy } from "../ui/lazy";
import { Segments } from "../ui/segments";
import { After } from "../work/after";
import { Bench } from "../work/bench";
import { MIDDLES, type Middle } from "../work/work";
import { NoteBox } from "./note_box";
import { saveLabel } from "./save_label";
import { TicketHead } from "./ticket_head";
import { TicketNotes } from "./ticket_notes";
import { WrapUp } from "./wrap_up";
import "./ticket.css";

const Knowledge = lazy(async () => (await import("../work/knowledge")).Knowledge);
const CallbackForm = lazy(async () => (await import("../work/callback_form")).CallbackForm);
const MoreActions = lazy(async () => (await import("../desk/more_actions")).MoreActions);
const TaskForm = lazy(async () => (await import("../work/task_form")).TaskForm);

/** The matter: its ticket, what is written about it, what came of it, and the way to the next call. */
export function WorkDesk() {
  const desk = useDesk();
  useState(() => desk.bench.peek() ?? new Bench(desk));
  useWorkActions(desk);
  return (
    <>
      {desk.shown.value.kind !== "nothing" && (
        <>
          <TicketHead />
          <MiddlePart />
          <NoteBox />
          <div class="after-place">
            <After />
          </div>
        </>
      )}
      <WrapUp />
      <MoreActions />
    </>
  );
}

function MiddlePart() {
  const { work, subject } = useDesk();
  const shown = work.middle.value;
  const { callback, task } = work.wrap.draft.value;
  const { callId, partyId } = subject.value;
  // Something can be promised to somebody, or after a call.
  const offered = MIDDLES.filter(
    (each) => each === "ticket" || each === "script" || callId !== null || partyId !== null,
  );
  const marks: Partial<Record<Middle, boolean>> = {
    callback: callback !== null,
    task: task !== null,
  };
  return (
    <div class="work-middle">
      <Segments
        label={t("work.middle")}
        look="chips"
        testid="work-middle"
        options={offered.map((value) => ({
          value,
          text: `${t(`work.${value}`)}${marks[value] ? " •" : ""}`,
        }))}
        value={shown}
        onChange={(value) => {
          work.middle.value = value;
        }}
      />
      {shown === "ticket" && <TicketNotes />}
      {shown === "script" && <Knowledge />}
      {shown === "callback" && <CallbackForm />}
      {shown === "task" && <TaskForm />}
    </div>
  );
}

function useWorkActions(desk: Desk): void {
  const shows = () => desk.subject.peek().key !== "";
  const open = (middle: Middle) => {
    desk.work.middle.value = middle;
    desk.tab.value = "work";
  };
  useAction({
    id: "work.save",
    group: "work",
    keys: "Ctrl+Enter",
    label: () => saveLabel(desk),
    enabled: () => (desk.isOver.value ? true : desk.note.text.value.trim() !== ""),
    run: () => void (desk.isOver.peek() ? desk.theBench.saveAndGoOn() : desk.theBench.saveNote()),
  });
  useAction({
    id: "work.callback",
    group: "work",
    keys: "Ctrl+Shift+5",
    label: () => t("work.callback"),
    enabled: shows,
    run: () => open("callback"),
  });
  useAction({
    id: "work.task",
    group: "work",
    keys: "then A",
    label: () => t("work.task"),
    enabled: shows,
    run: () => open("task"),
  });
  useAction({
    id: "work.script",
    group: "work",
    keys: "then S",
    label: () => t("work.script"),
    enabled: shows,
    run: () => open("script"),
  });
  useSignalEffect(() => {
    // What is in the way of saving is where the agent looks, also on a narrow screen.
    if (desk.work.problem.value !== null) desk.tab.value = "work";
  });
}
