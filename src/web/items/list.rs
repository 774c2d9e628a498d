//! The list of items: narrowed, sorted, a page at a time, with what it adds up to; and the same as a workbook.

use super::super::{
    Page, PostedForm, Problem, Room, Visitor, Web,
    cases::query_of,
    frame::{Notice, NoticeKind},
    login::inside,
    render::RenderError,
    table::{ITEMS, Order, read_sort},
    words::Words,
};
use crate::{
    clock::Moment,
    custody::{
        Error,
        access::{self, Work},
        items::{self, Cursor, Filter, ITEMS_PER_PAGE, ItemLine, SHEET_MOST, Sort},
        moves::{self, MoveTogether},
    },
    export::{SheetItem, WORKBOOK, items_sheet},
    id::{CaseId, StoreId, UnitId},
    ledger::Category,
};
use axum::{
    extract::{Query, State},
    http::{Uri, header},
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::json;

#[derive(Default, Deserialize)]
pub struct ItemQuery {
    #[serde(default)]
    q: String,
    #[serde(default)]
    category: String,
    /// A word of section `stock`.
    #[serde(default)]
    stock: String,
    #[serde(default)]
    different: String,
    store: Option<StoreId>,
    case: Option<CaseId>,
    responsible: Option<UnitId>,
    /// `name`, or `-name` from the largest.
    #[serde(default)]
    sort: String,
    /// Where the page before ended: its key and its number.
    #[serde(default)]
    key: String,
    #[serde(default)]
    after: String,
}

/// The stock accounts one may filter by.
const STOCK: [&str; 6] = ["owed", "slot", "in_transit", "on_loan", "bank", "not_held"];

impl ItemQuery {
    fn filter(&self) -> Filter {
        let (sort, ascending) = match self.sort.as_str() {
            "" => (Sort::Number, false),
            text => {
                let (word, ascending) = read_sort(text);
                (Sort::from_word(word).unwrap_or(Sort::Number), ascending)
            }
        };
        let after =
            (!self.after.is_empty()).then(|| Cursor { key: self.key.clone(), number: self.after.clone() });
        Filter {
            search: self.q.clone(),
            category: Category::from_word(&self.category),
            stock: STOCK.into_iter().find(|word| *word == self.stock).map(str::to_owned),
            store: self.store,
            case: self.case,
            responsible: self.responsible,
            different: !self.different.is_empty(),
            sort,
            ascending,
            after: after.filter(|after| sort != Sort::SeizedAt || after.key.parse::<i64>().is_ok()),
            limit: ITEMS_PER_PAGE,
        }
    }

    /// What narrows the list, as the start of a query.
    fn narrowing(&self) -> String {
        let id = |id: Option<String>| id.unwrap_or_default();
        query_of(&[
            ("q", self.q.as_str()),
            ("category", &self.category),
            ("stock", &self.stock),
            ("different", &self.different),
            ("store", &id(self.store.map(|it| it.to_string()))),
            ("case", &id(self.case.map(|it| it.to_string()))),
            ("responsible", &id(self.responsible.map(|it| it.to_string()))),
        ])
    }
}

/// `GET /items`
pub async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<ItemQuery>) -> Page {
    page(&web, &visitor, &asked, Vec::new()).await
}

/// The list, with what became of an act.
async fn page(web: &Web, visitor: &Visitor, asked: &ItemQuery, notices: Vec<Notice>) -> Page {
    let (filter, me) = (asked.filter(), visitor.me());
    let mut found = items::list(&web.app, me, &filter).await?;
    let more = found.len() > ITEMS_PER_PAGE as usize;
    found.truncate(ITEMS_PER_PAGE as usize);
    let hits = items::hits(&web.app, me, &filter).await?;
    let narrowing = asked.narrowing();
    let sorted = query_of(&[("sort", asked.sort.as_str())]);
    let next = found.last().filter(|_| more).map(|last| {
        let Cursor { key, number } = items::cursor(&filter, last);
        format!("/items?{narrowing}{sorted}{}after={number}", query_of(&[("key", key.as_str())]))
    });
    let address = format!("/items?{narrowing}");
    let order = Order { sort: filter.sort.word(), ascending: filter.ascending, address: &address };
    let table = ITEMS.view(web, me.id, order).await?;
    let mut frame = visitor.frame(web, Room::Items).await?;
    frame.notices.extend(notices);
    let context = json!({
        "frame": frame, "items": found, "now": web.app.clock.now(), "next": next, "table": table, "hits": hits,
        "later": filter.after.is_some(), "first": format!("/items?{narrowing}{sorted}"),
        "sheet": format!("/items.xlsx?{narrowing}{sorted}"), "narrowed": !narrowing.is_empty(),
        "may_move": access::offers(me, Work::Keeping),
        "asked": {
            "q": asked.q, "category": asked.category, "stock": asked.stock, "different": asked.different,
            "sort": asked.sort, "store": asked.store, "case": asked.case, "responsible": asked.responsible,
        },
        "categories": Category::VOCABULARY.words(), "stocks": STOCK,
    });
    Ok(web.page("items.html", visitor.language(), context)?.into_response())
}

