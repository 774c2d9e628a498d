//! Errors and their correction, on pages: what was declared wrong, what should have been, who says yes, who records it.

use super::{
    Page, PostedForm, Problem, Room, Upload, Visitor, Web,
    form::{Fields, id},
    frame::Status,
    table::{CORRECTIONS, Cell, List, ListAnswer, Row, TableQuery},
    words::{Words, WordsError},
};
use crate::web::in_address::InAddress;
use crate::{
    custody::{
        Error, Invalid, Thing,
        correction::{
            self, CorrectionRequest, CorrectionView, Declaration, OpenError, RequestedChange,
            RequestedDescription, RequestedLine, Verdict,
        },
        counter::line,
    },
    id::EntryId,
    language::Language,
    ledger::{Category, Measure, Particular},
};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect},
};
use serde_json::json;

/// `GET /corrections`
pub async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<TableQuery>) -> Page {
    let open = correction::open(&web.app, visitor.me()).await?;
    let words = web.pages.words(visitor.language());
    let rows = open.iter().map(|it| row(words, it)).collect();
    let list = List { table: &CORRECTIONS, path: "/corrections", asked: &asked, rows };
    let table = match list.answer(&web, &visitor).await? {
        ListAnswer::Workbook(file) => return Ok(file),
        ListAnswer::Page(table) => *table,
    };
    let context = json!({
        "frame": visitor.frame(&web, Room::Corrections).await?, "table": table, "count": open.len(),
        "mine": open.iter().filter(|it| it.mine).count(),
    });
    Ok(web.page("corrections.html", visitor.language(), context)?.into_response())
}

fn row(words: &Words, it: &OpenError) -> Result<Row, WordsError> {
    let said = words.text(&format!("correction.is.{}", it.standing.word()), &[])?;
    Ok(Row::new(vec![
        Cell::entry(it.wrong).to(format!("/corrections/{}", it.declaration)),
        Cell::prose(&it.error),
        Cell::words(&it.declared_by),
        Cell::moment(it.declared_at),
        Cell::badge(if it.mine { Status::DueSoon } else { Status::Closed }, said),
    ]))
}

/// `POST /ledger/{seq}/error`
pub async fn declare(
    State(web): State<Web>,
    InAddress(seq): InAddress<String>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let request: EntryId = fields.parse("request").ok_or(Problem::BadForm)?;
    let declaration = Declaration { id: request, wrong: id(&seq)?, reason: fields.text("reason").to_owned() };
    let recorded = correction::declare(&web.app, visitor.me(), &declaration).await?;
    Ok(Redirect::to(&format!("/corrections/{0}?done={0}", recorded.seq)).into_response())
}

/// `GET /corrections/{declaration}`
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(declaration): InAddress<String>,
) -> Page {
    page(&web, &visitor, id(&declaration)?, &Fields::default(), None).await
}

async fn page(web: &Web, visitor: &Visitor, declaration: u64, typed: &Fields, wrong: Option<&Error>) -> Page {
    let view = correction::show(&web.app, visitor.me(), declaration).await?;
    let (frame, code) = visitor.frame_after(web, Room::Corrections, wrong).await?;
    let language = visitor.language();
    let rows = view.now.iter().enumerate().map(|(at, it)| {
        json!({
            "it": it, "place": it.place.pick(language),
            "to": typed.text(&format!("to_{at}")), "quantity": typed.text(&format!("quantity_{at}")),
        })
    });
    let lines = view
        .lines
        .iter()
        .map(|line| json!({ "sentence": line.sentence.pick(language), "photographs": line.photographs }));
    let wishes = (0..DESCRIBED).map(|at| {
        let part = |name: &str| typed.text(&format!("{name}_{at}")).to_owned();
        json!({ "thing": part("thing"), "what": part("what"), "right": part("right"), "account": part("account") })
    });
    let categories: Vec<&str> = Category::ALL.iter().map(|it| it.text(language)).collect();
    let context = json!({
        "frame": frame, "rows": rows.collect::<Vec<_>>(), "wishes": wishes.collect::<Vec<_>>(),
        "categories": categories, "particulars": Particular::VOCABULARY.words(), "lines": lines.collect::<Vec<_>>(),
        "wrong_sentence": view.wrong_sentence.pick(language), "reason": typed.text("reason"), "why": typed.text("why"),
        "refusal": typed.text("refusal"), "view": view,
    });
    Ok((code, web.page("correction.html", language, context)?).into_response())
}

/// `POST /corrections/{declaration}/{act}`
pub async fn act(
    State(web): State<Web>,
    InAddress((declaration, act)): InAddress<(String, String)>,
    PostedForm { visitor, fields }: PostedForm,
) -> Page {
    let (app, me, declaration) = (&web.app, visitor.me(), id::<u64>(&declaration)?);
    let done = match act.as_str() {
        "ask" => match request(&fields).ok_or(Problem::BadForm)? {
            Ok(request) => correction::ask(app, me, declaration, &request).await.map(|()| None),
            Err(error) => Err(error),
        },
        "approve" => correction::answer(app, me, declaration, &Verdict::Approve).await,
        "refuse" => {
            let reason = fields.text("refusal").to_owned();
            correction::answer(app, me, declaration, &Verdict::Refuse { reason }).await
        }
        "record" => correction::correct(app, me, declaration).await.map(Some),
        _ => return Err(Problem::NoSuchPage),
    };
    match done {
        Ok(recorded) => {
            let done = recorded.map_or_else(String::new, |it| format!("?done={}", it.seq));
            Ok(Redirect::to(&format!("/corrections/{declaration}{done}")).into_response())
        }
        Err(error) => page(&web, &visitor, declaration, &fields, Some(&error)).await,
    }
}

