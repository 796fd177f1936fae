// Bytes as text: base64url without padding (RFC 4648, 5) and hexadecimal. One text per bytes: other
// texts are refused, and an error says what is wrong.

export function toBase64url(bytes) {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64url(text) {
  const wrong = new Error("that is no base64url: copy the whole text, and nothing else");
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw wrong;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  if (toBase64url(bytes) !== text) throw wrong;
  return bytes;
}

export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(text, length) {
  if (!/^([0-9a-f]{2})*$/.test(text) || text.length !== 2 * length) {
    throw new Error(`that is not ${2 * length} hexadecimal digits (0-9, a-f)`);
  }
  return Uint8Array.from(text.match(/../g), (pair) => Number.parseInt(pair, 16));
}

export function equal(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
