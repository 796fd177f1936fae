// Enrols a device: reads the ticket, has the device make a credential over it, has an enrolled device vouch
// for it where the appliance asks for that, and shows the words that the officer has to hear.
//
// What is approved is worked out from the bytes that are shown here. The new key is the one that the
// browser gave, and the addition has to name it.

import { ask } from "./appliance.js";
import * as challenge from "./challenge.js";
import { equal, fromBase64url, toHex } from "./encoding.js";
import { at, hide, list, onClick, say, show } from "./screen.js";
import { readAddition, readTicket } from "./ticket.js";
import * as webauthn from "./webauthn.js";
import { wordsOf } from "./words.js";

const TICKET_BYTES_MAX = 2048;
const TICKET_TEXT_MAX = Math.ceil((TICKET_BYTES_MAX * 4) / 3);
const SAID = "enrol-said";

// What is under way: the ticket and its bytes, what the new device made, and who may vouch for it.
let under = {};

export function start() {
  onClick("read-ticket", SAID, readPasted);
  onClick("register", SAID, register);
  onClick("vouch", SAID, vouch);
  window.addEventListener("hashchange", fromAddress);
  fromAddress();
}

// The part of the address that no server sees.
function fromAddress() {
  const ticket = new URLSearchParams(location.hash.slice(1)).get("ticket");
  if (ticket === null) return;
  at("ticket").value = ticket;
  at("read-ticket").click();
}

async function readPasted() {
  under = {};
  hide("ticket-says", "register", "vouching", "enrolled");
  const text = at("ticket").value.trim();
  if (text === "" || text.length > TICKET_TEXT_MAX) {
    throw new Error("that is no ticket: copy the whole text that your officer gave you");
  }
  const bytes = fromBase64url(text);
  const ticket = readTicket(bytes);
  showTicket(ticket);
  check(ticket);
  under = { bytes, ticket };
  show("register");
}

function showTicket(ticket) {
  list("ticket-says", [
    ["device", ticket.device],
    ["signer", `number ${ticket.signer}`],
    ["page", ticket.rpId],
    ["may approve for", ticket.keys.map((key) => `key ${toHex(key)}`).join(", ") || "no key yet"],
    ["must be", ticket.assurance],
    ["good until", new Date(ticket.notAfter).toLocaleString()],
    ["appliance", `${toHex(ticket.appliance)} (${ticket.profile})`],
  ]);
}

function check(ticket) {
  if (ticket.rpId !== location.hostname) {
    throw new Error(`this ticket is for a page on ${ticket.rpId}: open that one`);
  }
  if (ticket.notAfter < Date.now()) {
    throw new Error("this ticket has run out: ask your officer for a new one");
  }
}

async function register() {
  const { bytes, ticket } = under;
  hide("vouching", "enrolled");
  under.made ??= await webauthn.create(ticket, await challenge.enrolment(bytes));
  const { invitation } = await bring(ticket);
  hide("register");
  if (invitation === undefined) {
    await showWords();
  } else {
    await invite(invitation);
  }
}

// A ticket is good for one registration: where the reply is lost, the same one is brought again, which has
// the same reply.
async function bring(ticket) {
  const { attestationObject, clientDataJSON } = under.made;
  try {
    return await ask("enrol", { ticket: ticket.id, attestationObject, clientDataJSON }, "enrolled");
  } catch (why) {
    if (!why.again) under.made = undefined;
    throw why;
  }
}

// Shows what an enrolled device is asked to approve, once that is the new key's own addition.
async function invite(invitation) {
  const bytes = fromBase64url(invitation.addition);
  const addition = readAddition(bytes);
  await checkAddition(addition);
  under.addition = bytes;
  under.credentials = invitation.credentials.map(fromBase64url);
  list("addition-says", [
    ["new device", under.ticket.device],
    ["signer", `number ${addition.signer}`],
    ["its key", toHex(addition.key)],
    ["by", `one of ${under.credentials.length} enrolled devices`],
  ]);
  show("vouching");
}

async function checkAddition(addition) {
  const { ticket, made } = under;
  const ofTicket =
    equal(addition.ticket, ticket.id) &&
    equal(addition.appliance, ticket.appliance) &&
    addition.tenant === ticket.tenant &&
    addition.signer === ticket.signer;
  if (!ofTicket || !equal(addition.key, await challenge.fingerprint(made.coseKey))) {
    throw new Error("nothing was approved: the appliance asks for another device than the new one; tell its officers");
  }
}

async function vouch() {
  const { addition, credentials, ticket } = under;
  const over = await challenge.addition(addition);
  const assertion = await webauthn.approve(ticket.rpId, over, credentials);
  await ask("vouch", { ticket: ticket.id, assertion }, "enrolled");
  hide("vouching");
  await showWords();
}

async function showWords() {
  const words = await wordsOf(under.made.coseKey);
  at("words").textContent = words.join(" ");
  say(SAID, "The device is registered, and waits for your officer.");
  show("enrolled");
}
