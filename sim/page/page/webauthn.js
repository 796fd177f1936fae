// What the browser is asked for (W3C Web Authentication Level 3), and what it made, as bytes.

import { decodeFirst } from "./cbor.js";
import { equal } from "./encoding.js";

// ES256, ES384, EdDSA, RS256, ML-DSA-44, -65, -87 in COSE.
const ALGORITHMS = [-7, -35, -8, -257, -48, -49, -50];
const TIMEOUT_MS = 120_000;

// A new credential for this ticket, over this challenge.
export async function create(ticket, challenge) {
  const publicKey = {
    rp: { id: ticket.rpId, name: "Countersign" },
    // A handle of its own: no device forgets an earlier credential of this signer for it.
    user: { id: ticket.id, name: ticket.device, displayName: ticket.device },
    challenge,
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
    authenticatorSelection: { userVerification: "required", residentKey: "discouraged" },
    attestation: "direct",
    timeout: TIMEOUT_MS,
  };
  const { response } = await asked(navigator.credentials.create({ publicKey }));
  return {
    attestationObject: new Uint8Array(response.attestationObject),
    clientDataJSON: new Uint8Array(response.clientDataJSON),
    coseKey: coseKey(new Uint8Array(response.getAuthenticatorData())),
  };
}

// An approval of this challenge by one of these credentials; `device` is its place among them.
export async function approve(rpId, challenge, credentials) {
  const publicKey = {
    rpId,
    challenge,
    allowCredentials: credentials.map((id) => ({ type: "public-key", id })),
    userVerification: "required",
    timeout: TIMEOUT_MS,
  };
  const { rawId, response } = await asked(navigator.credentials.get({ publicKey }));
  const used = new Uint8Array(rawId);
  return {
    device: credentials.findIndex((id) => equal(id, used)),
    authenticatorData: new Uint8Array(response.authenticatorData),
    clientDataJSON: new Uint8Array(response.clientDataJSON),
    signature: new Uint8Array(response.signature),
  };
}

async function asked(promise) {
  try {
    return await promise;
  } catch (why) {
    throw new Error(`no device approved (${why.name}): look at the device, and try again`);
  }
}

// The key in authenticatorData with attested credential data (6.5.1): as many bytes as its CBOR has.
const HAS_CREDENTIAL = 0x40;
const HAS_EXTENSIONS = 0x80;
const FLAGS_AT = 32;
const ID_LENGTH_AT = 32 + 1 + 4 + 16;

function coseKey(data) {
  const wrong = new Error("the device made no credential that can be read: use another device");
  if (data.length < ID_LENGTH_AT + 2 || !(data[FLAGS_AT] & HAS_CREDENTIAL)) throw wrong;
  const start = ID_LENGTH_AT + 2 + data[ID_LENGTH_AT] * 256 + data[ID_LENGTH_AT + 1];
  const { end } = decodeFirst(data, start);
  const rest = data[FLAGS_AT] & HAS_EXTENSIONS ? decodeFirst(data, end).end : end;
  if (rest !== data.length) throw wrong;
  return data.slice(start, end);
}
