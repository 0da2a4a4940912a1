// The register's log, looked at in the browser: signed notes (C2SP signed-note, tlog-checkpoint, tlog-cosignature), the proof of one
// entry (C2SP tlog-proof), and the tree over all entries (RFC 6962). Nothing here is taken on trust but the keys of the log.

const [ED25519, COSIGNATURE] = [1, 4];
const MOST_BYTES = 65536;
const MOST_SIGNATURES = 64;
const HEIGHT = 8;
const WIDTH = 2 ** HEIGHT;
const NAME = /^[^\s+\x00-\x1f\x7f]{1,255}$/u;
const NUMBER = /^(0|[1-9][0-9]{0,18})$/;
/** What no note has in it: control characters other than new lines, and halves of characters. */
const CONTROL = /[\x00-\x09\x0b-\x1f]|\p{Surrogate}/u;
const HEADER = "c2sp.org/tlog-proof@v1";

/** The text is not what it should be, or nobody we trust signed it. */
export class False extends Error {}
/** A tile could not be had, is not whole, or is of another log. */
export class Missing extends Error {}
/** This browser knows no Ed25519. */
export class Unable extends Error {}

const bytes = (text) => new TextEncoder().encode(text);
const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));
const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
const hash = (kind, ...parts) => sha256(Uint8Array.from([kind, ...parts.flatMap((part) => [...part])]));

