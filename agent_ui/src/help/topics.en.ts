import type { Topic } from "./topics";

export const topicsEn: readonly Topic[] = [
  {
    id: "desk",
    title: "The desk at a glance",
    body: `Everything about a call is on one screen, and stays where it was yesterday.

- **Top**: your state and its clock, who waits in the queues, your day so far, the telephone.
- **Left**: your calls. One that rings is on top; below are those that go on, the log, missed calls, callbacks and tasks.
- **Centre**: the customer and everything that ever happened with them.
- **Right**: the ticket, your note, what came of the call, scripts and knowledge.
- **Bottom**: the telephone. Its buttons never move.

Drag the lines between the columns, or fold a column away with a double click. It is kept, here and on other machines.

### Find anything

{desk.palette} opens one field for customers, numbers to dial, everything that can be done, colleagues and this help.

On a telephone's screen the three columns are three tabs, and a caller is on top of each.`,
  },
  {
    id: "state",
    title: "Ready, not ready, wrap-up",
    body: `Only who is **Ready** is rung. {state.ready} makes you ready, {state.not_ready} opens the reasons not to be.

- **A reason during a call** takes effect after it: "then Break" stands under your state until then. Press *Go ready* to take it back.
- **Paid or not, and for how long**, stands beside each reason. The time left is under your state; when it is over, it says by how much.
- **Wrap-up** begins by itself after a call and counts down. {state.extend} gives you more time, once. Then you are what you were before the call.
- **Missed a call**: a call that nobody picks up sets you aside, so that the next customer does not ring in vain. Press *Ready again*.
- **Out of touch**: your machine gave no sign of life for 15 seconds (a closed lid, no network). No calls are sent to you; when it is back, so is your state.

Nobody is signed out during a call.`,
  },
  {
    id: "calls",
    title: "Calls: ringing, missed, to call back",
    body: `A caller's card says who it is, how sure that is, how long they waited, and what it is likely about, before you answer.

- **Answer**: {phone.answer}, or Enter while you type nothing. **Reject**: {phone.reject}.
- **exact match**: the whole number is known. **last digits match**: look twice. **several owners**: ask who it is, then choose.
- A second caller slides in under the first call; answering holds the one you talk to.
- **Callbacks** whose time has come stand where the next call would. One press calls.
- **Missed calls** go away one by one as somebody calls back, or all at once with *Clear all*; that can be undone for ten seconds.`,
  },
  {
    id: "phone",
    title: "The telephone",
    body: `- **Mute** {phone.mute}, **hold** {phone.hold}: the customer hears music while held.
- **Keypad** {phone.keypad}: dials while there is no call, sends key tones while there is one.
- **Record** {phone.record}, where your queue allows it. *Pause rec* really pauses: nothing of it is kept. Pause before a customer reads out a card number.
- **Hang up** {phone.hangup}.
- Numbers on the desk dial with a click.

### Two screens, one telephone

Open the desk twice, and one of them has the telephone; the other shows everything and may give orders. *Use it here* takes it over. A call that goes on stays where it is.

### Why a number is refused

Emergency numbers, premium-rate numbers, countries that are not allowed, and too many calls in a minute are refused before anything is dialled. The reason is said.`,
  },
  {
    id: "transfer",
    title: "Transfer, consult, three-way",
    body: `{phone.transfer} opens one field for colleagues, queues and outside numbers. Who is free comes first, and a queue says how many are ready for it. Nobody is chosen before you type, press an arrow or click; the keys stand below the list.

- **Transfer**: the caller goes there at once, and you are done.
- **Consult**: the caller hears music while you talk to somebody. Then:
  1. *Swap* between the two,
  2. *Hand over* and leave them to each other (also while it still rings),
  3. *All three* to talk all together; you may leave, and they talk on,
  4. *Back* to the caller alone.`,
  },
  {
    id: "customer",
    title: "The customer",
    body: `The stream shows calls, tickets, notes, orders, tasks, campaigns and mails of a customer in one order, the newest first. The chips above it show one kind only.

- **Nobody known**: fill in a name, and the number is theirs from then on.
- **Another customer is calling** from this number: change it at the top, for this call only.
- **Their local time** stands beside their name where it differs from yours.

The customer never changes while you type; answering a call brings the caller.`,
  },
  {
    id: "work",
    title: "Ticket, note and what came of it",
    body: `Write while you talk: the note is kept with every key stroke, first in this browser, then with the call, and in the ticket when you save.

- {work.save} saves what is written. *Save & ready* saves everything and takes the next caller.
- **Disposition**: what came of the call. Digits choose while the list has the keys. Some queues want one; it is marked.
- **Callback**: date and time in the customer's zone, for you or for anyone in the queue.
- **Somebody else changed the ticket** meanwhile: you see both, and choose line by line.

While the server is away, what you save waits in the outbox of this browser and is sent when it is back.`,
  },
  {
    id: "sound",
    title: "Headset, ring tone, test call",
    body: `The headset button in the phone bar, or the settings, choose microphone, speaker and ringer apart, the ring tone and its volume.

- **Test call**: you hear yourself, a moment later. If not, look at the level while you speak.
- **A headset that is unplugged** in mid-call: the call goes on with what is left, and it is said. Plugged in again, it is offered.
- **A bad line** is shown in the phone bar with who suffers from it. Move closer to the network, or use a cable.`,
  },
  {
    id: "recordings",
    title: "What became of a call, and its sound",
    body: `Open a call in the customer's history, or choose it in your log and press *Details*.

- **Queues**: each with how long the caller waited there, and why no longer.
- **Who was in it**: drawn on one line of time. Yellow rings or waits, blue talks, green is wrap-up; below it the times, and on the right why that part ended.
- **End not seen**: the line to the switch was cut just then. The end is concluded, and put right later.
- **Recovered**: nobody here saw the call; the switch's own record told it. Holds count as talk there.

### Listening

- *Play*, and a click or a drag in the waveform, goes anywhere. With the keys in it: arrows 5 seconds, with Shift 30, Home and End, space plays and pauses.
- **Hatched** is where recording was paused: there is nothing of it.
- The bars below say which colleague was in the call; a press goes to where they begin.
- A call that comes pauses the sound.

Who listens to what is written down. A recording that was deleted says when and by whom.`,
  },
  {
    id: "health",
    title: "Health of the call log",
    body: `For administrators: in your menu, or {desk.palette} and "health". It is told every two seconds while it is open.

- **Green**: all calls are accounted for. Nothing to do.
- **Alarms** are on top, each with since when, and what to do.
- **Events** and **lag**: how much comes from the switch, and how long it takes to us. A few milliseconds are normal.
- **Not in the database yet**: what is safe on this machine and waits for the database. It goes back to 0 by itself.
- **Resync**: after a cut the switch is asked for everything. **Ends concluded**: calls of which nobody saw the end. **Recovered**: calls that the switch's own record (CEL) gave back.
- **Unknown channels**, **overflows**: should be 0, or nearly. Each is followed by a resync.
- **Comparisons**: every night our log is held against the switch's own record and queue log, call by call. *Show* lists what differs; 0 is the standard.`,
  },
  {
    id: "trouble",
    title: "When something is lost",
    body: `- **Server lost**: a call goes on. What you type is kept in this browser and sent later. Nothing to do.
- **Switch not connected**: no calls come or go. The reason is said; tell whoever looks after the switch.
- **Phone lost**: the line to the switch is cut. It is tried again every few seconds.
- **Microphone blocked**: click the sign left of the address and allow the microphone.
- **You closed or reloaded the page in mid-call**: the customer hears music and rings you again for 15 seconds; then they are first in the queue.
- **Session is over**: sign in again. Notes are kept.`,
  },
  {
    id: "keys",
    title: "Without the mouse",
    body: `Everything has keys. {desk.keys} shows them all, and there you change them: press the keys beside an action, then the new combination. What the browser needs for itself, and what is taken, is refused.

- {desk.go_calls}, {desk.go_customer}, {desk.go_work}, {desk.go_phone} go to the parts of the desk.
- {desk.second} and then one letter does what is wanted more rarely: lists, callbacks, redial, ticket, tags. The letters are shown; it works while you write, too.
- Plain letters (M, H, K, T) work while you type nothing.
- Escape closes what is open and takes you back.

A whole call: Enter answers, {desk.go_work} goes to the note, {phone.hangup} hangs up, {work.save} saves and is ready.`,
  },
  {
    id: "practice",
    title: "Practise",
    body: `*Practice call* in your menu opens a desk of your own with a made-up switch. Go ready, press *Ring me*, answer, try everything: hold, transfer, notes, wrap-up. Nobody is called, and nothing is kept.

While you practise you are not ready at your real desk. *Back to work* leaves.`,
  },
];
