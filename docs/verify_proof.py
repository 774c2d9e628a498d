#!/usr/bin/env python3
"""Checks a proof file of hufu with nothing but Python's standard library and the `openssl` command (3.0 or later).

    python3 verify_proof.py FILE [--ledger-key KEY] [--witness-key KEY]...
    python3 verify_proof.py FILE --journal

The second computes the root of an exported journal again. Says what is proven, or the first thing that does not hold, and exits with 1. The ledger's key should come from elsewhere
than the file: from the centre's notice board, from an older paper, from a colleague of another agency.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

# What stands before a public key where its id is computed, by suite and purpose.
TYPES = {
    ("c2sp", "checkpoint"): b"\x01",
    ("c2sp", "cosignature"): b"\x04",
    ("sm", "checkpoint"): b"\xffhufu/sm2-sm3/checkpoint\n",
    ("sm", "cosignature"): b"\xffhufu/sm2-sm3/cosignature\n",
}
# An Ed25519 public key as openssl reads it: this and 32 bytes (RFC 8410).
ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")


class Wrong(Exception):
    """Something does not hold."""


def need(holds, what):
    if not holds:
        raise Wrong(what)


def digest(suite, data):
    if suite == "c2sp":
        return hashlib.sha256(data).digest()
    if "sm3" in hashlib.algorithms_available:
        return hashlib.new("sm3", data).digest()
    return subprocess.run(["openssl", "dgst", "-sm3", "-binary"], input=data, stdout=subprocess.PIPE, check=True).stdout


def leaf(suite, entry):
    """RFC 6962, 2.1: the hash of an entry."""
    return digest(suite, b"\x00" + entry)


def node(suite, left, right):
    return digest(suite, b"\x01" + left + right)


def root_of(suite, index, size, hashed, way):
    """RFC 9162, 2.1.3.2: where an inclusion proof leads."""
    need(0 <= index < size, "the entry's number is beyond the head")
    last = size - 1
    for sibling in way:
        need(last > 0, "the proof is too long")
        if index & 1 or index == last:
            hashed = node(suite, sibling, hashed)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            hashed = node(suite, hashed, sibling)
        index, last = index >> 1, last >> 1
    need(last == 0, "the proof is too short")
    return hashed


def openssl_holds(suite, spki_pem, message, signature):
    """Asks openssl whether a signature holds."""
    with tempfile.TemporaryDirectory() as folder:
        key, text, value = (Path(folder, name) for name in ("key", "text", "value"))
        key.write_text(spki_pem)
        text.write_bytes(message)
        value.write_bytes(signature)
        command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(key), "-in", str(text), "-sigfile", str(value)]
        if suite == "sm":
            command += ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def pem(der):
    text = base64.b64encode(der).decode()
    lines = "\n".join(text[at : at + 64] for at in range(0, len(text), 64))
    return f"-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----\n"


def note_key(suite, purpose, text):
    """A key written as name+id+base64: its name, its id, and itself as PEM."""
    name, key_id, material = text.split("+", 2)
    material = base64.b64decode(material, validate=True)
    kind = TYPES[suite, purpose]
    need(material.startswith(kind), f"the key of {name} is no {purpose} key of suite {suite}")
    known = digest(suite, name.encode() + b"\n" + material)[:4]
    need(known.hex() == key_id, f"the key of {name} has another id")
    public = material[len(kind) :]
    return name, known, pem(public if suite == "sm" else ED25519_SPKI + public)


def signatures(note):
    """The text of a signed note, and (name, key id, signature) of each of its lines."""
    text, _, lines = note.rpartition("\n\n")
    found = []
    for line in lines.rstrip("\n").split("\n"):
        dash, name, value = line.split(" ")
        need(dash == "—", "a signature line has another form")
        value = base64.b64decode(value, validate=True)
        found.append((name, value[:4], value[4:]))
    return text + "\n", found


def canonical(value):
    """RFC 8785 for what entries hold: no number in them has a fraction."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def each_line(entry, visit):
    """The lines of an entry: whatever is an object in `postings` or in an outermost array of the body. Puts in the place of
    each what `visit(pointer, line)` answers; nothing takes it out."""

    def lists(value, pointer):
        if isinstance(value, dict):
            return {name: lists(part, f"{pointer}/{name}") for name, part in value.items()}
        if not isinstance(value, list):
            return value
        placed = [visit(f"{pointer}/{at}", it) if isinstance(it, dict) else it for at, it in enumerate(value)]
        return [it for it in placed if it is not None]

    return {**entry, "body": lists(entry["body"], "/body"), "postings": lists(entry["postings"], "/postings")}


