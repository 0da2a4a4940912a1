// Reads the code in a photo of a certificate on the device itself: the photo is never sent anywhere, and the reader is
// only fetched when a photo was chosen. Without a script the page says how to scan with the phone's camera.

const place = document.querySelector("[data-scan]");
const said = place?.querySelector("[role=status]");
/** Longest side in pixels that a photo is looked at with: first nearly as it is, then as a shaky or grainy one is read more easily. */
const SIZES = [4096, 1600];

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
  const [before, number] = [`${location.origin}/c/`, text?.slice(location.origin.length + 3)];
  return text?.startsWith(before) && /^[A-Z0-9-]{5,20}$/.test(number) ? `/verify/${number}` : null;
}

async function read(photo) {
  const reader = await import(place.dataset.reader).catch(() => null);
  const picture = await createImageBitmap(photo).catch(() => null); // null: not a picture, or one that cannot be drawn
  const text = reader && picture && textIn(picture, reader.decodeQR);
  const answer = ours(text);
  if (answer) location.assign(answer);
  if (answer) return place.dataset.found;
  if (text) return `${place.dataset.elsewhere} ${text.slice(0, 200)}`;
  return reader ? place.dataset.none : place.dataset.unread;
}

if (place) {
  place.hidden = false;
  place.querySelector("input").addEventListener("change", async ({ target }) => {
    if (!target.files[0]) return;
    said.textContent = place.dataset.reading;
    said.textContent = await read(target.files[0]);
    target.value = ""; // so that the same photo may be tried again
  });
}
