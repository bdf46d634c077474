/** Part of the English texts: see `en.ts`. */
export const enPhone = {
  "line.desk": "Desk phone",
  "sound.title": "Sound, devices and test call",

  "phone.transfer": "Transfer",
  "phone.leave": "Leave",
  "phone.leave_hint": "You leave, the others talk on",
  "phone.hangup_consult": "Ends the talk with {name}; your customer is back",
  "record.start": "Record",
  "record.pause": "Pause rec",
  "record.is_never": "Calls of this queue are not recorded",
  "record.is_off": "Not recorded",
  "record.is_on": "Being recorded",
  "record.is_paused": "Recording paused",

  "call.hold_answer": "Hold & answer",
  "call.returning": "You were cut off; {name} is back",
  "call.swap": "Swap",
  "call.about": "About {name}",
  "call.consult": "Asking",
} as const;
