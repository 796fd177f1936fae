// The ticket of a new device, and the addition that an enrolled device approves: read from their bytes
// (protocol/countersign.cddl), with the members that have one value here checked.

import { decode } from "./cbor.js";
import { bytes, exactly, list, record, text, unsigned } from "./record.js";

const ASSURANCES = new Map([
  [1, "certified model"],
  [2, "attested model"],
  [3, "any device (for development)"],
]);
const PROFILES = new Map([
  [1, "production"],
  [2, "development"],
]);

export function readTicket(encoded) {
  const ticket = record(decode(encoded), "ticket", [
    [0, "version", exactly(1)],
    [1, "appliance", bytes(16)],
    [2, "tenant", unsigned],
    [3, "id", bytes(32)],
    [4, "signer", unsigned],
    [5, "device", text],
    [6, "keys", list(bytes(16))],
    [7, "rpId", text],
    [8, "profile", (value) => PROFILES.has(value)],
    [9, "assurance", (value) => ASSURANCES.has(value)],
    [10, "notAfter", unsigned],
  ]);
  const [profile, assurance] = [PROFILES.get(ticket.profile), ASSURANCES.get(ticket.assurance)];
  return { ...ticket, profile, assurance };
}

export function readAddition(encoded) {
  return record(decode(encoded), "addition", [
    [0, "version", exactly(1)],
    [1, "appliance", bytes(16)],
    [2, "tenant", unsigned],
    [3, "ticket", bytes(32)],
    [4, "signer", unsigned],
    [5, "key", bytes(32)],
  ]);
}
