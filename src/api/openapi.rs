//! The OpenAPI document, generated from the handlers. A handler says what is its own: address, body, answer. What holds
//! for all is said here once: who may call, what the names in addresses mean, how a refusal looks.

use super::error::Envelope;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
        SecurityRequirement,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
        tag::TagBuilder,
    },
};

const DESCRIPTION: &str = "\
涉案财物的入库、移交、盘点与对账。页面能做的事，这里都能做。\n\n\
Everything a page can do. Log in with `POST /api/v1/sessions` and send the token as `Authorization: Bearer …`.\n\n\
- **Ids** are UUIDs. An entry of the ledger is named by its number, from 1 without gaps.\n\
- **Times** are microseconds since 1970-01-01T00:00:00Z, as whole numbers.\n\
- **Quantities** are whole numbers in the smallest unit: pieces, milligrams, microlitres, the minor unit of a currency. \
Where a quantity is a text, it is written for people.\n\
- **A refusal** is always `{\"error\": {code, sentence, remedy, language, number}}`: the code is stable, the sentence \
says what happened, the remedy what to do. Nothing was changed. `Accept-Language: zh` or `en` chooses the language. \
What does not exist and what is not yours to see look alike (404).\n\
- **Idempotency-Key** on whatever is recorded in the ledger: a UUID of your making. The same key again is the same \
entry, answered with `repeat: true`.\n\
- **Pages**: send `next` of one page as `after` of the next one; `limit` is 1 to 200.\n";

/// The groups, in the order of an item's way, each with what it is about.
pub const TAGS: [(&str, &str); 22] = [
    ("sessions", "登录、退出、密码 Logging in, leaving, the password"),
    ("desk", "待办 What waits on somebody's desk"),
    ("cases", "案件 Cases and what they answer for"),
    ("imports", "扣押清单 From an uploaded seizure list to recorded items"),
    ("items", "财物 Items: where, who holds, who answers, their life"),
    ("counter", "窗口 Receiving at a counter with scanner, scale and printer"),
    ("deliveries", "送交入库 What came in one go, on one paper"),
    ("labels", "空白标签 Blank labels: ordered, accounted for, voided"),
    ("off_line", "离线 What stations took in and counted without a server"),
    ("disposals", "处置 Asked for, approved, carried out"),
    ("loans", "借出归还 Asked for, approved, handed over, taken back"),
    ("handovers", "移交 Offers, inspection, signatures: duty changes, stock does not"),
    ("counts", "盘点 Looking at what is there"),
    ("differences", "差异 Disagreements with an owner and a deadline"),
    ("ledger", "账 Entries, balances, and the proof that all of it holds"),
    ("stores", "库与库位 Stores and slots"),
    ("losses", "灭失 What is declared lost, why, and who is liable"),
    ("keys", "签章密钥 Whose key signs, and how it came to"),
    ("rules", "规则 Deadlines and restrictions that hold"),
    ("roster", "名册 People, units and stations, and how they came to be so"),
    ("papers", "文书 Papers as PDF"),
    ("photographs", "照片 Photographs"),
];

/// What a name in an address means: its type, and in words.
const NAMES: [(&str, Type, Option<KnownFormat>, &str); 21] = [
    ("case", Type::String, Some(KnownFormat::Uuid), "A case"),
    ("import", Type::String, Some(KnownFormat::Uuid), "An uploaded seizure list"),
    ("row", Type::Integer, Some(KnownFormat::Int32), "The row's number, as the spreadsheet shows it"),
    ("item", Type::String, Some(KnownFormat::Uuid), "An item"),
    ("station", Type::String, Some(KnownFormat::Uuid), "A station (counter)"),
    ("handover", Type::String, Some(KnownFormat::Uuid), "A handover"),
    ("line", Type::Integer, Some(KnownFormat::Int32), "A line of a handover, from 1"),
    ("side", Type::String, None, "Whose statement: `giver` or `receiver`"),
    ("count", Type::String, Some(KnownFormat::Uuid), "A count"),
    ("difference", Type::String, Some(KnownFormat::Uuid), "A difference"),
    ("entry", Type::Integer, Some(KnownFormat::Int64), "The entry's number in the ledger, from 1"),
    ("store", Type::String, Some(KnownFormat::Uuid), "A store"),
    ("slot", Type::String, Some(KnownFormat::Uuid), "A slot"),
    ("digest", Type::String, None, "The digest of the content, in hex"),
    ("block", Type::String, Some(KnownFormat::Uuid), "A block of blank labels"),
    ("number", Type::Integer, Some(KnownFormat::Int64), "The event's number at its station"),
    ("session", Type::String, Some(KnownFormat::Uuid), "A count that was made off line"),
    ("code", Type::String, None, "A scanned code or a typed number"),
    ("key", Type::String, None, "A key's id: 16 hex digits"),
    ("person", Type::String, Some(KnownFormat::Uuid), "A person of the roster"),
    ("own", Type::String, Some(KnownFormat::Uuid), "One of one's own sessions"),
];

