// The ten words of a key's fingerprint, which a signer reads to an officer.
//
// They come from the key that the device made, and from nothing that the appliance or the front-end says:
// else whoever put another key in its place would say that key's words.

import * as challenge from "./challenge.js";

const WORDS = 10;
const LIST = 256;

export async function wordsOf(coseKey) {
  const list = await wordList();
  const fingerprint = await challenge.fingerprint(coseKey);
  return Array.from(fingerprint.slice(0, WORDS), (byte) => list[byte]);
}

async function wordList() {
  const answered = await fetch("words.txt", { signal: AbortSignal.timeout(10_000) });
  const list = (await answered.text()).trimEnd().split("\n");
  if (!answered.ok || new Set(list).size !== LIST) {
    throw new Error("the list of words is not whole: reload the page");
  }
  return list;
}
