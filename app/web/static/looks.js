// Whether the credential of a certificate is genuine and counts today, looked at in the browser: in the order, by the rules and in the words of
// the register itself, with nothing but what the register publishes. The words stand in the page; `say` gives one by its name.
//
// Static files bear a digest in their address, so whoever loads this hands over what it rests on: tokens.js, logged.js,
// shapes.js, and `had`, which gives the bytes published at a path of this register, or null.

const DID_OF_RRN = ".well-known/did.json";
const TYP = "vc+jwt";
const [YES, NO, CANNOT_TELL, ASIDE] = ["yes", "no", "cannot_tell", "aside"];
/** A no to any of these: this is not a paper that a licensed body issued and the register published. */
const GENUINE = ["credential", "statement", "log", "licence"];
/** A no to any of these: it was genuine and does not count now. */
const OVER = ["revocation", "suspension", "expiry"];
const MOST_VERSIONS = 100;

/** What stands in the way of an answer; the message is the name of a sentence, `found` what it weighs, `what` where it was met. */
class Stopped extends Error {
  constructor(found, name, values = {}) {
    super(name);
    Object.assign(this, { found, values, what: name.split("_")[0] });
  }
}

/** One verification: what it rests on, and what was found so far. */
export class Looks {
  constructor({ tokens, logged, shapes, had, say, spoken, counted, witnesses, now }) {
    Object.assign(this, { tokens, logged, shapes, had, say, spoken, counted, witnesses, now, items: [], newest: 0, unable: false });
  }

  /** Whose keys the log has, and under which name the register signs. False when it publishes none. */
  async begin() {
    const published = await this.had(".well-known/log.vkey");
    if (!published) return false;
    try {
      const lines = new TextDecoder().decode(published).split("\n").filter(Boolean);
      this.keys = await Promise.all(lines.map(this.logged.keyOf));
    } catch {
      return false;
    }
    this.origin = this.keys[0]?.name ?? "";
    this.host = this.origin.replace(/\/log$/, "");
    this.rrn = `did:web:${this.host.replaceAll(":", "%3A")}`;
    return this.origin !== "" && this.keys.every((key) => key.name === this.origin);
  }

  /** What a token says it is when it is none of a certificate: `statement`, `licence`, `endorsement`; nothing otherwise. */
  kind(token) {
    let header;
    try {
      header = this.tokens.headerOf(token);
    } catch {
      return "";
    }
    if (header.typ === "rrn-statement+jws") return "statement";
    if (header.typ === TYP && this.tokens.halves(header.kid)[0] === this.rrn) return "licence";
    const ofKey = /^bodies\/[A-Za-z0-9-]{1,40}\/keys\/[A-Za-z0-9_-]{43}$/.test(this.path(header.kid) ?? "");
    return header.typ === "JWT" && ofKey ? "endorsement" : "";
  }

  /** Whether a token gives itself out as one of this register: its names stand in the header or in what is signed. Nothing is believed of it. */
  names(token) {
    const parts = token.split(".").slice(0, 2).map((part) => {
      try {
        return atob(part.replace(/=+$/, "").replaceAll("-", "+").replaceAll("_", "/"));
      } catch {
        return "";
      }
    });
    return parts.some((part) => [this.rrn, `//${this.host}/`].some((name) => part.includes(name)));
  }

