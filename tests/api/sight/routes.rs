//! Every address there is, from the routers and the document of the API, and what stands in the place of each name.

use super::town::Place;
use crate::support::addresses;
use serde_json::Value;

/// One address with one method.
pub(super) struct Route {
    pub(super) method: String,
    /// `/items/{id}`
    pub(super) address: String,
    /// The schema of the body, of a request to the API.
    pub(super) schema: Option<Value>,
    /// Asked with these in the place of names, when that says more.
    query: &'static str,
}

impl Route {
    /// Whether it is asked to do something.
    pub(super) fn acts(&self) -> bool {
        self.method != "GET"
    }

    fn new(method: &str, address: &str) -> Route {
        Route { method: method.to_uppercase(), address: address.to_owned(), schema: None, query: "" }
    }
}

/// The files that write addresses down.
const ROUTERS: [&str; 4] = [
    include_str!("../../../src/api/station.rs"),
    include_str!("../../../src/api/tiles.rs"),
    include_str!("../../../src/api/witness.rs"),
    include_str!("../../../src/api/mod.rs"),
];

/// What a page is asked about that has no name in its address.
const QUERIES: [(&str, &str); 9] = [
    ("/cases", "as=xlsx"),
    ("/handovers", "as=xlsx"),
    ("/items", "as=xlsx"),
    ("/ledger", "as=xlsx"),
    ("/cases/new", "linked_to={case}"),
    ("/import", "case={case}"),
    ("/items", "q={kept number}"),
    ("/ledger", "item={kept code}"),
    ("/scan", "code={kept code}"),
];

/// Reading first, then what changes something, what takes away last.
pub(super) fn all() -> Vec<Route> {
    let mut routes: Vec<Route> = ROUTERS.iter().flat_map(|text| written(text)).collect();
    routes.extend(addresses::pages().iter().flat_map(|text| written(text)));
    let document = serde_json::to_value(hufu::api::document()).unwrap();
    for (address, path) in document["paths"].as_object().unwrap() {
        for (method, operation) in path.as_object().unwrap() {
            let schema = operation["requestBody"]["content"]["application/json"]["schema"].clone();
            routes.push(Route { schema: Some(schema), ..Route::new(method, address) });
        }
    }
    let proofs = ["item/{item}", "handover/{handover}", "entry/{entry}"];
    routes.retain(|route| route.address != "/proof/{what}/{which}");
    routes.extend(proofs.map(|what| Route::new("GET", &format!("/proof/{what}"))));
    let asked = QUERIES.map(|(address, query)| Route { query, ..Route::new("GET", address) });
    routes.extend(asked);
    let order = ["GET", "PATCH", "PUT", "POST", "DELETE"];
    let key = |route: &Route| {
        let method = order.iter().position(|method| *method == route.method).expect("a known method");
        let takes_session = route.address == "/logout" || route.address.ends_with("/sessions/current");
        (takes_session, method, route.address.clone(), route.query)
    };
    routes.sort_by_key(key);
    routes
}

fn written(text: &str) -> Vec<Route> {
    let all = addresses::written(text).into_iter();
    all.flat_map(|(address, methods)| methods.into_iter().map(move |method| Route::new(method, &address)))
        .collect()
}

/// An address with what it is asked about.
pub(super) struct Filled {
    /// `/items/{id} · owed`
    pub(super) shown: String,
    /// One for each place; one alone where no place has a part in it.
    pub(super) addresses: Vec<String>,
    /// Which of a place's things a body speaks of.
    pub(super) body: &'static str,
}

/// The address with each of the things that it can be asked about.
pub(super) fn filled(route: &Route, places: &[Place; 3]) -> Vec<Filled> {
    let address = match route.query {
        "" => route.address.clone(),
        query => format!("{}?{query}", route.address),
    };
    let mut filled = vec![(Vec::new(), places.each_ref().map(|_| String::new()))];
    for part in parts(&address) {
        let Some(name) = part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) else {
            filled
                .iter_mut()
                .for_each(|(_, addresses)| addresses.iter_mut().for_each(|it| it.push_str(part)));
            continue;
        };
        let choices = choices(route, name);
        let several = choices.len() > 1;
        let old = std::mem::take(&mut filled);
        for (shown, addresses) in old {
            for choice in &choices {
                let mut shown = shown.clone();
                let mut addresses = addresses.clone();
                for (address, place) in addresses.iter_mut().zip(places) {
                    address.push_str(&choice.value(place, &places[0]));
                }
                shown.extend(several.then_some(choice.shown()));
                filled.push((shown, addresses));
            }
        }
    }
    let body = if route.address.starts_with("/counts") { "kept" } else { "owed" };
    let finish = |(shown, addresses): (Vec<&str>, [String; 3])| {
        let shown =
            if shown.is_empty() { address.clone() } else { format!("{address} · {}", shown.join(" ")) };
        let one = addresses[0] == addresses[1] && !route.acts();
        let addresses = addresses.into_iter().take(if one { 1 } else { 3 }).collect();
        Filled { shown, addresses, body }
    };
    filled.into_iter().map(finish).collect()
}

/// `/items/`, `{id}`, `/life`
fn parts(address: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = address;
    while let Some(at) = rest.find('{') {
        let end = rest.find('}').unwrap() + 1;
        parts.extend([&rest[..at], &rest[at..end]]);
        rest = &rest[end..];
    }
    parts.push(rest);
    parts
}

