// The activation: what a signer approves. Read from its bytes (protocol/countersign.cddl), and compared
// with what was asked for: nobody is asked to approve anything else.

import { decode } from "./cbor.js";
import { equal } from "./encoding.js";
import { anyBytes, bytes, exactly, integer, list, record, text, unsigned } from "./record.js";

// How the DTBS/R came from the content: it is the content's digest.
const RAW = 0;

export function readActivation(encoded) {
  const activation = record(decode(encoded), "activation", [
    [0, "version", exactly(1)],
    [1, "appliance", bytes(16)],
    [2, "tenant", unsigned],
    [3, "transaction", bytes(32)],
    [4, "key", bytes(16)],
    [5, "publicKey", bytes(32)],
    [6, "suite", integer],
    [7, "policy", bytes(32)],
    [8, "approvers", isApprovers],
    [9, "initiator", unsigned, true],
    [10, "frontEnd", unsigned],
    [11, "lifetime", (value) => value instanceof Map],
    [12, "items", (value) => Array.isArray(value) && value.length > 0],
  ]);
  const [people, threshold] = activation.approvers;
  const [lifetime, items] = [readLifetime(activation.lifetime), activation.items.map(readItem)];
  return { ...activation, people, threshold, lifetime, items };
}

function isApprovers(value) {
  return Array.isArray(value) && value.length === 2 && list(unsigned)(value[0]) && unsigned(value[1]);
}

function readLifetime(map) {
  return record(map, "activation", [
    [0, "utcLo", unsigned],
    [1, "utcHi", unsigned],
    [2, "milliseconds", unsigned],
  ]);
}

function readItem(map) {
  return record(map, "activation", [
    [0, "dtbsr", anyBytes],
    [1, "content", bytes(32)],
    [2, "shown", bytes(32)],
    [3, "label", text],
    [4, "form", unsigned],
  ]);
}

// Throws unless the activation is for this key and suite, asks for nobody's initiative, and has exactly
// these items.
export function checkAsked(activation, asked) {
  const differs = (what) =>
    new Error(`nothing was approved: the appliance's activation has another ${what} than was asked for; tell its officers`);
  if (!equal(activation.key, asked.key)) throw differs("key");
  if (activation.suite !== asked.suite) throw differs("suite");
  if (activation.initiator !== undefined) throw differs("initiator");
  if (activation.items.length !== asked.items.length) throw differs("number of documents");
  activation.items.forEach((item, at) => checkItem(item, asked.items[at], differs));
}

function checkItem(item, asked, differs) {
  if (!equal(item.dtbsr, asked.dtbsr) || item.form !== RAW) throw differs("document");
  if (!equal(item.content, asked.content)) throw differs("document");
  if (!equal(item.shown, asked.shown)) throw differs("document");
  if (item.label !== asked.label) throw differs("label");
}
