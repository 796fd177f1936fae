// Reads deterministic CBOR (RFC 8949, 4.2.1), and nothing else: shortest forms, definite lengths, keys
// of a map ascending and each once, no tags, no floats, no null. A map becomes a Map, bytes a
// Uint8Array, an integer a Number that is exact.

const DEPTH_MAX = 8;
const TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// The value that is all of `bytes`.
export function decode(bytes) {
  const { value, end } = decodeFirst(bytes, 0);
  if (end !== bytes.length) throw malformed("more follows");
  return value;
}

// The value that begins at `start`, and where it ends.
export function decodeFirst(bytes, start) {
  const reader = new Reader(bytes, start);
  const value = reader.value(DEPTH_MAX);
  return { value, end: reader.at };
}

function malformed(why) {
  return new Error(`the bytes are not what they should be (${why}): ask for new ones`);
}

// Bytewise, as the encoding orders keys.
function ascends(one, other) {
  const shared = Math.min(one.length, other.length);
  for (let at = 0; at < shared; at += 1) {
    if (one[at] !== other[at]) return one[at] < other[at];
  }
  return one.length < other.length;
}

class Reader {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  take(length) {
    const end = this.at + length;
    if (end > this.bytes.length) throw malformed("cut short");
    const taken = this.bytes.slice(this.at, end);
    this.at = end;
    return taken;
  }

  // The number of a head, in its shortest form.
  argument(info) {
    if (info < 24) return info;
    if (info > 27) throw malformed("no definite length");
    const length = 2 ** (info - 24);
    const number = this.take(length).reduce((sum, byte) => sum * 256 + byte, 0);
    const least = info === 24 ? 24 : 256 ** (length / 2);
    if (number < least) throw malformed("not the shortest form");
    if (!Number.isSafeInteger(number)) throw malformed("too large a number");
    return number;
  }

  value(depth) {
    if (depth === 0) throw malformed("nested too deep");
    const [head] = this.take(1);
    const [kind, info] = [head >> 5, head & 31];
    if (kind === 7) return simple(info);
    const argument = this.argument(info);
    switch (kind) {
      case 0: return argument;
      case 1: return -1 - argument;
      case 2: return this.take(argument);
      case 3: return TEXT.decode(this.take(argument));
      case 4: return this.list(argument, depth);
      case 5: return this.map(argument, depth);
      default: throw malformed("a tag");
    }
  }

  list(length, depth) {
    const values = [];
    for (let count = 0; count < length; count += 1) values.push(this.value(depth - 1));
    return values;
  }

  map(length, depth) {
    const values = new Map();
    let last = null;
    for (let count = 0; count < length; count += 1) {
      const start = this.at;
      const key = this.value(depth - 1);
      const encoded = this.bytes.slice(start, this.at);
      if (last !== null && !ascends(last, encoded)) throw malformed("keys out of order");
      last = encoded;
      values.set(key, this.value(depth - 1));
    }
    return values;
  }
}

function simple(info) {
  if (info === 20) return false;
  if (info === 21) return true;
  throw malformed("a float, or null");
}
