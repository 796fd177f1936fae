// Approves a document: asks for an activation, checks that it is for exactly this document, key and suite,
// has the device approve the challenge that follows from its bytes, and offers what comes back.
//
// Of suites that sign a digest. Ed25519 signs the message itself, which is not for this page.

import { readActivation, checkAsked } from "./activation.js";
import { ask } from "./appliance.js";
import * as challenge from "./challenge.js";
import { fromBase64url, fromHex, toHex } from "./encoding.js";
import { at, download, element, hide, list, onClick, say, show } from "./screen.js";
import * as webauthn from "./webauthn.js";

// COSE's number, and what the suite signs a digest of.
const SUITES = new Map([
  ["ESP256", { cose: -9, digest: "SHA-256" }],
  ["ESP384", { cose: -51, digest: "SHA-384" }],
  ["PS256", { cose: -37, digest: "SHA-256" }],
  ["RS256", { cose: -257, digest: "SHA-256" }],
]);
const LIFETIME_MS = 120_000;
// It is hashed in one piece, in memory.
const DOCUMENT_BYTES_MAX = 256 * 1024 * 1024;
const SAID = "approve-said";

// What is under way: the activation and its bytes, who may approve it, and the document's name.
let under = {};

export function start() {
  at("suite").replaceChildren(...Array.from(SUITES.keys(), (name) => element("option", name)));
  at("document").addEventListener("change", () => {
    at("label").value = at("document").files[0]?.name ?? "";
  });
  onClick("prepare", SAID, prepare);
  onClick("sign", SAID, sign);
}

async function prepare() {
  under = {};
  hide("approving", "downloads");
  const asked = await wanted();
  const body = { key: asked.key, suite: asked.suite, lifetime_ms: LIFETIME_MS, items: asked.items };
  const told = await ask("prepare", body, "prepared");
  const bytes = fromBase64url(told.activation);
  const activation = readActivation(bytes);
  checkAsked(activation, asked);
  if (activation.threshold !== 1) {
    throw new Error(`this key needs ${activation.threshold} people to approve, and this page asks one: use another key`);
  }
  const credentials = told.credentials.map(fromBase64url);
  under = { bytes, activation, credentials, name: at("document").files[0].name };
  showActivation(activation);
}

async function wanted() {
  const [file] = at("document").files;
  if (file === undefined) throw new Error("choose a document");
  if (file.size > DOCUMENT_BYTES_MAX) throw new Error("the document is longer than 256 MiB: choose another one");
  const key = fromHex(at("key").value.trim(), 16);
  const suite = SUITES.get(at("suite").value);
  const document = new Uint8Array(await file.arrayBuffer());
  const content = await challenge.digest("SHA-256", document);
  const dtbsr = await challenge.digest(suite.digest, document);
  return { key, suite: suite.cose, items: [{ dtbsr, content, shown: content, label: at("label").value }] };
}

function showActivation(activation) {
  const [suite] = [...SUITES].find(([, { cose }]) => cose === activation.suite);
  const items = activation.items.flatMap(({ label, dtbsr }) => [
    ["document", label],
    ["its digest", toHex(dtbsr)],
  ]);
  list("activation-says", [
    ...items,
    ["key", toHex(activation.key)],
    ["suite", suite],
    ["transaction", toHex(activation.transaction)],
    ["approve within", `${activation.lifetime.milliseconds / 1000} s`],
  ]);
  show("approving");
}

async function sign() {
  const { bytes, activation, credentials } = under;
  const over = await challenge.activation(bytes);
  const assertion = await webauthn.approve(location.hostname, over, credentials);
  const { transaction } = activation;
  const signed = await signedOrFetched({ transaction, activation: bytes, assertions: [assertion] });
  hide("approving");
  offer(signed);
}

// Where the reply is lost the document may be signed, and the approval spent: what came of it is fetched,
// and never sent again.
async function signedOrFetched(request) {
  try {
    return await ask("sign", request, "signed");
  } catch (why) {
    if (!why.unknown) throw why;
    return ask("fetch", { transaction: request.transaction }, "signed");
  }
}

function offer(signed) {
  const [signature, receipt] = [fromBase64url(signed.signatures[0]), fromBase64url(signed.receipt)];
  const files = [
    [`${under.name}.sig`, signature],
    [`${under.name}.receipt`, receipt],
  ];
  const rows = files.map(([name, bytes]) => {
    const row = element("li", "");
    row.append(download(name, bytes));
    return row;
  });
  at("downloads").replaceChildren(...rows);
  say(SAID, `Signed: ${toHex(signature)}`);
  show("downloads");
}
