// Verifies what the register signs with nothing but Node's own library: reads [{token, jwk}] as JSON from standard input,
// answers [{genuine, header, payload, set}], where `set` are the entries that are set when the token is a status list.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const json = (part) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));

function entries(subject) {
  if (!subject?.encodedList) return null;
  const bits = gunzipSync(Buffer.from(subject.encodedList.slice(1), "base64url"));
  const found = [];
  for (let at = 0; at < bits.length * 8; at++) if (bits[at >> 3] & (0x80 >> (at & 7))) found.push(at);
  return found;
}

const asked = JSON.parse(readFileSync(0, "utf8"));
const answers = asked.map(({ token, jwk }) => {
  const [head, body, signature] = token.split(".");
  const key = { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" };
  const genuine = verify("sha256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"));
  const payload = json(body);
  return { genuine, header: json(head), payload, set: entries(payload.credentialSubject) };
});
process.stdout.write(JSON.stringify(answers));
