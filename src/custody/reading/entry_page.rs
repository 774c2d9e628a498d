//! An entry on its page. Of one of thousands of lines, for who sees all of it, only the lines that are shown are read, and of the
//! rest what was found once.

use super::{
    ledger::{
        self, EntryPage, EntryView, LINES, first_shown, line_said, name_lines, posting_line, signature_lines,
        station_name,
    },
    said::{self, Said},
};
use crate::{
    app::App,
    custody::{Error, Thing, access, correction, turn_to_read_entry},
    domain::{LongEntry, Person},
    language::Language,
    store::{Tx, auditor, differences, heads, names, roster_then::RosterThen},
};
use std::sync::Arc;

/// The page on which this line stands.
pub async fn show(
    app: &App,
    me: &Person,
    language: Language,
    seq: u64,
    line: usize,
) -> Result<EntryPage, Error> {
    access::require_entries(me)?;
    access::see_entry(&mut app.db.read().await?, me, seq).await?;
    let turn = turn_to_read_entry(app, me, seq).await?;
    let mut tx = app.db.read().await?;
    if let Some(long) = said::long(app, &mut tx, me, seq).await? {
        return page(app, &mut tx, me, language, &long, line).await;
    }
    drop((tx, turn));
    ledger::entry_page(app, me, language, seq, line).await
}

async fn page(
    app: &App,
    tx: &mut Tx,
    me: &Person,
    language: Language,
    long: &Arc<LongEntry>,
    line: usize,
) -> Result<EntryPage, Error> {
    let stored = auditor::stored(tx, long.seq).await?.ok_or(Error::NotFound(Thing::Entry))?;
    let differences = differences::raised_by(tx, long.seq).await?;
    let (posted, _) = auditor::postings(tx, long.seq, 0, 0).await?;
    let lines = posted.max(differences.len());
    let from = first_shown(line, lines);
    let (_, postings) = auditor::postings(tx, long.seq, from, LINES).await?;
    let said = Said::Long(Arc::clone(long));
    let mut named = said::named(std::slice::from_ref(&said));
    name_lines(&mut named, postings.iter(), &long.signatures);
    let mut names = names::names(tx, &named).await?;
    RosterThen::load(tx, long.seq).await?.rename(&mut names);
    let errors = auditor::errors(tx, long.seq).await?;
    let entry = EntryView {
        may_declare: errors.declared_by.is_none() && correction::may_declare(me, long.unit),
        line: line_said(language, &said, &names),
        id: long.id.to_string(),
        happened_at: long.happened_at,
        station: station_name(tx, long.station).await?,
        papers: long.papers.clone(),
        made: auditor::papers(tx, long.seq).await?,
        postings: postings.iter().map(|posting| posting_line(language, posting, &names)).collect(),
        signatures: signature_lines(&long.signatures, &names),
        differences: differences.into_iter().skip(from).take(LINES).collect(),
        hidden: 0,
        errors,
        content: String::new(),
        committed: String::new(),
        suite: app.settings.suite.word(),
        leaf: stored.leaf.to_string(),
        head_size: stored.head_size,
        head_root: stored.head_root.to_string(),
        size: heads::size(tx).await?,
    };
    Ok(EntryPage { entry, from, lines, has_bytes: false })
}
