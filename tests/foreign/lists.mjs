// Has the decoder of Digital Bazaar, who edit the specification, open status lists: reads {encodedList, …} subjects as a JSON list
// from standard input, answers for each how many entries there are and which of them are set.
import { Bitstring } from "@digitalbazaar/bitstring";
import { readFileSync } from "node:fs";

async function open({ encodedList }) {
  const list = new Bitstring({ buffer: await Bitstring.decodeBits({ encoded: encodedList.slice(1) }) });
  const set = [...Array(list.length).keys()].filter((at) => list.get(at));
  return { length: list.length, set };
}

const subjects = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(await Promise.all(subjects.map(open))));
