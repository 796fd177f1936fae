// What @simplewebauthn/server says of assertions and registrations. The package is that of the folder that this
// runs in.
//
// Of both it checks type, challenge, origin, rpIdHash, UP, UV, and that BS is not set without BE; of an assertion
// topOrigin (that there is none), signCount and signature; of a registration the statement and the chain. crossOrigin
// is let pass, and BE is not compared with what was enrolled.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { SettingsService, verifyAuthenticationResponse, verifyRegistrationResponse } = createRequire(
  `${process.cwd()}/`,
)("@simplewebauthn/server");

const UNSUPPORTED = "RUNTIME_NO_PQC_SUPPORT";

// ES256, ES384, ES512, EdDSA, RS256, ML-DSA: more than its default, which has no P-384.
const ALGORITHMS = [-7, -35, -36, -8, -257, -48, -49, -50];
const FORMATS = ["packed", "tpm", "android-key", "apple", "fido-u2f"];

function expected(it, members) {
  return {
    response: {
      id: it.credentialId,
      rawId: it.credentialId,
      type: "public-key",
      response: Object.fromEntries(members.map((name) => [name, it[name]])),
      clientExtensionResults: {},
    },
    expectedChallenge: it.challenge,
    expectedOrigin: it.origin,
    expectedRPID: it.rpId,
    requireUserVerification: it.userVerification === "required",
  };
}

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64url"));

function assertion(it) {
  return verifyAuthenticationResponse({
    ...expected(it, ["authenticatorData", "clientDataJSON", "signature"]),
    credential: { id: it.credentialId, publicKey: bytes(it.coseKey), counter: it.signCount },
  });
}

function registration(it) {
  const certificates = it.anchors.map(bytes);
  for (const identifier of FORMATS) SettingsService.setRootCertificates({ identifier, certificates });
  return verifyRegistrationResponse({
    ...expected(it, ["attestationObject", "clientDataJSON"]),
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

const kinds = { assertion, registration };

async function verdict(it) {
  try {
    const { verified } = await kinds[it.kind](it);
    return verified ? ["accept", ""] : ["refuse", "the signature does not verify"];
  } catch (error) {
    return [error.code === UNSUPPORTED ? "unsupported" : "refuse", `${error.name}: ${error.message}`];
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const it = JSON.parse(line);
  const [said, why] = await verdict(it);
  process.stdout.write(`${JSON.stringify({ id: it.id, verdict: said, why })}\n`);
}
