// A map of the protocol as an object with names: every member is there and of its type, and there is no
// other. What a type says of a value is a predicate.

export const bytes = (length) => (value) => value instanceof Uint8Array && value.length === length;
export const anyBytes = (value) => value instanceof Uint8Array;
export const unsigned = (value) => Number.isSafeInteger(value) && value >= 0;
export const integer = (value) => Number.isSafeInteger(value);
export const exactly = (wanted) => (value) => value === wanted;
export const list = (of) => (value) => Array.isArray(value) && value.every(of);

// Text that reads the same wherever it is shown: the rule of protocol/wire/src/text.rs.
const MISLEADS =
  /[\p{Cc}\u{ad}\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2060}-\u{2064}\u{2066}-\u{2069}\u{feff}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]/u;
export const text = (value) => typeof value === "string" && value !== "" && !MISLEADS.test(value);

// `members` are [key, name, type], and after them true where the member may be left out.
export function record(map, what, members) {
  const wrong = (why) => new Error(`this is no ${what} of this version (${why}): ask for a new one`);
  if (!(map instanceof Map)) throw wrong("no map");
  const found = {};
  let known = 0;
  for (const [key, name, is, mayBeAbsent] of members) {
    if (map.has(key)) {
      if (!is(map.get(key))) throw wrong(name);
      found[name] = map.get(key);
      known += 1;
    } else if (!mayBeAbsent) {
      throw wrong(`no ${name}`);
    }
  }
  if (known !== map.size) throw wrong("a member that nobody knows");
  return found;
}
