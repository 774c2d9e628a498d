//! `hufu rules`: the deadlines and restrictions that hold, and how the city adopts others. One person brings a file, another confirms
//! the same file; both show that it is them.

use super::{Database, acting::ActingPerson, say, told};
use crate::{
    app::App,
    custody::{access, rules},
};
use anyhow::Context;
use hufu_wire::signature::sm3_hex;
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Show, check, adopt and confirm the rules: deadlines, where things may lie, what may weigh them
#[derive(Clone, Debug, clap::Args)]
pub struct RulesCommand {
    #[command(subcommand)]
    act: Act,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Act {
    /// Print the rules that hold now, with their articles, since when they hold, and what was adopted
    Show {
        #[command(flatten)]
        database: Database,
        /// Print the file itself instead, to be written on
        #[arg(long)]
        file: bool,
    },
    /// Say whether a file can be adopted, and what it would change
    Check {
        #[command(flatten)]
        database: Database,
        file: PathBuf,
    },
    /// Bring a file that shall hold from a day to come; an approver or an administrator does it
    Adopt {
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        by: ActingPerson,
        file: PathBuf,
        /// The first day on which they hold: 2027-01-01
        #[arg(long, value_name = "DAY")]
        from: String,
        /// By which instrument
        #[arg(long)]
        reason: String,
    },
    /// Confirm a file that somebody else has brought, with one's own copy of it; an approver does it
    Confirm {
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        by: ActingPerson,
        file: PathBuf,
        /// The number of the entry that brought it
        #[arg(long)]
        entry: u64,
    },
}

pub async fn run(command: RulesCommand) -> anyhow::Result<()> {
    match command.act {
        Act::Show { database, file: true } => {
            let text = rules::file(&database.open().await?).await.map_err(told)?;
            Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
        }
        Act::Show { database, file: false } => show(&database.open().await?).await,
        Act::Check { database, file } => check(&database.open().await?, &read(&file)?),
        Act::Adopt { database, by, file, from, reason } => {
            let text = read(&file)?;
            let (app, me) = by.enter(&database).await?;
            check(&app, &text)?;
            let from = rules::day(&from).map_err(told)?;
            let done = rules::adopt(&app, &me, (&text, from), &reason).await.map_err(told)?;
            say(&format!("第 {0} 号分录 entry {0}，{from} 起 from then on", done.seq))?;
            Ok(say("待另一名审批人确认 another person, an approver, must confirm it: hufu rules confirm")?)
        }
        Act::Confirm { database, by, file, entry } => {
            let digest = sm3_hex(read(&file)?.as_bytes());
            let (app, me) = by.enter(&database).await?;
            let done = rules::confirm(&app, &me, entry, &digest).await.map_err(told)?;
            Ok(say(&format!("已确认 confirmed，第 {0} 号分录 entry {0}", done.seq))?)
        }
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(file).with_context(|| file.display().to_string())
}

async fn show(app: &App) -> anyhow::Result<()> {
    let view = rules::in_force(app, &access::at_the_machine()).await.map_err(told)?;
    match view.adopted_by_entry {
        Some(seq) => say(&format!("现行规则由第 {seq} 号分录采用 adopted by entry {seq}"))?,
        None => say("现行规则为程序自带 the rules are those built into the program")?,
    }
    for it in view.deadlines {
        say(&format!("{}\t{} h\t{}\t{}", it.name, it.hours, it.since.date(), it.citation))?;
    }
    for it in view.placements {
        let stores: Vec<&str> = it.stores.iter().map(|kind| kind.word()).collect();
        let (category, since) = (it.category.word(), it.since.date());
        say(&format!("placement {category}\t{}\t{since}\t{}", stores.join(", "), it.citation))?;
    }
    for it in view.weighings {
        let said = if it.taken { "taken" } else { "refused" };
        say(&format!("weighing {}\t{said}\t{}\t{}", it.category.word(), it.since.date(), it.citation))?;
    }
    for it in view.history {
        let by = it.confirmed_by.as_deref().unwrap_or("—");
        say(&format!(
            "entry {}\t{}\t{} / {by}\t{:?}\t{}",
            it.entry,
            it.begins.date(),
            it.adopted_by,
            it.state,
            it.reason
        ))?;
    }
    Ok(())
}

fn check(app: &App, text: &str) -> anyhow::Result<()> {
    let (changes, missing) = rules::check(app, text).map_err(told)?;
    for name in missing {
        say(&format!(
            "文件没有期限 «{0}»，采用随程序发布的规则；请按本地文书补上 · the file has no deadline «{0}», the shipped one holds; add it \
             with your own figures",
            name.word()
        ))?;
    }
    if changes.is_empty() {
        say("与现行规则相同 the same as the rules that hold")?;
    }
    for it in changes {
        let or_none = |text: &str| if text.is_empty() { "—".to_owned() } else { text.to_owned() };
        say(&format!("{}\t{} → {}", it.rule, or_none(&it.before), or_none(&it.after)))?;
    }
    Ok(())
}
