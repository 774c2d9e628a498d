//! The ledger, on a page: entries as sentences, one entry with its proof, both books added up, and the check of every
//! invariant on the live database.

use super::{
    Page, PostedForm, Room, Visitor, Web,
    form::id,
    past,
    picture::{Balance, Comparison, balance_bar},
    render::RenderError,
    table::{Cell, ENTRIES, Row, TableView, pager, workbook},
    words::{Words, WordsError},
};
use crate::web::in_address::InAddress;
use crate::{
    clock::{Moment, Span},
    custody::{
        access::{Work, offers},
        balances::{TotalLine, balances_as_of},
        correction, entry_page,
        ledger::{self, EntryLine, EntryPage, LINES, LedgerFilter},
        witness,
    },
    export::head_line,
    id::EntryId,
    ledger::{Body as LedgerBody, check::INVARIANTS},
};
use axum::{
    body::Body,
    extract::{Query, State},
    http::header,
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_stream::wrappers::ReceiverStream;

/// Every kind of entry, for the filter.
fn kinds() -> Vec<&'static str> {
    LedgerBody::KINDS.terms.iter().map(|term| term.word).collect()
}

/// The filter as people fill it in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct LedgerQuery {
    kind: String,
    from: String,
    to: String,
    item: String,
    before: Option<u64>,
    /// `xlsx`: all of it as a workbook.
    #[serde(rename = "as")]
    form: String,
}

impl LedgerQuery {
    fn wanted(&self) -> LedgerFilter {
        let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        LedgerFilter {
            before: self.before,
            kind: filled(&self.kind).filter(|kind| kinds().contains(&kind.as_str())),
            from: Moment::of_day(&self.from),
            // The whole of the last day.
            until: Moment::of_day(&self.to).map(|day| day.plus(Span::days(1))),
            item: filled(&self.item),
            ..LedgerFilter::default()
        }
    }

    /// Dates that are filled in and are no dates.
    fn wrong_dates(&self) -> (bool, bool) {
        let wrong = |text: &str| !text.trim().is_empty() && Moment::of_day(text).is_none();
        (wrong(&self.from), wrong(&self.to))
    }

    /// What narrows the list, as the start of a query.
    fn narrowing(&self) -> String {
        let part = |name: &str, text: &str| match text.is_empty() {
            true => String::new(),
            false => format!("&{name}={}", super::error_page::encoded(text)),
        };
        let kept = part("kind", &self.kind) + &part("from", &self.from) + &part("to", &self.to);
        format!("{kept}{}", part("item", &self.item))
    }
}

/// `GET /ledger`
pub async fn list(State(web): State<Web>, visitor: Visitor, Query(asked): Query<LedgerQuery>) -> Page {
    let (language, words) = (visitor.language(), web.pages.words(visitor.language()));
    if asked.form == "xlsx" {
        let all = LedgerFilter { before: None, ..asked.wanted() };
        let entries = ledger::whole_list(&web.app, visitor.me(), language, &all).await?;
        return workbook(&web, words, &ENTRIES, &rows(words, &entries).map_err(RenderError::from)?);
    }
    let page = ledger::entries(&web.app, visitor.me(), language, &asked.wanted()).await?;
    let (rows, narrowing) = (rows(words, &page.entries).map_err(RenderError::from)?, asked.narrowing());
    let table = TableView {
        sheet: (!rows.is_empty()).then(|| format!("/ledger?as=xlsx{narrowing}")),
        ..ENTRIES.view(&web, visitor.me().id, rows, None).await?
    };
    let filtered =
        !(asked.kind.is_empty() && asked.from.is_empty() && asked.to.is_empty() && asked.item.is_empty());
    let context = json!({
        "frame": visitor.frame(&web, Room::Ledger).await?,
        "kinds": kinds(), "kind": asked.kind, "from": asked.from, "to": asked.to, "item": asked.item,
        "wrong_from": asked.wrong_dates().0, "wrong_to": asked.wrong_dates().1, "filtered": filtered,
        "table": table, "next": page.next.map(|before| format!("/ledger?before={before}{narrowing}")), "first": asked.before.is_none(),
        "size": page.size, "auditor": offers(visitor.me(), Work::Auditing),
        "errors": correction::open(&web.app, visitor.me()).await?.len(),
    });
    Ok(web.page("ledger.html", visitor.language(), context)?.into_response())
}

fn rows(words: &Words, entries: &[EntryLine]) -> Result<Vec<Row>, WordsError> {
    let row = |it: &EntryLine| {
        Ok(Row::new(vec![
            Cell::entry(it.seq),
            Cell::moment(it.recorded_at),
            Cell::words(words.text(&format!("entry.{}", it.kind), &[])?),
            Cell::prose(&it.sentence),
            Cell::words(&it.actor).titled(&it.unit),
            Cell::words(&it.unit),
        ]))
    };
    entries.iter().map(row).collect()
}

#[derive(Deserialize)]
pub struct FromLine {
    #[serde(default)]
    from: usize,
}

