//! `hufu export`: the journal as lines that anybody can hash again, the items as a table, proof files, and the whole ledger
//! to be moved.

use super::{Database, proof, say, transfer};
use crate::{
    documents::place,
    domain::Names,
    export::{ItemRow, head_line, items_csv},
    id::{AgencyId, PersonId, SlotId, StoreId, UnitId},
    language::Language,
    ledger::Mentions,
    store::{Db, Tx, exports, facts, heads, journal, settings},
};
use anyhow::{Context, bail};
use std::{
    io::{BufWriter, Write},
    path::PathBuf,
};

/// Write the journal or the items of a ledger, or a proof of some of it, to a file
#[derive(Clone, Debug, clap::Args)]
pub struct Export {
    #[command(subcommand)]
    what: What,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum What {
    /// Every entry as it is hashed (canonical JSON, one a line), and a last line with the tree head
    Journal(Target),
    /// Every item with its place and who answers for it, as CSV
    Items(Target),
    /// One small file by which anybody can check what is in the ledger of an item, a handover or a paper
    Proof(proof::Prove),
    /// Everything, as one file that `hufu import ledger` takes into a new database of either engine
    Ledger(transfer::Source),
}

#[derive(Clone, Debug, clap::Args)]
struct Target {
    #[command(flatten)]
    database: Database,
    /// The file to write; - for standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// How many rows are read at a time.
const CHUNK: u32 = 1_000;

pub async fn run(command: Export) -> anyhow::Result<()> {
    let (target, is_journal) = match command.what {
        What::Journal(target) => (target, true),
        What::Items(target) => (target, false),
        What::Proof(prove) => return proof::export(prove).await,
        What::Ledger(source) => return transfer::export(source).await,
    };
    let url = &target.database.database;
    let db =
        Db::open_existing(url.as_written()).await.with_context(|| format!("无法打开 cannot open {url}"))?;
    let mut tx = db.read().await?;
    let to_stdout = target.out.as_os_str() == "-";
    let mut out: Box<dyn Write + Send> = if to_stdout {
        Box::new(std::io::stdout())
    } else {
        let file = std::fs::File::create(&target.out);
        Box::new(file.with_context(|| format!("无法写入 cannot write {}", target.out.display()))?)
    };
    let mut file = BufWriter::new(&mut out);
    let written =
        if is_journal { journal(&mut tx, &mut file).await? } else { items(&mut tx, &mut file).await? };
    file.flush()?;
    drop(file);
    drop(tx);
    db.close().await;
    if !to_stdout {
        let path = target.out.display();
        say(&format!("{path}: {written} 行 rows"))?;
    }
    Ok(())
}

async fn journal(tx: &mut Tx, out: &mut impl Write) -> anyhow::Result<u64> {
    let Some(settings) = settings::read(tx).await? else {
        bail!("这里还没有账本 there is no ledger here yet")
    };
    let mut last = 0;
    loop {
        let entries = journal::bytes_after(tx, last, CHUNK).await?;
        let Some((seq, _)) = entries.last() else { break };
        last = *seq;
        for (_, bytes) in &entries {
            out.write_all(bytes)?;
            out.write_all(b"\n")?;
        }
    }
    let (size, root) = heads::size_and_root(tx, settings.suite).await?;
    writeln!(out, "{}", head_line(&settings.origin, settings.suite.word(), size, &root.to_string()))?;
    Ok(last)
}

async fn items(tx: &mut Tx, out: &mut impl Write) -> anyhow::Result<u64> {
    let (mut after, mut written) = (String::new(), 0);
    let mut head = true;
    loop {
        let items = exports::items(tx, &after, CHUNK).await?;
        let rows = rows(tx, &items).await?;
        let csv = items_csv(&rows);
        let lines = if head { csv.as_str() } else { csv.split_once("\r\n").map_or("", |(_, lines)| lines) };
        out.write_all(lines.as_bytes())?;
        head = false;
        let Some(last) = items.last() else { break };
        after.clone_from(&last.number);
        written += items.len() as u64;
    }
    Ok(written)
}

async fn rows(tx: &mut Tx, items: &[exports::Item]) -> anyhow::Result<Vec<ItemRow>> {
    let mut places = Vec::with_capacity(items.len());
    let mut mentioned = Mentions::default();
    for item in items {
        let held = exports::places(tx, item.id).await?;
        for (_, whose, _) in &held {
            mentioned.units.insert(UnitId(*whose));
            mentioned.slots.insert(SlotId(*whose));
            mentioned.stores.insert(StoreId(*whose));
            mentioned.persons.insert(PersonId(*whose));
            mentioned.agencies.insert(AgencyId(*whose));
        }
        mentioned.units.extend(item.responsible);
        places.push(held);
    }
    let names = exports::named(tx, &mentioned).await?;
    items.iter().zip(places).map(|(item, places)| row(item, &places, &names)).collect()
}

fn row(item: &exports::Item, places: &[(String, uuid::Uuid, i64)], names: &Names) -> anyhow::Result<ItemRow> {
    let mut held = Vec::with_capacity(places.len());
    for (kind, whose, quantity) in places {
        let account = facts::stock_account(kind, *whose)?;
        let there = place(Language::Zh, &account, names);
        held.push(if places.len() > 1 { format!("{there}×{quantity}") } else { there });
    }
    Ok(ItemRow {
        number: item.number.clone(),
        name: item.name.clone(),
        category: item.category.clone(),
        case_number: item.case_number.clone(),
        quantity: item.quantity,
        measure: item.measure.clone(),
        currency: item.currency.clone(),
        place: held.join("；"),
        responsible: item.responsible.map(|unit| names.unit(unit)),
        seal: item.seal.clone(),
        paper_number: item.paper_number.clone(),
        paper_line: item.paper_line,
    })
}
