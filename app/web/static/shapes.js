// What signed things of the register look like, read in the browser: a statement, what every credential says, a status list; moments and days.

/** The members of a statement by its form, and of what is in it. */
const FORM_1 = ["affiliates", "body", "decision", "design", "edition", "expires_on", "former_identifiers", "granted_on", "holder", "number", "previous_version", "rule_pack", "scope", "sections", "sentence", "starts_on", "verify_url", "version"]; // prettier-ignore
const FORM_2 = [...FORM_1, "form", "licence_credential"].sort();
const MEMBERS = {
  holder: ["address", "name", "ref", "route"],
  body: ["address", "code", "licence", "name", "ref", "ukas_number"],
  edition: ["id", "title"],
  decision: ["decided_on", "ref"],
};
const OF_SCOPE = ["content_hash", "interventions", "nations", "populations", "ref", "settings", "title", "version"];

export const isText = (...all) => all.every((one) => typeof one === "string");
/** A moment; parts of a second that no browser has to know are left out. */
export const moment = (text) => new Date(text.replace(/(\.\d{3})\d+/, "$1"));
export const isMoment = (...all) => all.every((one) => /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/.test(one) && !Number.isNaN(moment(one).getTime()));
const isDay = (...all) => all.every((one) => /^\d{4}-\d\d-\d\d$/.test(one));
const has = (value, names) => JSON.stringify(Object.keys(value).sort()) === JSON.stringify(names);
/** The day in London at a moment, as 2028-06-30. */
export const dayOf = (moment) => new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/London" }).format(moment);

/** JSON as RFC 8785 writes it: there are no fractions in a statement. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
  return `{${members.join(",")}}`;
}

export function isStatement(said) {
  try {
    return (
      has(said, said.form === undefined ? FORM_1 : FORM_2) && [undefined, 2].includes(said.form) &&
      Object.entries(MEMBERS).every(([name, members]) => has(said[name], members)) &&
      said.scope.length > 0 && said.scope.every((item) => has(item, OF_SCOPE)) &&
      said.sections.every((one) => has(one, ["label", "number", "outcome"])) &&
      /^[A-Z]{2,6}-[0-9]{6}-[0-9A-Z]$/.test(said.number) && Number.isInteger(said.version) && said.version > 0 &&
      isDay(said.starts_on, said.expires_on, said.decision.decided_on) && isText(said.holder.name, said.body.ref, said.body.name, said.body.licence) &&
      (said.licence_credential ? has(said.licence_credential, ["address", "digest"]) : true)
    ); // prettier-ignore
  } catch {
    return false;
  }
}

/** As much of a signed credential as all of ours say; false for less. */
export function isSigned(said) {
  try {
    return (
      isText(said.issuer.id, said.issuer.name) && isMoment(said.validFrom, said.validUntil) && said.credentialStatus.length === 2 &&
      said.credentialStatus.every((one) => ["revocation", "suspension"].includes(one.statusPurpose) && /^[0-9]{1,6}$/.test(one.statusListIndex) && isText(one.statusListCredential))
    ); // prettier-ignore
  } catch {
    return false;
  }
}

/** Whether what was signed is a status list. */
export function isList(said) {
  const { statusPurpose, encodedList } = said.credentialSubject ?? {};
  const dated = isText(said.validFrom, said.validUntil) && isMoment(said.validFrom, said.validUntil);
  return isText(said.id, said.issuer, encodedList) && dated && ["revocation", "suspension"].includes(statusPurpose);
}