/** Standard base64 with padding, in its one spelling. */
function decode(text) {
  let letters;
  try {
    letters = atob(text);
  } catch {
    throw new False("not base64");
  }
  if (btoa(letters) !== text) throw new False("another spelling");
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function numberIn(text) {
  const found = Number(text);
  if (!NUMBER.test(text) || !Number.isSafeInteger(found)) throw new False("not a number");
  return found;
}

/** A key that signs notes, from the one line in which it is published. */
export async function keyOf(vkey) {
  const [name, id, encoded] = vkey.trim().split(/\+([^+]*)\+(.*)/s);
  const data = decode(encoded ?? "");
  const kind = data[0];
  const known = kind === ED25519 || kind === COSIGNATURE;
  if (!NAME.test(name) || data.length !== 33 || !known) throw new False("not a key");
  const own = (await sha256(Uint8Array.of(...bytes(`${name}\n`), ...data))).slice(0, 4);
  if (id !== Array.from(own, (byte) => byte.toString(16).padStart(2, "0")).join("")) throw new False("another id");
  return { name, id: own, kind, raw: data.slice(1) };
}

async function isSigned(key, text, signature) {
  let message = text;
  if (key.kind === COSIGNATURE) {
    const seconds = signature.length === 72 ? new DataView(signature.buffer, signature.byteOffset).getBigUint64(0) : null;
    if (seconds === null || seconds >= 2n ** 63n) return false;
    [message, signature] = [`cosignature/v1\ntime ${seconds}\n${text}`, signature.slice(8)];
  }
  try {
    const public_ = await crypto.subtle.importKey("raw", key.raw, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", public_, signature, bytes(message));
  } catch (fault) {
    if (fault.name === "NotSupportedError") throw new Unable();
    return false;
  }
}

function lineOf(line) {
  const [, name, encoded] = line.match(/^\u2014 (\S+) (.+)$/u) ?? [];
  const data = decode(encoded ?? "");
  if (!NAME.test(name ?? "") || data.length < 5) throw new False("a line is malformed");
  return { name, id: data.slice(0, 4), signature: data.slice(4) };
}

/** The text of a note and its signature lines, believed by nobody yet. */
function split(note) {
  if (bytes(note).length > MOST_BYTES || CONTROL.test(note) || !note.endsWith("\n")) throw new False("not a note");
  const at = note.slice(0, -1).lastIndexOf("\n\n");
  const lines = note.slice(at + 2, -1).split("\n");
  if (at < 0 || lines.length > MOST_SIGNATURES) throw new False("no signatures, or too many");
  return { text: note.slice(0, at + 1), lines: lines.map(lineOf) };
}

/** The text of a note and which of these keys signed it. A false line of a key we know, or no line of any, is False. */
export async function openNote(note, keys) {
  const { text, lines } = split(note);
  const signedBy = new Set();
  for (const { name, id, signature } of lines) {
    const key = keys.find((one) => one.name === name && same(one.id, id));
    if (key && !(await isSigned(key, text, signature))) throw new False("a signature is false");
    if (key) signedBy.add(key);
  }
  if (!signedBy.size) throw new False("nobody we trust has signed it");
  return { text, signedBy };
}

/** How large the log is and the hash over all of it, as a signed note says. */
export const checkpointOf = async (note, keys) => pointIn((await openNote(note, keys)).text);

/** The same of a note that nobody has looked at yet. */
export const claimedBy = (note) => pointIn(split(note).text);

function pointIn(text) {
  const lines = text.split("\n");
  const whole = lines.length >= 4 && lines.at(-1) === "" && !lines.slice(0, -1).includes("");
  if (!whole) throw new False("not a checkpoint");
  const root = decode(lines[2]);
  if (root.length !== 32) throw new False("not a root");
  return { origin: lines[0], size: numberIn(lines[1]), root };
}

/** The proof that one entry is in the log: its place, the path and the note, word for word. */
export function proofIn(text) {
  const at = text.indexOf("\n\n");
  const lines = text.slice(0, at).split("\n");
  if (text.length > MOST_BYTES || at < 0 || lines.shift() !== HEADER) throw new False("not a proof");
  if (lines[0]?.startsWith("extra ")) lines.shift(); // nobody signs it
  const place = lines.shift() ?? "";
  if (!place.startsWith("index ")) throw new False("it names no entry");
  return { index: numberIn(place.slice(6)), path: lines.map(decode), note: text.slice(at + 2) };
}

/** Where the entries of a log of that size are published that are next to one of them, and how many there are. */
export function bundleOf(index, size) {
  const number = Math.floor(index / WIDTH);
  const width = Math.min(WIDTH, size - number * WIDTH);
  return { path: `log/tile/entries/${placeOf(number, width)}`, width };
}

/** A tile by its number, as the log spells it: in groups of three digits, and how wide it is when it is not whole. */
function placeOf(number, width) {
  let place = String(number % 1000).padStart(3, "0");
  for (let rest = Math.floor(number / 1000); rest; rest = Math.floor(rest / 1000)) {
    place = `x${String(rest % 1000).padStart(3, "0")}/${place}`;
  }
  return `${place}${width < WIDTH ? `.p/${width}` : ""}`;
}

/** The bytes of one entry in its bundle: each stands after its length in two bytes. */
export function entryIn(bundle, index, width) {
  const entries = [];
  for (let at = 0; at < bundle.length; at += 2 + entries.at(-1).length) {
    const length = bundle[at] * 256 + bundle[at + 1];
    entries.push(bundle.slice(at + 2, at + 2 + length));
    if (entries.at(-1).length !== length) throw new False("the bundle is cut off");
  }
  if (entries.length !== width) throw new False("the bundle is not whole");
  return entries[index % WIDTH];
}

/** The checkpoint that holds this entry; False when the keys or the path do not show it (RFC 9162, section 2.1.3.2). */
export async function provenBy(proof, entry, keys) {
  const seen = await checkpointOf(proof.note, keys);
  const half = (number) => Math.floor(number / 2);
  if (proof.index >= seen.size) throw new False("the log has no such entry");
  let [first, last, digest] = [proof.index, seen.size - 1, await hash(0, entry)];
  for (const step of proof.path) {
    if (last === 0 || step.length !== 32) throw new False("the path is too long");
    if (first % 2 || first === last) {
      digest = await hash(1, step, digest);
      while (first && first % 2 === 0) [first, last] = [half(first), half(last)];
    } else {
      digest = await hash(1, digest, step);
    }
    [first, last] = [half(first), half(last)];
  }
  if (last !== 0 || !same(digest, seen.root)) throw new False("the entry is not in the log");
  return seen;
}

/** The root that a log of that size had when it had the first so many entries, from its tiles; `had` gives the bytes at a path, or null. */
export async function rootAt(first, size, had) {
  let digest = null;
  for (let level = 0; 2 ** level <= first; level += 1) {
    const many = Math.floor(first / 2 ** level);
    if (many % 2 === 0) continue;
    const subtree = await subtreeAt(level, many - 1, size, had);
    digest = digest ? await hash(1, subtree, digest) : subtree;
  }
  return digest;
}

/** The hash of a complete subtree: folded from the row of hashes that a tile holds. */
async function subtreeAt(level, index, size, had) {
  const [row, within] = [Math.floor(level / HEIGHT), level % HEIGHT];
  const begin = index * 2 ** within;
  const number = Math.floor(begin / WIDTH);
  const width = Math.min(WIDTH, Math.floor(size / WIDTH ** row) - number * WIDTH);
  const tile = await had(`log/tile/${row}/${placeOf(number, width)}`);
  if (tile?.length !== width * 32) throw new Missing("a tile");
  let hashes = Array.from({ length: 2 ** within }, (_, at) => tile.slice(32 * ((begin % WIDTH) + at), 32 * ((begin % WIDTH) + at + 1)));
  while (hashes.length > 1) {
    hashes = await Promise.all(hashes.flatMap((one, at) => (at % 2 ? [hash(1, hashes[at - 1], one)] : [])));
  }
  return hashes[0];
}

/** Whether the log of the newest checkpoint had that root when it had so many entries; Missing when it cannot be seen. */
export async function beginsWith(newest, { size, root }, had) {
  if (size === newest.size) return same(root, newest.root);
  if (size > newest.size || !same(await rootAt(newest.size, newest.size, had), newest.root)) throw new Missing("the tree");
  return same(await rootAt(size, newest.size, had), root);
}