/// `POST /items/move`: what is ticked goes into a slot. The list comes back as it was, and says of each thing that did not go why.
pub async fn move_chosen(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let wish = MoveTogether {
        items: fields.all("item").filter_map(|id| id.parse().ok()).collect(),
        to: fields.text("to").to_owned(),
        reason: fields.filled("reason").map(str::to_owned),
    };
    let (language, words) = (visitor.language(), web.pages.words(visitor.language()));
    let mut notices = Vec::new();
    match moves::move_together(&web.app, visitor.me(), &wish).await {
        Ok(moved) => {
            let last = moved.things.iter().filter_map(|(_, done)| Some(done.as_ref().ok()?.seq)).next_back();
            let count = moved.things.iter().filter(|(_, done)| done.is_ok()).count().to_string();
            if last.is_some() {
                let said =
                    words.text("items.moved", &[("count", count.as_str()), ("slot", moved.slot.as_str())]);
                let sentence = said.map_err(RenderError::from)?;
                notices.push(Notice { kind: NoticeKind::Done, sentence, remedy: None, entry: last });
            }
            for (number, done) in &moved.things {
                if let Err(error) = done {
                    let refused = Notice::refused(error, language);
                    let values = [("number", number.as_str()), ("why", refused.sentence.as_str())];
                    let sentence = words.text("items.not_moved", &values).map_err(RenderError::from)?;
                    notices.push(Notice { sentence, ..refused });
                }
            }
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_) | Error::Refused(_))) => {
            notices.push(Notice::refused(&error, language));
        }
        Err(error) => return Err(error.into()),
    }
    let back: Option<Uri> = inside(fields.text("back")).parse().ok();
    let asked =
        back.and_then(|uri| Query::try_from_uri(&uri).ok()).map_or_else(ItemQuery::default, |Query(it)| it);
    page(&web, &visitor, &asked, notices).await
}

/// `GET /items.xlsx`: everything that the filter finds, in its order.
pub async fn sheet(State(web): State<Web>, visitor: Visitor, Query(asked): Query<ItemQuery>) -> Page {
    let filter = Filter { after: None, limit: SHEET_MOST, ..asked.filter() };
    let found = items::whole_list(&web.app, visitor.me(), &filter).await?;
    let (words, language) = (web.pages.words(visitor.language()), visitor.language());
    let rows: Result<Vec<SheetItem>, Problem> = found.iter().map(|it| row(words, it)).collect();
    let at = web.app.clock.now().text();
    let count = found.len().to_string();
    let title = words.text("items.sheet_title", &[("count", count.as_str()), ("at", at.as_str())]);
    let bytes =
        items_sheet(language, &title.map_err(RenderError::from)?, &rows?).map_err(RenderError::from)?;
    let name = format!("attachment; filename=\"items-{}.xlsx\"", web.app.clock.now().date());
    let headers = [(header::CONTENT_TYPE, WORKBOOK.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, bytes).into_response())
}

fn row(words: &Words, it: &ItemLine) -> Result<SheetItem, Problem> {
    let text = |key: &str| words.text(key, &[]).map_err(RenderError::from);
    let (figure, unit) = it.quantity.rsplit_once(' ').unwrap_or((&it.quantity, ""));
    let mut places = Vec::new();
    for place in &it.places {
        let word = text(&format!("stock.{}", place.kind))?;
        places.push(if place.name.is_empty() { word } else { place.name.clone() });
    }
    let joined = |texts: Vec<&str>| {
        let said: Vec<&str> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        said.join("、")
    };
    let state = match it {
        it if it.differences > 0 => "state.different",
        it if it.closed => "state.closed",
        it if it.due_at.is_some() => "stock.owed",
        it if it.on_offer.is_some() => "items.on_offer",
        _ => "state.in_order",
    };
    Ok(SheetItem {
        number: it.number.clone(),
        name: it.name.clone(),
        features: it.particulars.told(&it.features),
        category: text(&format!("category.{}", it.category.word()))?,
        figure: figure.to_owned(),
        unit: unit.to_owned(),
        place: joined(places.iter().map(String::as_str).collect()),
        holder: joined(it.places.iter().map(|place| place.holder.as_str()).collect()),
        responsible: joined(it.duties.iter().map(|duty| duty.unit_name.as_str()).collect()),
        case_number: joined(it.duties.iter().map(|duty| duty.case_number.as_str()).collect()),
        paper: format!("{} / {}", it.paper_number, it.paper_line),
        seal: it.seal.clone().unwrap_or_default(),
        seized_at: Moment::text(it.seized_at),
        state: text(state)?,
    })
}