def line_digest(suite, salt, line):
    return digest(suite, b"hufu line v2\n" + salt + line).hex()


def open_lines(suite, entry, openings):
    """The entry with the lines that are shown, and the pointers of those that are not."""
    shown, hidden = {opening["pointer"]: opening for opening in openings}, set()
    need(len(shown) == len(openings), "a line is shown twice")
    if entry["form"] == 1:
        need(not openings, "an entry of the first form has no lines to open")
        return entry, hidden
    need(entry["form"] == 2 and "salt" not in entry and "salt_digest" in entry, f"entry {entry['seq']} is of an unknown form")

    def opened(pointer, line):
        need(set(line) == {"digest"}, f"{pointer} stands in the clear")
        opening = shown.pop(pointer, None)
        if opening is None:
            hidden.add(pointer)
            return None
        text = opening["line"].encode()
        need(line["digest"] == line_digest(suite, bytes.fromhex(opening["salt"]), text), f"{pointer} is another line")
        need(canonical(json.loads(text)) == text, f"{pointer} is not written canonically")
        return json.loads(text)

    entry = each_line(entry, opened)
    need(not shown, "a line is shown that the entry does not have")
    return entry, hidden


def committed(suite, entry):
    """What is hashed of a whole entry."""
    if entry["form"] == 1:
        return canonical(entry)
    salt = bytes.fromhex(entry["salt"])

    def closed(pointer, line):
        own = digest(suite, b"hufu line salt v2\n" + salt + pointer.encode())
        return {"digest": line_digest(suite, own, canonical(line))}

    salted = {"salt_digest": digest(suite, b"hufu salt v2\n" + salt).hex()}
    return canonical({name: value for name, value in each_line(entry, closed).items() if name != "salt"} | salted)


# The first line of what is signed, by kind, since the second form of statements. The first form was the JSON alone.
KINDS = {"offer": b"hufu offer v2\n", "exchange": b"hufu exchange v2\n"}


def signed_bytes(kind, statement):
    form = statement.get("form", 1)
    need(form in (1, 2), f"a statement has the unknown form {form}")
    return (KINDS[kind] if form == 2 else b"") + canonical(statement)


def check_head(proof, trusted):
    suite, ledger_key = proof["suite"], proof["ledger_key"]
    need(trusted is None or trusted.strip() == ledger_key, "the file has another ledger key than the trusted one")
    name, key_id, key = note_key(suite, "checkpoint", ledger_key)
    text, lines = signatures(proof["checkpoint"])
    own = [value for who, which, value in lines if (who, which) == (name, key_id)]
    need(own and all(openssl_holds(suite, key, text.encode(), value) for value in own), "the ledger's signature does not hold")
    origin, size, root = text.split("\n")[:3]
    need(origin == name, "the head is another ledger's")
    return text, lines, int(size), base64.b64decode(root)


def check_witness(suite, text, lines, written):
    """When this witness signed; nothing when it has not."""
    name, key_id, key = note_key(suite, "cosignature", written)
    for who, which, value in lines:
        if (who, which) == (name, key_id):
            time = int.from_bytes(value[:8], "big")
            said = f"cosignature/v1\ntime {time}\n{text}".encode()
            need(openssl_holds(suite, key, said, value[8:]), f"the signature of witness {name} does not hold")
            return name, time
    return None


def check_parties(entry, hidden, offers, keys, agencies):
    """The signatures inside an offer or an exchange: SM2 over the statement that each side saw. Answers how many hold, and how
    many cannot be checked because lines of what was signed are not shown."""
    body, part = entry["body"], any(pointer.startswith("/body/statement/") for pointer in hidden)
    held = unchecked = 0
    for signature in entry["signatures"]:
        if signature["role"] == "giver" and entry["kind"] == "exchange":
            offered = offers.get(body["statement"]["handover"])
            need(part or offered is not None, "the offer that the giver signed is not in the file")
            said = offered and offered != "part" and signed_bytes("offer", offered)
        else:
            said = not part and signed_bytes(entry["kind"], body["statement"])
        if not said:
            unchecked += 1
            continue
        registered = keys.get(signature["key"])
        need(registered is not None, f"key {signature['key']} is not in the file")
        need(agencies[registered["unit"]] == agencies[signature["unit"]], "the key is another agency's")
        revoked = registered["revoked_at"]
        need(revoked is None or revoked >= signature["signed_at"], "the key had been revoked before")
        value = base64.b64decode(signature["value"], validate=True)
        need(openssl_holds("sm", registered["public_pem"], said, value), f"the signature by key {signature['key']} does not hold")
        held += 1
    if entry["kind"] == "offer":
        offers[body["statement"]["handover"]] = "part" if part else body["statement"]
    return held, unchecked


