// Has jose (npm's, as Debian ships it) verify tokens: reads {keys, now, tokens} as JSON from standard input, where `keys` are
// the JWKs that the register publishes, each under the name it has there; answers what it read in each token, or why it refused it.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { createLocalJWKSet, jwtVerify } = createRequire(import.meta.url)("jose");
const { keys, now, tokens } = JSON.parse(readFileSync(0, "utf8"));
const published = createLocalJWKSet({ keys });

async function read(token) {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, published, { algorithms: ["ES256"], currentDate: new Date(now) });
    return { payload, header: protectedHeader };
  } catch (error) {
    return { refused: error.code };
  }
}

process.stdout.write(JSON.stringify(await Promise.all(tokens.map(read))));
