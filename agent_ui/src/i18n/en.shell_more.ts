/** Part of the English texts of what is opened on demand: see `en.more.ts`. */
export const enShellMore = {
  "palette.hint": "A customer, a number, a colleague, what you want to do …",
  "palette.none": "Nothing found. Try part of a name, or a number.",
  "palette.customer": "Customers",
  "palette.dial": "Dial",
  "palette.action": "Do",
  "palette.state": "My state",
  "palette.colleague": "Colleagues",
  "palette.help": "Help",

  "settings.saved": "Saved. It follows you to every machine.",
  "settings.saving": "Saving …",
  "settings.look": "Look",
  "settings.density": "Density",
  "settings.cosy": "Cosy",
  "settings.dense": "Dense",
  "settings.columns_reset": "Columns as at the start",
  "settings.notify": "Notifications",
  "settings.notify_denied":
    "This browser blocks notifications of this page. Allow them with the sign left of the address.",
  "settings.keys": "Show and change",

  "speed.title": "Speed dial",
  "speed.name": "Name",
  "speed.add": "Add",
  "speed.remove": "Remove {name}",

  "panel.second": "More keys",
  "state.paid": "paid",
  "state.unpaid": "unpaid",
  "state.no_reasons": "No reasons are set up, or they could not be read.",
  "keys.hint":
    "Press the keys beside an action, then the new combination. Backspace takes them away, Escape leaves them.",
  "keys.call": "Calls",
  "keys.state": "My state",
  "keys.customer": "Customer",
  "keys.work": "Ticket and note",
  "keys.desk": "Desk",
  "keys.change": "{name}: {keys}. Press to change",
  "keys.press": "Press keys …",
  "keys.press_second": "… and the second key",
  "keys.fixed": "Always these, while you do not type",
  "keys.disposition": "Choose the disposition",
  "keys.disposition_back": "Disposition: one level up",
  "keys.reason": "In the list of reasons: not ready, for this one",
  "keys.consult": "In the transfer box: ask first",
  "keys.reset": "All as at the start",
  "keys.taken": "Already used for: {name}",
  "keys.reserved": "The browser needs this combination itself.",
  "keys.incomplete": "Take Ctrl with it, or a function key: you write with this one.",

  "help.topics": "Topics",
  "help.take_tour": "Take the guided tour",

  "tour.at": "{n} of {of}",
  "tour.skip": "Skip",
  "tour.back": "Back",
  "tour.next": "Next",
  "tour.done": "Done",
  "tour.welcome": "Welcome to your desk",
  "tour.welcome_text":
    "Two minutes, and you know your way. Enter goes on, Escape ends it. A call ends it too.",
  "tour.state": "Your state",
  "tour.state_text":
    "Go ready, and calls come. For a break choose the reason; during a call it takes effect after it.",
  "tour.queues": "Who waits",
  "tour.queues_text":
    "Every queue with how many wait, of which tier, and since when. If something is lost, it says so here.",
  "tour.calls": "Your calls",
  "tour.calls_text":
    "A caller appears on top, with name and history before you answer. Below: your log, missed calls, callbacks, tasks.",
  "tour.customer": "The customer",
  "tour.customer_text":
    "Who it is and everything that ever happened, in one stream. It never changes while you type.",
  "tour.work": "Ticket and note",
  "tour.work_text":
    "Write while you talk; every key stroke is kept. After the call: what came of it, a callback, and on to the next.",
  "tour.phone": "The telephone",
  "tour.phone_text":
    "Mute, hold, keypad, transfer, hang up: always in this place. The headset button chooses devices and makes a test call.",
  "tour.keys": "Find anything",
  "tour.keys_text":
    "Ctrl+K finds customers, dials, does everything. The question mark shows all keys, F1 helps where you are. Your menu has a practice call.",
  "tour.notify": "Show a ringing call outside the browser, with Answer?",
  "tour.notify_yes": "Show it",
  "tour.notify_on": "Ringing calls are shown outside the browser too.",
  "tour.notify_off": "Not shown. You can change it in the settings.",
  "leaving.unsent":
    "{n} not saved on the server yet. It stays in this browser, and is sent when you next sign in here.",
  "leaving.waits": "You are signed out as soon as it is saved ({n} left).",
  "leaving.wait": "Wait, then sign out",
  "leaving.now": "Sign out now",
  "leaving.stay": "Stay signed in",
} as const;