/// Refusals by status: name of the response, when it is given.
const REFUSALS: [(&str, &str, &str); 9] = [
    ("400", "NotUnderstood", "The request cannot be read"),
    ("401", "NotLoggedIn", "No session, or it has ended"),
    (
        "403",
        "Forbidden",
        "Known to exist, and not for this person to do; or the first password must be changed",
    ),
    ("404", "NotFound", "It is not there, or it is not this person's to see: the two look alike"),
    ("409", "Refused", "The ledger's rules, or what was done meanwhile, say no; nothing was changed"),
    ("413", "TooLarge", "The request is too large"),
    ("415", "MediaType", "Not the content type of this address"),
    ("422", "Invalid", "Readable, but not what the address takes"),
    ("500", "NotKept", "Our fault; nothing was changed. `number` finds it in the log"),
];

/// The empty document that the handlers write themselves into.
pub fn blank() -> OpenApi {
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The token of `POST /api/v1/sessions`"))
        .build();
    let mut components = Components::new();
    components.add_security_scheme("session", SecurityScheme::Http(bearer));
    components.schemas.insert(Envelope::name().into_owned(), Envelope::schema());
    let mut nested = Vec::new();
    Envelope::schemas(&mut nested);
    components.schemas.extend(nested);
    for (_, name, description) in REFUSALS {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Envelope::name()))).build();
        let response = ResponseBuilder::new().description(description).content("application/json", content);
        components.responses.insert(name.to_owned(), response.build().into());
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("hufu 虎符")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .build(),
        )
        .components(Some(components))
        .security(Some([SecurityRequirement::new("session", Vec::<String>::new())]))
        .tags(Some(TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())))
        .build()
}

/// Adds to every operation what holds for all of them.
pub fn complete(mut api: OpenApi) -> OpenApi {
    for (address, path) in &mut api.paths.paths {
        let names: Vec<&str> = names_in(address).collect();
        for (reads, operation) in operations(path) {
            // `cases_show`, `items_show`: clients made from the document need one name an operation.
            if let (Some(tag), Some(id)) = (operation.tags.iter().flatten().next(), &operation.operation_id) {
                operation.operation_id = Some(format!("{tag}_{id}"));
            }
            for name in &names {
                operation.parameters.get_or_insert_default().push(parameter(name).into());
            }
            let body = operation.request_body.is_some();
            let open = operation.security.is_some();
            let asked = operation.parameters.iter().flatten().any(asks_as_of);
            for (status, refusal, _) in REFUSALS {
                let given = match status {
                    "401" => !open,
                    "404" => !names.is_empty() || body,
                    "409" => !reads,
                    "413" | "415" => body,
                    "422" => body || asked,
                    _ => true,
                };
                if given {
                    let response = RefOr::Ref(Ref::from_response_name(refusal));
                    operation.responses.responses.entry(status.to_owned()).or_insert(response);
                }
            }
        }
    }
    api
}

/// The operations of one address, with whether each only reads.
pub fn operations(path: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = path;
    let all = [(true, get), (false, post), (false, put), (false, patch), (false, delete)];
    all.into_iter().filter_map(|(reads, operation)| Some((reads, operation.as_mut()?)))
}

fn asks_as_of(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.name == "as_of")
}

/// `case` and `item` of `/cases/{case}/items/{item}`.
fn names_in(address: &str) -> impl Iterator<Item = &str> {
    address.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn parameter(name: &str) -> Parameter {
    let known = NAMES.iter().find(|(known, ..)| *known == name);
    let (schema, about) = known.map_or((ObjectBuilder::new(), ""), |(_, kind, format, about)| {
        let format = format.clone().map(SchemaFormat::KnownFormat);
        (ObjectBuilder::new().schema_type(kind.clone()).format(format), *about)
    });
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(utoipa::openapi::Required::True)
        .description(Some(about))
        .schema(Some(RefOr::T(Schema::Object(schema.build()))))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_what_they_are_about() {
        assert_eq!(names_in("/api/v1/cases/{case}/items/{item}").collect::<Vec<_>>(), ["case", "item"]);
        assert_eq!(names_in("/api/v1/cases").next(), None);
    }
}