  /** The path of an address on the register's host, null for any other address. */
  path(address) {
    const [, host, path] = address.match(/^https?:\/\/([^/?#]+)\/+([^?#\s\\]*)$/) ?? [];
    return host === this.host ? path : null;
  }

  tell(what, found, name, values) {
    this.items.push({ what, found, sentence: this.say(name, values) });
    return found;
  }

  found(what) {
    return this.items.find((item) => item.what === what)?.found;
  }

  /** Every look, in the order of the register. Ends early when there is nothing left to look at. */
  async look(token) {
    try {
      const opened = await this.openCredential(token);
      this.tell("credential", YES, "credential_yes", { body: opened.said.issuer.name });
      this.statement = await this.openStatement(opened);
      const { number, version, holder } = this.statement;
      this.tell("statement", YES, "statement_yes", { number, version, holder: holder.name });
      const madeAt = await this.lookAtLog(token);
      await this.lookBehind(madeAt);
      this.lookAtKeys(opened.revoked, madeAt);
      await this.lookAtToday(opened);
    } catch (fault) {
      if (!(fault instanceof Stopped)) throw fault;
      this.tell(fault.what, fault.found, fault.message, fault.values);
    }
  }

  async openCredential(token) {
    const { headerOf, halves, verify, Refused } = this.tokens;
    let kid, said;
    try {
      kid = headerOf(token).kid;
    } catch {
      throw new Stopped(NO, "credential_not_ours");
    }
    const path = this.documentOf(kid);
    if (!path || path === DID_OF_RRN) throw new Stopped(NO, "credential_stranger");
    const signer = await this.signerOf(kid, path);
    try {
      said = await verify(token, signer.keys, TYP);
    } catch (fault) {
      if (!(fault instanceof Refused)) throw fault;
      throw new Stopped(NO, "credential_false");
    }
    const evidence = said.credentialSubject?.auditableEvidence;
    if (!this.shapes.isSigned(said) || !this.shapes.isText(evidence?.linkURL, evidence?.digestMultibase)) throw this.less(said);
    if (said.issuer.id !== halves(kid)[0]) throw new Stopped(NO, "credential_another");
    return { said, ...signer };
  }

  /** Of what is truly signed and is not what was looked for: a status list lies at an address of its own. */
  less(said) {
    return this.shapes.isList(said) ? new Stopped(CANNOT_TELL, "kind_list") : new Stopped(NO, "credential_less");
  }

  /** The key of that id and from when on it counts no more. The register lists every key there ever was, so one that is not there is a no. */
  async signerOf(kid, path) {
    const whose = this.say(path === DID_OF_RRN ? "whose_rrn" : "whose_body");
    const document = await this.had(path);
    if (!document) throw new Stopped(CANNOT_TELL, "credential_no_keys", { whose });
    const signer = await this.tokens.signerIn(document, kid).catch(() => undefined);
    if (signer === undefined) throw new Stopped(CANNOT_TELL, "credential_keys_unreadable", { whose });
    if (signer === null) throw new Stopped(NO, "credential_never_had", { whose });
    return signer;
  }

  /** The path of the DID document that names a key: RRN's own, or that of a body in this register. */
  documentOf(kid) {
    const did = this.tokens.halves(kid)[0];
    const body = did.startsWith(`${this.rrn}:bodies:`) ? did.slice(this.rrn.length + 8) : "";
    if (/^[A-Za-z0-9_-]{1,40}$/.test(body)) return `bodies/${body}/did.json`;
    return did === this.rrn ? DID_OF_RRN : null;
  }

  async openStatement({ said }) {
    const { linkURL, digestMultibase } = said.credentialSubject.auditableEvidence;
    const path = this.path(linkURL);
    if (!/^certificates\/[A-Z0-9-]{1,20}\/[1-9][0-9]{0,4}\/statement\.json$/.test(path)) throw new Stopped(NO, "statement_elsewhere");
    this.content = await this.had(path);
    if (!this.content) throw new Stopped(CANNOT_TELL, "statement_unseen");
    const fits = (await this.tokens.multibase(this.content)) === digestMultibase;
    let found;
    try {
      found = this.tokens.object(this.content);
    } catch {
      found = {};
    }
    if (!this.shapes.isStatement(found)) throw new Stopped(CANNOT_TELL, fits ? "statement_new_form" : "statement_unreadable");
    this.folder = `certificates/${found.number}/${found.version}`;
    const whole = this.tokens.hex(this.tokens.bytes(this.shapes.canonical(found))) === this.tokens.hex(this.content);
    if (!fits || !whole || path !== `${this.folder}/statement.json`) throw new Stopped(NO, "statement_other");
    return found;
  }

  /** Whether an entry of the log names these very files, under a checkpoint that the log signed; and since when. */
  async lookAtLog(token) {
    try {
      const { seen, note, said } = await this.proven(token);
      this.tell("log", YES, "log_yes", { size: seen.size });
      await this.lookAtWitnesses(note);
      return this.shapes.moment(said.recorded_at);
    } catch (fault) {
      this.unable ||= fault instanceof this.logged.Unable;
      if (fault instanceof this.logged.Unable) this.tell("log", CANNOT_TELL, "log_unable");
      else if (fault instanceof Stopped) this.tell("log", fault.found, fault.message);
      else throw fault;
      return null;
    }
  }

  async proven(token) {
    const { provenBy } = this.logged;
    const { bytes, hex, object, sha256 } = this.tokens;
    const proof = await this.read(`${this.folder}/proof.tlog-proof`, "log_no_proof", "log_proof_unreadable", (text) => {
      const found = this.logged.proofIn(text);
      return this.logged.claimedBy(found.note) && found;
    });
    const newest = await this.newestOf();
    const entry = await this.entryAt(proof.index, newest.size);
    const [seen, said] = await this.true_("log_false", async () => [await provenBy(proof, entry, this.keys), object(entry)]);
    if (!this.shapes.isMoment(said.recorded_at)) throw new Stopped(NO, "log_false");
    if (seen.origin !== this.origin) throw new Stopped(NO, "log_another");
    const digests = { "credential.jwt": await sha256(bytes(token)), "statement.json": await sha256(this.content) };
    const named = Object.entries(digests).every(([name, digest]) => said.files?.[name] === hex(digest));
    if (said.kind !== "certificate.published" || !named) throw new Stopped(NO, "log_other_files");
    const grew = await this.logged.beginsWith(newest, seen, this.had).catch(() => undefined);
    if (grew === undefined) throw new Stopped(CANNOT_TELL, "log_growth_unseen");
    if (!grew) throw new Stopped(NO, "log_two_stories");
    return { seen, note: proof.note, said };
  }

  /** The newest checkpoint, which the log itself signed under its own name. */
  async newestOf() {
    const note = await this.read("log/checkpoint", "log_unseen", "log_checkpoint_unreadable", (text) => this.logged.claimedBy(text) && text);
    const newest = await this.true_("log_unsigned", () => this.logged.checkpointOf(note, this.keys));
    if (newest.origin !== this.origin) throw new Stopped(NO, "log_unsigned");
    return newest;
  }

  /** The bytes of one entry of a log of that size. */
  async entryAt(index, size) {
    if (index >= size) throw new Stopped(CANNOT_TELL, "log_too_short");
    const { path, width } = this.logged.bundleOf(index, size);
    const bundle = await this.needed(path, "log_no_entry");
    try {
      return this.logged.entryIn(bundle, index, width);
    } catch {
      throw new Stopped(CANNOT_TELL, "log_entry_unreadable");
    }
  }

  /** A published text as `parse` reads it: what cannot be had or read leaves the answer open. */
  async read(path, unseen, unreadable, parse) {
    const content = await this.needed(path, unseen);
    try {
      return parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content));
    } catch {
      throw new Stopped(CANNOT_TELL, unreadable);
    }
  }

  /** What comes of looking at a signature or a path; a no in these words when it is false. */
  async true_(name, look) {
    try {
      return await look();
    } catch (fault) {
      if (fault instanceof this.logged.Unable) throw fault;
      throw new Stopped(NO, name);
    }
  }

  async needed(path, name) {
    const content = await this.had(path);
    if (!content) throw new Stopped(CANNOT_TELL, name);
    return content;
  }

  /** Which of the witnesses that the register names have cosigned. */
  async lookAtWitnesses(note) {
    if (!this.witnesses.length) return this.tell("witnesses", ASIDE, "witnesses_none");
    const keys = await Promise.all(this.witnesses.map(this.logged.keyOf));
    const { signedBy } = await this.logged.openNote(note, keys).catch(() => ({ signedBy: new Set() }));
    const missing = keys.filter((key) => !signedBy.has(key)).map((key) => key.name);
    if (missing.length) return this.tell("witnesses", ASIDE, "witnesses_missing", { names: missing.join(", ") });
    return this.tell("witnesses", YES, this.counted("witnesses_yes", signedBy.size), { count: signedBy.size });
  }

  /** Whether RRN's credential of the licence is genuine, about this body, and the very one the certificate names. */
  async lookBehind(madeAt) {
    const named = this.statement.licence_credential;
    if (!named) return;
    const path = this.path(named.address);
    const content = path && (await this.had(path));
    if (!content) return void this.tell("licence", CANNOT_TELL, "licence_unseen");
    const digest = this.tokens.hex(await this.tokens.sha256(content));
    const opened = await this.openLicence(new TextDecoder().decode(content)).catch((fault) => fault);
    if (opened instanceof Stopped && opened.found === CANNOT_TELL) {
      return void this.items.push({ what: "licence", found: CANNOT_TELL, sentence: this.say(opened.message, opened.values) });
    }
    if (opened instanceof Error && digest !== named.digest) return void this.tell("licence", CANNOT_TELL, "licence_unreadable");
    const { body } = this.statement;
    const { licenceNumber, issuedToParty } = opened.said?.credentialSubject ?? {};
    const about = issuedToParty?.id === `${this.rrn}:bodies:${body.ref}` && licenceNumber === body.licence;
    if (digest !== named.digest || !about) return void this.tell("licence", NO, "licence_other");
    const { revoked } = opened;
    if (revoked && !(madeAt < revoked && madeAt)) this.tell("licence", CANNOT_TELL, "licence_suspect", { day: this.spoken(this.shapes.dayOf(revoked)) });
    else this.tell("licence", YES, "licence_yes", { body: body.name });
  }

  async openLicence(token) {
    const { kid } = this.tokens.headerOf(token);
    if (this.documentOf(kid) !== DID_OF_RRN) throw new this.tokens.Refused("signed by somebody else");
    const signer = await this.signerOf(kid, DID_OF_RRN);
    const said = await this.tokens.verify(token, signer.keys, TYP);
    if (!this.shapes.isSigned(said)) throw this.less(said);
    if (said.issuer.id !== this.rrn) throw new this.tokens.Refused("signed by somebody else than it names");
    return { said, ...signer };
  }

  lookAtKeys(revoked, madeAt) {
    if (revoked && !(madeAt && madeAt < revoked)) this.tell("keys", CANNOT_TELL, "keys_suspect", { day: this.spoken(this.shapes.dayOf(revoked)) });
    else this.tell("keys", YES, "keys_yes");
  }

  /** Dates and both status lists. */
  async lookAtToday(opened) {
    const { said } = opened;
    const begun = this.now >= this.shapes.moment(said.validFrom);
    const over = this.now > this.shapes.moment(said.validUntil) || this.shapes.dayOf(this.now) > this.statement.expires_on;
    this.tell("begun", begun ? YES : NO, begun ? "begun_yes" : "begun_no", { day: this.spoken(this.statement.starts_on) });
    this.tell("expiry", over ? NO : YES, over ? "expiry_no" : "expiry_yes", { day: this.spoken(this.statement.expires_on) });
    for (const purpose of ["revocation", "suspension"]) await this.lookAtList(purpose, opened);
  }

  async lookAtList(purpose, opened) {
    const places = opened.said.credentialStatus.filter((one) => one.statusPurpose === purpose);
    if (places.length !== 1) return this.tell("credential", NO, "credential_no_list");
    let isSet;
    try {
      isSet = await this.bit(places[0], opened);
    } catch (fault) {
      if (!(fault instanceof Stopped)) throw fault;
      return this.tell(purpose, CANNOT_TELL, `${purpose}_unseen`, { why: this.say(fault.message, { day: fault.day }) });
    }
    if (isSet && purpose === "revocation" && (await this.findNewest())) {
      const { version } = this.statement;
      return this.tell(purpose, NO, "revocation_newer", { later: version + 1, version });
    }
    return this.tell(purpose, isSet ? NO : YES, `${purpose}_${isSet ? "no" : "yes"}`);
  }

  /** The list says ended or replaced in one bit; which of them it is shows beside it. */
  async findNewest() {
    const { number, version } = this.statement;
    for (let later = version + 1; later < version + MOST_VERSIONS; later += 1) {
      if (!(await this.had(`certificates/${number}/${later}/statement.json`))) break;
      this.newest = later;
    }
    return this.newest;
  }

  /** Whether the entry is set in the list it stands in, when that is the issuer's and counts today. */
  async bit({ statusListCredential, statusListIndex, statusPurpose }, opened) {
    const path = this.path(statusListCredential);
    const content = /^status\/[A-Za-z0-9-]{1,40}\/[a-z]{1,20}\/[1-9][0-9]{0,5}$/.test(path) && (await this.had(path));
    if (!content) throw new Stopped(CANNOT_TELL, "why_unseen");
    let said, bits;
    try {
      const token = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
      said = await this.tokens.verify(token, await this.keysOfList(token, opened), TYP);
      if (!this.shapes.isText(said.id, said.issuer) || !this.shapes.isMoment(said.validFrom, said.validUntil)) throw new this.tokens.Refused("less");
      bits = await this.tokens.unpack(said.credentialSubject.encodedList);
    } catch {
      throw new Stopped(CANNOT_TELL, "why_false");
    }
    const named = said.id === statusListCredential && said.issuer === opened.said.issuer.id;
    if (!named || said.credentialSubject.statusPurpose !== statusPurpose) throw new Stopped(CANNOT_TELL, "why_another");
    if (this.now < this.shapes.moment(said.validFrom) || this.now > this.shapes.moment(said.validUntil)) {
      throw Object.assign(new Stopped(CANNOT_TELL, "why_stale"), { day: this.spoken(this.shapes.dayOf(this.shapes.moment(said.validUntil))) });
    }
    const index = Number(statusListIndex);
    if (index >= this.tokens.LIST_LENGTH) throw new Stopped(CANNOT_TELL, "why_no_entry");
    return Boolean(bits[index >> 3] & (0x80 >> (index & 7)));
  }

  /** The keys a list may be signed with: that of the credential, or another of the same issuer. */
  async keysOfList(token, { keys, said }) {
    const { kid } = this.tokens.headerOf(token);
    if (keys.has(kid)) return keys;
    if (this.tokens.halves(kid)[0] !== said.issuer.id) throw new this.tokens.Refused("signed by somebody else");
    return (await this.signerOf(kid, this.documentOf(kid))).keys;
  }

  /** The one table that makes an answer of what was found: a forgery is a no, a doubt is never a yes, and never a no. */
  answer() {
    const by = new Map(this.items.map((item) => [item.what, item]));
    const first = (names) => names.map((name) => by.get(name)).find((item) => item?.found === NO);
    if (by.has("kind")) return { answer: "cannot_tell", sentence: by.get("kind").sentence };
    const untrue = first(GENUINE);
    if (untrue) return { answer: "not_certified", sentence: untrue.sentence };
    const doubt = this.items.find((item) => item.found === CANNOT_TELL);
    if (doubt) return { answer: "cannot_tell", sentence: doubt.sentence };
    if (!this.statement || !["begun", ...OVER].every((name) => by.has(name))) {
      return { answer: "cannot_tell", sentence: this.say("answer_not_all") };
    }
    const { number, holder, scope, expires_on } = this.statement;
    const ended = first(["begun", ...OVER]);
    if (ended) {
      const sentence = this.say("answer_over", { number, holder: holder.name, why: ended.sentence });
      return { answer: ended.what === "begun" ? "not_certified" : "was_certified", sentence };
    }
    const what = this.say(this.counted("curricula", scope.length), { count: scope.length });
    const day = this.spoken(expires_on);
    return { answer: "certified", sentence: this.say("answer_yes", { holder: holder.name, day, what, number }) };
  }

  /** What to do about it, where there is something to do: the name of a sentence. */
  advice(answer) {
    if (GENUINE.some((what) => this.found(what) === NO)) return "advice_false";
    if (answer === "cannot_tell") return "advice_unsure";
    if (this.found("revocation") === NO) return "advice_newest";
    return answer === "certified" ? "advice_yes" : "advice_over";
  }

  /** The big words above, by their name, and their tone. `today` is what the register itself says. */
  headed(answer, today) {
    if (answer === "certified") return ["title_yes", "yes"];
    if (answer === "was_certified") {
      const over = this.found("revocation") === NO || this.found("expiry") === NO;
      const paused = this.found("suspension") === NO || today?.tone === "pause";
      return paused && !over ? ["title_paused", "pause"] : ["title_over", "no"];
    }
    if (answer === "cannot_tell") return ["title_unsure", "unknown"];
    return this.found("begun") === NO ? ["title_early", "pause"] : ["title_false", "no"];
  }
}