/// `POST /corrections/{declaration}/describe`: what should be written of the things, and a photograph that shows it.
pub async fn describe(
    State(web): State<Web>,
    InAddress(declaration): InAddress<String>,
    Upload { visitor, fields, file, .. }: Upload,
) -> Page {
    let (app, me, declaration) = (&web.app, visitor.me(), id::<u64>(&declaration)?);
    let view = correction::show(app, me, declaration).await?;
    let asked = async {
        let photographs = match file.is_empty() {
            true => Vec::new(),
            false => vec![correction::add_photograph(app, me, declaration, &file).await?],
        };
        let descriptions = described(&fields, &view, &photographs)?;
        let reason = fields.text("why").to_owned();
        correction::ask(app, me, declaration, &CorrectionRequest { reason, lines: vec![], descriptions })
            .await
    };
    match asked.await {
        Ok(()) => Ok(Redirect::to(&format!("/corrections/{declaration}")).into_response()),
        Err(error) => page(&web, &visitor, declaration, &fields, Some(&error)).await,
    }
}

/// How many things the form describes at once: two, whose labels were crossed, and one more.
const DESCRIBED: usize = 3;

/// The rows in which somebody has chosen what is wrong.
fn described(
    fields: &Fields,
    view: &CorrectionView,
    photographs: &[String],
) -> Result<Vec<RequestedDescription>, Error> {
    let mut descriptions = Vec::new();
    for at in 0..DESCRIBED {
        let part = |name: &str| fields.text(&format!("{name}_{at}")).to_owned();
        let Some(what) = fields.filled(&format!("what_{at}")) else { continue };
        let chosen = view.described.iter().find(|it| it.item.to_string() == part("thing"));
        let it = chosen.ok_or(Error::NotFound(Thing::Item))?;
        let to = part("right");
        let change = match what {
            "name" => RequestedChange::Name { to },
            "category" => RequestedChange::Category {
                to: Category::ALL
                    .iter()
                    .copied()
                    .find(|it| {
                        [it.word(), it.text(Language::Zh), it.text(Language::En)].contains(&to.as_str())
                    })
                    .ok_or_else(|| category_unknown(&to))?,
            },
            "features" => RequestedChange::Features { to },
            "seal" => RequestedChange::Seal { to },
            "quantity" => {
                let measure = Measure::from_word(it.measure, it.currency.as_deref());
                let account = view.now.iter().filter(|now| now.item == it.item && now.book == "stock");
                let only = account.clone().count() == 1;
                let account = account
                    .map(|now| now.account.clone())
                    .find(|account| only || *account == part("account"));
                let measure = measure.ok_or(Error::NotFound(Thing::Item))?;
                let shown = measure.read(&it.quantity_text).unwrap_or(0);
                let to = line::quantity(&measure, shown, &to)?;
                RequestedChange::Quantity { to, account: account.unwrap_or_default() }
            }
            "label" => RequestedChange::Label { to },
            field => match Particular::from_word(field) {
                Some(field) => RequestedChange::Particular { field, to },
                None => return Err(Error::NotFound(Thing::Item)),
            },
        };
        descriptions.push(RequestedDescription { item: it.item, change, photographs: photographs.to_vec() });
    }
    Ok(descriptions)
}

fn category_unknown(text: &str) -> Error {
    Invalid::new(
        "category_unknown",
        (&format!("没有“{text}”这个类别。"), &format!("There is no category “{text}”.")),
        ("请从列表中选择类别。", "Choose one of the list."),
    )
}

/// The rows in which somebody has written where the thing should be; nothing where the form is none of ours. A quantity that is left
/// empty is all of it.
fn request(fields: &Fields) -> Option<Result<CorrectionRequest, Error>> {
    let mut lines = Vec::new();
    for at in 0.. {
        let part = |name: &str| fields.filled(&format!("{name}_{at}"));
        let Some(from) = part("from") else { break };
        let Some(to) = part("to") else { continue };
        let whole = part("whole")?.parse().ok()?;
        let measure = Measure::from_word(part("measure")?, part("currency"))?;
        let quantity = match part("quantity").map(|text| line::quantity(&measure, whole, text)) {
            None => whole,
            Some(Ok(quantity)) => quantity,
            Some(Err(error)) => return Some(Err(error)),
        };
        let item = part("item")?.parse().ok()?;
        lines.push(RequestedLine { item, quantity, from: from.to_owned(), to: to.to_owned() });
    }
    let reason = fields.text("reason").to_owned();
    Some(Ok(CorrectionRequest { reason, lines, descriptions: vec![] }))
}
