// What @simplewebauthn/server says of assertions. The package is that of the folder that this runs in.
//
// It checks type, challenge, topOrigin (that there is none), origin, rpIdHash, UP, UV, signCount, signature, and
// that BS is not set without BE. crossOrigin alone is let pass, and BE is not compared with what was enrolled.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { verifyAuthenticationResponse } = createRequire(`${process.cwd()}/`)("@simplewebauthn/server");

const UNSUPPORTED = "RUNTIME_NO_PQC_SUPPORT";

function options(it) {
  const { authenticatorData, clientDataJSON, signature } = it;
  return {
    response: {
      id: it.credentialId,
      rawId: it.credentialId,
      type: "public-key",
      response: { authenticatorData, clientDataJSON, signature },
      clientExtensionResults: {},
    },
    expectedChallenge: it.challenge,
    expectedOrigin: it.origin,
    expectedRPID: it.rpId,
    credential: {
      id: it.credentialId,
      publicKey: new Uint8Array(Buffer.from(it.coseKey, "base64url")),
      counter: it.signCount,
    },
    requireUserVerification: it.userVerification === "required",
  };
}

async function verdict(it) {
  try {
    const { verified } = await verifyAuthenticationResponse(options(it));
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
