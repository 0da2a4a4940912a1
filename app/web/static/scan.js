// Reads the code on a certificate on the device itself, in a photo or through its camera: no picture is ever sent anywhere, and the
// reader is only fetched when there is something to read. Without a script the page says how to scan with the phone's camera.

const place = document.querySelector("[data-scan]");
const said = place?.querySelector("[role=status]");
const camera = place?.querySelector("button");
const seen = place?.querySelector("video");
/** Longest side in pixels that a picture is looked at with: first nearly as it is, then as a grainy one is read more easily. */
const SIZES = [4096, 1600];
/** Milliseconds between two looks through the camera. */
const PAUSE = 150;

/** What the code in a picture says, null when none is found. */
function textIn(picture, decodeQR) {
  const longest = Math.max(picture.width, picture.height);
  for (const size of new Set(SIZES.map((one) => Math.min(one, longest)))) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.round((picture.width * size) / longest);
    canvas.height = Math.round((picture.height * size) / longest);
    const drawing = canvas.getContext("2d", { willReadFrequently: true });
    drawing.drawImage(picture, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(drawing.getImageData(0, 0, canvas.width, canvas.height), { timeLimit: 1000 });
    } catch {
      // no code that can be read at this size
    }
  }
  return null;
}

/** The address of the answer when the code is one of ours, null for any other. */
function ours(text) {
  const [before, number] = [`${location.origin}/c/`, text.slice(location.origin.length + 3)];
  return text.startsWith(before) && /^[A-Z0-9-]{5,20}$/.test(number) ? `/verify/${number}` : null;
}

/** Goes where a code of ours leads; says so, or where another one would have led. */
function follow(text) {
  const answer = ours(text);
  if (answer) location.assign(answer);
  return answer ? place.dataset.found : `${place.dataset.elsewhere} ${text.slice(0, 200)}`;
}

const reader = () => import(place.dataset.reader).catch(() => null);

async function readPhoto(photo) {
  const found = await reader();
  if (!found) return place.dataset.unread;
  const picture = await createImageBitmap(photo).catch(() => null); // null: not a picture, or one that cannot be drawn
  const text = picture && textIn(picture, found.decodeQR);
  return text ? follow(text) : place.dataset.none;
}

/** Looks until there is a code to be read or somebody has had enough. */
async function readCamera() {
  const [found, stream] = await Promise.all([
    reader(),
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: 1920 } }).catch(() => null),
  ]);
  const stop = () => stream?.getTracks().forEach((track) => track.stop());
  if (!found || !stream) return stop(), found ? place.dataset.blind : place.dataset.unread;
  camera.addEventListener("click", stop, { once: true });
  seen.srcObject = stream;
  await seen.play();
  let text = null;
  while (stream.active && !text) {
    text = textIn(await createImageBitmap(seen), found.decodeQR);
    await new Promise((done) => setTimeout(done, PAUSE));
  }
  stop();
  return text ? follow(text) : "";
}

async function look() {
  if (!seen.hidden) return; // it looks already: the press was to stop it
  const begin = camera.textContent;
  [camera.textContent, said.textContent, seen.hidden] = [camera.dataset.stop, place.dataset.held, false];
  said.textContent = await readCamera();
  [camera.textContent, seen.hidden] = [begin, true];
}

if (place) {
  place.hidden = false;
  camera.hidden = !navigator.mediaDevices?.getUserMedia;
  camera.addEventListener("click", look);
  place.querySelector("input").addEventListener("change", async ({ target }) => {
    if (!target.files[0]) return;
    said.textContent = place.dataset.reading;
    said.textContent = await readPhoto(target.files[0]);
    target.value = ""; // so that the same photo may be tried again
  });
}