/// What can stand for a name: a value of each place, one of the asker's own place, or a word.
enum Choice {
    Of(&'static str),
    Own(&'static str),
    Word(&'static str),
}

impl Choice {
    fn value(&self, place: &Place, own: &Place) -> String {
        match self {
            Choice::Of(name) => place.values.get(name).unwrap_or_else(|| panic!("no «{name}»")).clone(),
            Choice::Own(name) => own.values[name].clone(),
            Choice::Word(word) => (*word).to_owned(),
        }
    }

    fn shown(&self) -> &'static str {
        match self {
            Choice::Of(name) | Choice::Own(name) | Choice::Word(name) => name,
        }
    }
}

const ENTRIES: [&str; 6] = ["seize", "receive", "delivery", "offer entry", "statement", "declaration"];

fn choices(route: &Route, name: &str) -> Vec<Choice> {
    let of = |names: &[&'static str]| names.iter().map(|name| Choice::Of(name)).collect::<Vec<_>>();
    let words = |words: &[&'static str]| words.iter().map(|word| Choice::Word(word)).collect::<Vec<_>>();
    let room = route.address.trim_start_matches("/api/v1").split('/').nth(1).unwrap();
    let about_a_thing = ["{item}", "{case}"].iter().any(|it| route.address.contains(it));
    match (room, name) {
        // The own counter, and other people's things at it.
        ("counters", "station") if about_a_thing => vec![Choice::Own("station")],
        ("counter", "act") => words(&[
            "open",
            "pick",
            "weigh",
            "tare",
            "weight",
            "denominations",
            "second",
            "seal",
            "remark",
            "damaged",
            "short",
            "unphoto",
            "print",
            "came-out",
            "spoil",
            "refuse",
            "receive",
            "tray",
            "print-all",
            "alike",
            "itemise",
            "put-tray",
            "close",
        ]),
        ("off-line", "act") => words(&["enter", "set-aside"]),
        ("handovers", "act") => words(&[
            "suggest",
            "answer",
            "accept-rest",
            "conclude",
            "sign",
            "take-back",
            "withdraw",
            "leave-out",
            "put-in",
            "discard",
        ]),
        ("corrections", "act") => words(&["ask", "approve", "refuse", "record"]),
        ("loans", "act") => words(&["approve", "refuse", "check-out"]),
        ("disposals", "act") => words(&["approve", "refuse", "carry-out"]),
        ("losses", "act") => words(&["approve", "refuse", "declare"]),
        ("keys", "act") => words(&["confirm", "revoke"]),
        ("keys", "key") => of(&["key"]),
        ("roster", "person") => of(&["staff"]),
        ("roster", "unit") => of(&["unit"]),
        ("roster", "station") => of(&["spare station"]),
        ("roster", "store") => of(&["store"]),
        ("roster", "file") => words(&["item.png", "receipt.pdf"]),
        ("roster", "act") if route.address.contains("{store}") => {
            words(&["describe", "add", "capacity", "close_slots", "open_slots", "close", "open"])
        }
        ("roster", "act") if route.address.contains("{unit}") => words(&["describe", "close", "open"]),
        ("roster", "act") if route.address.contains("{station}") => words(&["describe", "invite", "close"]),
        ("roster", "act") => words(&["appoint", "reset", "close", "open"]),
        ("labels", "block") if route.acts() => words(&["order", "void", "voiding", "end"]),
        ("papers", "seq" | "entry") => of(&["receive", "delivery", "offer entry", "statement"]),
        ("deliveries", "entry") => of(&["delivery"]),
        ("corrections", "declaration" | "entry") => of(&["declaration"]),
        ("entries" | "ledger", "seq" | "entry") if route.acts() => of(&["seize"]),
        ("entries" | "ledger" | "proof", "seq" | "entry") => of(&ENTRIES),
        ("cases", "id") | (_, "case") => of(&["case"]),
        ("items", "id" | "item") | ("counters" | "counter" | "proof", "item") => of(&["kept", "owed"]),
        // A draft that somebody discards is there for nobody after them.
        ("handovers", "id" | "handover") if route.acts() => of(&["offer"]),
        ("handovers", "id" | "handover") | ("proof", "handover") => of(&["draft", "offer"]),
        ("loans", "id" | "approval") => of(&["loan"]),
        ("disposals", "id" | "approval") => of(&["disposal"]),
        ("losses", "id" | "approval") => of(&["loss"]),
        ("handovers", "side") => words(&["giver"]),
        ("handovers", "file") => words(&["giver.json"]),
        ("handovers", "line") => words(&["1"]),
        ("counts", "id" | "count") => of(&["count open", "count done"]),
        ("reconciliation", "id") | ("differences", "difference") => of(&["difference"]),
        ("stores", "id" | "store") => of(&["store"]),
        ("slots", "id" | "slot") => of(&["slot"]),
        ("import", "id") | ("imports", "import") => of(&["import"]),
        ("labels" | "label-blocks", "block") => of(&["block"]),
        ("blank-labels", "code") => of(&["blank"]),
        ("codes", "code") => of(&["kept code", "slot code"]),
        ("check" | "papers", "code") => of(&["check code"]),
        ("photographs" | "counters", "digest") => of(&["photograph"]),
        ("off-line", "number") => of(&["receipt"]),
        ("off-line" | "off-line-counts", "session") => of(&["session"]),
        ("off-line" | "counters", "station") => of(&["station"]),
        // Nobody's session, and an entry that adopted nothing.
        ("me", "session" | "own") => words(&["00000000-0000-0000-0000-000000000000"]),
        ("rules", "entry") => words(&["1"]),
        (_, "kept code") => of(&["kept code"]),
        (_, "kept number") => of(&["kept number"]),
        ("tile", "*path") => words(&["0/000.p/1", "entries/000.p/1"]),
        ("static", "name") => words(&["nothing"]),
        _ => panic!(
            "{} {} has {{{name}}}: say in tests/api/sight/routes.rs what stands there for each place",
            route.method, route.address
        ),
    }
}