def check_journal(lines):
    """Computes the root of an exported journal again: its last line says what it must be."""
    *entries, last = lines
    head = json.loads(last)["head"]
    suite, hashed = head["suite"], []
    for line in entries:
        entry = json.loads(line)
        need(canonical(entry) == line.encode(), f"entry {entry['seq']} is not written canonically")
        hashed.append(leaf(suite, committed(suite, entry)))

    def root(leaves):
        if len(leaves) < 2:
            return leaves[0] if leaves else digest(suite, b"")
        left = 1 << (len(leaves) - 1).bit_length() - 1
        return node(suite, root(leaves[:left]), root(leaves[left:]))

    need(root(hashed).hex() == head["root"], "the entries do not have the root that the file says")
    print(f"{len(hashed)} entries have the root {head['root']}")


def check(proof, ledger_key, witness_keys):
    need(proof.get("hufu_proof") in (1, 2), "this is no proof file of form 1 or 2")
    suite = proof["suite"]
    text, lines, size, root = check_head(proof, ledger_key)
    for written in dict.fromkeys(proof["witness_keys"] + witness_keys):
        signed = check_witness(suite, text, lines, written)
        need(signed or written not in witness_keys, f"witness {written.split('+')[0]} has not signed this head")
        if signed:
            print(f"witnessed by {signed[0]} at {signed[1]}")
    keys = {key["key"]: key for key in proof["agency_keys"]}
    offers, held, unchecked, declared = {}, 0, 0, {}
    need(proof["entries"], "there is no entry in the file")
    for proven in proof["entries"]:
        stored = proven["entry"].encode()
        entry = json.loads(stored)
        need(canonical(entry) == stored, f"entry {proven['seq']} is not written canonically")
        need(entry["seq"] == proven["seq"], f"entry {proven['seq']} has another number")
        way = [base64.b64decode(step, validate=True) for step in proven["inclusion"]]
        led = root_of(suite, entry["seq"] - 1, size, leaf(suite, stored), way)
        need(led == root, f"entry {entry['seq']} is not under this head")
        entry, hidden = open_lines(suite, entry, proven.get("openings", []))
        found = check_parties(entry, hidden, offers, keys, proof["agencies"])
        held, unchecked = held + found[0], unchecked + found[1]
        if entry["kind"] == "declare_error":
            declared[entry["body"]["wrong_seq"]] = entry["seq"]
        lines = sum(pointer.startswith("/body/") for pointer in hidden)
        print(f"entry {entry['seq']} ({entry['kind']}) is in the ledger" + (f"; {lines} of its lines are not shown" if lines else ""))
    for left in proof.get("left_out", []):
        print(f"entry {left['seq']} is left out: {left['en']}")
    for wrong, declaration in declared.items():
        print(f"entry {wrong} is declared wrong by entry {declaration}")
    print(f"among the first {size} entries of {text.splitlines()[0]}, {held} signatures of the parties hold")
    if unchecked:
        print(f"{unchecked} signatures cannot be checked: not all of what was signed is shown")


def main():
    arguments = argparse.ArgumentParser(description="Check a proof file of hufu.")
    arguments.add_argument("file")
    arguments.add_argument("--journal", action="store_true", help="FILE is an exported journal and no proof")
    arguments.add_argument("--ledger-key")
    arguments.add_argument("--witness-key", action="append", default=[])
    given = arguments.parse_args()
    try:
        if given.journal:
            return check_journal(Path(given.file).read_text(encoding="utf-8").splitlines())
        check(json.loads(Path(given.file).read_text(encoding="utf-8")), given.ledger_key, given.witness_key)
    except (Wrong, KeyError, ValueError, TypeError, IndexError, RecursionError) as error:
        sys.exit(f"does not hold: {error}")
    print("the proof holds")


if __name__ == "__main__":
    main()
