//! The list of items: narrowed, sorted, a page at a time, with what it adds up to; and the same as a workbook.

use super::super::{
    Fields, Page, PostedForm, Room, Visitor, Web,
    form::{ChosenItems, query_of},
    frame::{Notice, NoticeKind},
    login::inside,
    render::RenderError,
    reprint::address as again,
    table::{ITEMS, Order, TableView, read_sort, workbook},
};
use super::rows::{rows, tick};
use crate::{
    custody::{
        Error,
        access::{self, Work},
        disposal,
        items::{self, Cursor, Filter, ITEMS_PER_PAGE, SHEET_MOST, Sort},
        loan,
        moves::{self, MoveTogether},
        offer, reprint,
    },
    id::{CaseId, ItemId, StoreId, UnitId},
    ledger::Category,
};
use axum::{
    extract::{Query, State},
    http::Uri,
    response::{IntoResponse, Redirect},
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
    /// A unit's id; empty for every unit.
    #[serde(default)]
    responsible: String,
    /// `name`, or `-name` from the largest.
    #[serde(default)]
    sort: String,
    /// Where the page before ended: its key and its number.
    #[serde(default)]
    key: String,
    #[serde(default)]
    after: String,
    /// `xlsx`: all of it as a workbook.
    #[serde(default, rename = "as")]
    form: String,
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
            responsible: self.responsible.parse::<UnitId>().ok(),
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
            ("responsible", &self.responsible),
        ])
    }
}

/// `GET /items`
pub async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<ItemQuery>) -> Page {
    page(&web, &visitor, &asked, Vec::new()).await
}

/// The list, with what became of an act.
async fn page(web: &Web, visitor: &Visitor, asked: &ItemQuery, notices: Vec<Notice>) -> Page {
    if asked.form == "xlsx" {
        return sheet(web, visitor, asked).await;
    }
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
    let words = web.pages.words(visitor.language());
    let (may_move, may_offer) = (access::offers(me, Work::Keeping), access::offers(me, Work::Signing));
    let mut rows = rows(words, &found, web.app.clock.now(), "").map_err(RenderError::from)?;
    rows.iter_mut()
        .zip(&found)
        .filter(|_| may_move || may_offer)
        .for_each(|(row, it)| row.tick = Some(tick(it)));
    let table = TableView {
        sheet: (!rows.is_empty()).then(|| format!("/items?{narrowing}{sorted}as=xlsx")),
        form: (may_move || may_offer).then_some("chosen"),
        ..ITEMS.view(web, me.id, rows, Some(order)).await?
    };
    let mut frame = visitor.frame(web, Room::Items).await?;
    frame.notices.extend(notices);
    let context = json!({
        "frame": frame, "next": next, "table": table, "hits": hits,
        "later": filter.after.is_some(), "first": format!("/items?{narrowing}{sorted}"),
        "narrowed": !narrowing.is_empty(), "may_move": may_move, "may_offer": may_offer,
        "asked": {
            "q": asked.q, "category": asked.category, "stock": asked.stock, "different": asked.different,
            "sort": asked.sort, "store": asked.store, "case": asked.case, "responsible": asked.responsible,
        },
        "units": items::units(&web.app).await?.iter().map(|it| (it.id, it.full_name())).collect::<Vec<_>>(),
        "categories": Category::VOCABULARY.words(), "stocks": STOCK,
    });
    Ok(web.page("items.html", visitor.language(), context)?.into_response())
}

/// `POST /items/offer`: what is ticked is to be handed over; the next page asks why and to whom.
pub async fn offer_chosen(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let items: Vec<ItemId> = fields.all("item").filter_map(|id| id.parse().ok()).collect();
    match offer::case_of(&web.app, visitor.me(), &items).await {
        Ok(case) => {
            let chosen: Vec<String> = items.iter().map(ItemId::to_string).collect();
            let address = format!("/handovers/new?case={case}&items={}", chosen.join(","));
            Ok(Redirect::to(&address).into_response())
        }
        Err(error @ Error::Invalid(_)) => {
            let notice = Notice::refused(&error, visitor.language());
            page(&web, &visitor, &asked_before(&fields), vec![notice]).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /items/borrow`: a loan of what is ticked is to be asked for; the next page asks for whom, what for and until when.
pub async fn borrow_chosen(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    loan::may_ask(visitor.me())?;
    begin_with(&web, &visitor, &fields, "/loans/new").await
}

/// `POST /items/dispose`: what is ticked is to leave for good; the next page asks which way and by which decision.
pub async fn dispose_chosen(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    disposal::may_ask(visitor.me())?;
    begin_with(&web, &visitor, &fields, "/disposals/new").await
}

/// To a form that begins with what is ticked. Nothing ticked is said on the list.
async fn begin_with(web: &Web, visitor: &Visitor, fields: &Fields, form: &str) -> Page {
    let items: Vec<ItemId> = fields.all("item").filter_map(|id| id.parse().ok()).collect();
    if items.is_empty() {
        let notice = Notice::refused(&loan::nothing_chosen(), visitor.language());
        return page(web, visitor, &asked_before(fields), vec![notice]).await;
    }
    Ok(Redirect::to(&ChosenItems::address(form, &items)).into_response())
}

/// `POST /items/labels`: the labels of what is ticked are to be printed again; the next page asks why and where.
pub async fn reprint_chosen(State(web): State<Web>, PostedForm { visitor, fields }: PostedForm) -> Page {
    let items: Vec<ItemId> = fields.all("item").filter_map(|id| id.parse().ok()).collect();
    match reprint::standings(&web.app, visitor.me(), &items).await {
        Ok(things) => {
            let chosen: Vec<String> = things.iter().map(|it| it.item.to_string()).collect();
            Ok(Redirect::to(&again(&chosen.join(","), "")).into_response())
        }
        Err(error @ (Error::Invalid(_) | Error::Conflict(_))) => {
            let notice = Notice::refused(&error, visitor.language());
            page(&web, &visitor, &asked_before(&fields), vec![notice]).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The list that a form was sent from.
fn asked_before(fields: &Fields) -> ItemQuery {
    let back: Option<Uri> = inside(fields.text("back")).parse().ok();
    back.and_then(|uri| Query::try_from_uri(&uri).ok()).map_or_else(ItemQuery::default, |Query(it)| it)
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
    page(&web, &visitor, &asked_before(&fields), notices).await
}

/// Everything that the filter finds, in its order.
async fn sheet(web: &Web, visitor: &Visitor, asked: &ItemQuery) -> Page {
    let filter = Filter { after: None, limit: SHEET_MOST, ..asked.filter() };
    let found = items::whole_list(&web.app, visitor.me(), &filter).await?;
    let words = web.pages.words(visitor.language());
    let rows = rows(words, &found, web.app.clock.now(), "").map_err(RenderError::from)?;
    workbook(web, words, &ITEMS, &rows)
}