/// `GET /ledger/{seq}`: some of its lines, where there are many.
pub async fn show(
    State(web): State<Web>,
    visitor: Visitor,
    InAddress(seq): InAddress<String>,
    Query(asked): Query<FromLine>,
) -> Page {
    let seq = id(&seq)?;
    let page = entry_page::show(&web.app, visitor.me(), visitor.language(), seq, asked.from).await?;
    let EntryPage { entry, from, lines, has_bytes } = page;
    let pager = pager(lines, from, LINES, |from| format!("/ledger/{seq}?from={from}"));
    let pretty: Value = serde_json::from_str(&entry.content).unwrap_or_default();
    let request: EntryId = web.app.ids.new_id();
    let context = json!({
        "frame": visitor.frame(&web, Room::Ledger).await?, "request": request, "pager": pager, "has_bytes": has_bytes,
        "readable": serde_json::to_string_pretty(&pretty).unwrap_or_default(), "view": entry,
    });
    Ok(web.page("entry.html", visitor.language(), context)?.into_response())
}

/// `GET /ledger/balances`
pub async fn balances(
    State(web): State<Web>,
    visitor: Visitor,
    Query(asked): Query<past::AsOfQuery>,
) -> Page {
    let past = past::view(&web, &visitor, Room::Ledger, &asked).await?;
    let balances = balances_as_of(&web.app, visitor.me(), past.at).await?;
    let words = web.pages.words(visitor.language());
    let bars: Result<Vec<Value>, RenderError> = balances
        .totals
        .iter()
        .map(|total| Ok(json!({ "total": total, "picture": balance_bar(words, &bar(total))? })))
        .collect();
    let context = json!({
        "frame": past.frame, "past": past.past,
        "in_balance": balances.totals.iter().all(|total| total.in_balance),
        "bars": bars?, "balances": balances,
    });
    Ok(web.page("balances.html", visitor.language(), context)?.into_response())
}

fn bar(total: &TotalLine) -> Balance {
    Balance {
        booked: total.in_duty,
        counted: total.in_stock,
        booked_text: total.answered.clone(),
        counted_text: total.in_stock_text.clone(),
        difference_text: total.difference_text.clone(),
        of: Comparison::Books,
    }
}

/// `GET /ledger/check`: what it does, before it is done.
pub async fn about_check(State(web): State<Web>, visitor: Visitor) -> Page {
    let language = visitor.language();
    let invariants = INVARIANTS.map(|(zh, en)| language.pick(zh, en));
    let context = json!({
        "frame": visitor.frame(&web, Room::Ledger).await?, "invariants": invariants, "report": null,
        "auditor": offers(visitor.me(), Work::Auditing), "witnesses": witness::shown(&web.app, visitor.me()).await?,
    });
    Ok(web.page("check.html", language, context)?.into_response())
}

/// `POST /ledger/check`: proves the live ledger. It changes nothing, so its result is the page itself.
pub async fn check(State(web): State<Web>, PostedForm { visitor, .. }: PostedForm) -> Page {
    let language = visitor.language();
    let report = ledger::check(&web.app, visitor.me()).await?;
    let checked = report.checked.iter().map(|it| {
        let findings = report.findings.iter().filter(|finding| finding.invariant == it.invariant);
        let findings = findings.map(|it| json!({ "seq": it.seq, "sentence": it.sentence(language) }));
        json!({
            "invariant": it.invariant, "sentence": it.sentence(language), "asked": it.asked, "broken": it.broken,
            "findings": findings.take(100).collect::<Vec<_>>(),
        })
    });
    let context = json!({
        "frame": visitor.frame(&web, Room::Ledger).await?, "auditor": true, "invariants": [],
        "witnesses": witness::shown(&web.app, visitor.me()).await?,
        "report": {
            "entries": report.entries, "items": report.items, "root": report.root, "in_order": report.in_order(),
            "found": report.findings.len(), "checked": checked.collect::<Vec<_>>(), "at": web.app.clock.now(),
        },
    });
    Ok(web.page("check.html", language, context)?.into_response())
}

/// `GET /ledger/export`: every entry as it is hashed, one a line, and the tree head.
pub async fn export(State(web): State<Web>, visitor: Visitor) -> Page {
    let me = visitor.me().clone();
    let first = ledger::export(&web.app, &me, 0).await?;
    let (lines, receiver) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(4);
    let app = web.app.clone();
    tokio::spawn(async move {
        let (mut entries, mut last) = (first, 0);
        while let Some((seq, _)) = entries.last() {
            last = *seq;
            let chunk: Vec<u8> =
                entries.iter().flat_map(|(_, bytes)| [bytes.as_slice(), b"\n"].concat()).collect();
            if lines.send(Ok(chunk)).await.is_err() {
                return;
            }
            match ledger::export(&app, &me, last).await {
                Ok(more) => entries = more,
                // A torn download is seen as one: it ends without its last line.
                Err(error) => return drop(lines.send(Err(std::io::Error::other(error))).await),
            }
        }
        if let Ok(Some(root)) = ledger::root_at(&app, &me, last).await {
            let head = head_line(&app.settings.origin, app.settings.suite.word(), last, &root);
            drop(lines.send(Ok(format!("{head}\n").into_bytes())).await);
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"journal.jsonl\""),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(receiver))).into_response())
}
