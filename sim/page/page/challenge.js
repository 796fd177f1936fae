// What a device signs, and what names a key: SHA-256(tag || 00 || bytes), worked out here from the bytes
// that were read and shown. The tags are those of protocol/wire/src/tag.rs.

export const enrolment = (ticket) => tagged("countersign/enrolment/1", ticket);
export const addition = (bytes) => tagged("countersign/addition/1", bytes);
export const activation = (bytes) => tagged("countersign/activation/1", bytes);
export const fingerprint = (coseKey) => tagged("countersign/fingerprint/1", coseKey);

async function tagged(tag, bytes) {
  const prefix = new TextEncoder().encode(`${tag}\0`);
  const all = new Uint8Array(prefix.length + bytes.length);
  all.set(prefix);
  all.set(bytes, prefix.length);
  return digest("SHA-256", all);
}

export async function digest(algorithm, bytes) {
  return new Uint8Array(await crypto.subtle.digest(algorithm, bytes));
}
