// Asks the front-end, which asks the appliance; and what a status means, in words, with what to do.

import { toBase64url } from "./encoding.js";

// Longer than the front-end waits for the appliance.
const TIMEOUT_MS = 110_000;

const STALE = {
  enrol: "stale: this ticket was used already, has run out, or is not this appliance's. Ask your officer for a new ticket.",
  vouch: "stale: this ticket has run out, or an officer has decided already. Ask your officer.",
  prepare: "stale: ask for a signature again.",
  sign: "stale: the transaction has run out, or is spent. Ask for a signature again.",
  fetch: "stale: nothing was signed. Ask for a signature again.",
};
const REFUSED = {
  enrol: "refused: the appliance does not take this device with this ticket, and its ledger has the reason. Ask your officer.",
  vouch: "refused: the appliance does not take this approval, and its ledger has the reason. Ask your officer.",
  prepare: "refused: this key is unknown here, or may not do this. Check key and suite, or ask your officer.",
  sign: "refused: nothing was signed, and the appliance's ledger has the reason. Ask your officer.",
  fetch: "refused: the appliance does not give this again. Ask your officer.",
};
const MALFORMED = "malformed: the appliance does not understand this page. Use a page of its version.";
const BUSY = "busy: the appliance has too much to do. Try again in a moment.";
const UNAVAILABLE = "unavailable: the appliance cannot work now. Try again later, or ask your officer.";

// Why there is nothing: a status, in words.
export class Failed extends Error {
  constructor(what, told) {
    super(words(what, told));
    // Whether the same request may be sent again: what came of it is not known, or nothing did.
    this.again = ["no-reply", "busy", "unavailable"].includes(told.status);
    this.unknown = ["no-reply", "unavailable"].includes(told.status);
  }
}

function words(what, told) {
  switch (told.status) {
    case "refused": return REFUSED[what];
    case "stale": return STALE[what];
    case "malformed": return MALFORMED;
    case "busy": return BUSY;
    case "unavailable": return UNAVAILABLE;
    case "no-reply": return `no reply: ${told.why}`;
    case "misunderstood": return told.why;
    default: return "the reply answers something else: use a page of the appliance's version";
  }
}

// Asks for `what`, and gives what was told if that is `wanted`. Bytes become base64url.
export async function ask(what, body, wanted) {
  const told = await post(what, body);
  if (told.status !== wanted) throw new Failed(what, told);
  return told;
}

async function post(what, body) {
  try {
    const answered = await fetch(what, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body, (_, value) => (value instanceof Uint8Array ? toBase64url(value) : value)),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answered.ok) return await answered.json();
    return { status: "misunderstood", why: await answered.text() };
  } catch (why) {
    return { status: "no-reply", why: `${why.message}; check that countersign-page runs` };
  }
}
