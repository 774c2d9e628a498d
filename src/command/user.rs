//! `hufu user`: who may log in, as what and where. Each act is an entry of whoever works at this machine; everybody changes the first
//! password at the first login.

use super::{Database, RecordingLedger, say, told};
use crate::{
    app::App,
    custody::{
        access, login, plan,
        roster::{self, GivenPassword, NewStanding},
    },
    domain::{Person, Role},
    id::PersonId,
    ledger::{Standing, roster::PersonFacts},
    store::{Recorded, keys, people},
};
use anyhow::Context;

/// Enter people, list them, move them, change their roles, give a new first password, close and reopen accounts
#[derive(Clone, Debug, clap::Args)]
pub struct User {
    #[command(subcommand)]
    act: Act,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Act {
    /// Enter a person and print the first password
    Add {
        #[command(flatten)]
        ledger: RecordingLedger,
        #[arg(long)]
        login: String,
        /// The person's name as papers write it
        #[arg(long)]
        name: String,
        /// The unit's name, or agency/unit where several agencies have one of the name
        #[arg(long)]
        unit: String,
        #[command(flatten)]
        roles: Roles,
    },
    /// List everybody
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Give a new first password and end every session of the person
    Reset {
        #[command(flatten)]
        ledger: RecordingLedger,
        login: String,
    },
    /// Move a person to another unit; every session of the person ends
    Move {
        #[command(flatten)]
        ledger: RecordingLedger,
        login: String,
        /// The unit's name, or agency/unit where several agencies have one of the name
        #[arg(long)]
        unit: String,
        /// Why; stands in the ledger
        #[arg(long)]
        reason: String,
    },
    /// Give a person other roles in place of those they have; every session of the person ends
    Role {
        #[command(flatten)]
        ledger: RecordingLedger,
        login: String,
        #[command(flatten)]
        roles: Roles,
        /// Why; stands in the ledger
        #[arg(long)]
        reason: String,
    },
    /// Close an account; what the person did stays in the ledger
    Close {
        #[command(flatten)]
        ledger: RecordingLedger,
        login: String,
        /// Why; stands in the ledger
        #[arg(long)]
        reason: String,
    },
    /// Open a closed account again and print a new first password
    Reopen {
        #[command(flatten)]
        ledger: RecordingLedger,
        login: String,
        #[command(flatten)]
        roles: Roles,
        /// Why; stands in the ledger
        #[arg(long)]
        reason: String,
    },
}

#[derive(Clone, Debug, clap::Args)]
struct Roles {
    /// officer, clerk, custodian, approver, auditor, administrator or operator; may be given more than once
    #[arg(long = "role", value_parser = role, required = true)]
    roles: Vec<Role>,
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        format!("there is no such role; known are {}", known.join(", "))
    })
}

pub async fn run(user: User) -> anyhow::Result<()> {
    match user.act {
        Act::Add { ledger, login, name, unit, roles } => {
            let app = ledger.open().await?;
            let unit = plan::unit_named(&app, &unit).await.map_err(told)?;
            let mut roles = roles.roles;
            roles.sort_unstable();
            roles.dedup();
            let facts = PersonFacts { name, login, unit, roles, standing: Standing::Open };
            let password = login::first_password(&app).map_err(told)?;
            let (_, recorded) =
                roster::add_person(&app, &access::machine(), facts, &first(&password)).await.map_err(told)?;
            entered(&recorded)?;
            shown(&password)
        }
        Act::List { database } => list(&database.open().await?).await,
        Act::Reset { ledger, login } => {
            let app = ledger.open().await?;
            let person = person(&app, &login).await?.id;
            let (recorded, password) = reset(&app, person).await?;
            entered(&recorded)?;
            shown(&password)
        }
        Act::Move { ledger, login, unit, reason } => {
            let app = ledger.open().await?;
            let unit = plan::unit_named(&app, &unit).await.map_err(told)?;
            let (moved, recorded) = change(&app, &login, NewStanding::Unit(unit), &reason).await?;
            entered(&recorded)?;
            keys_left(&app, moved).await
        }
        Act::Role { ledger, login, roles, reason } => {
            let app = ledger.open().await?;
            entered(&change(&app, &login, NewStanding::Roles(roles.roles), &reason).await?.1)
        }
        Act::Close { ledger, login, reason } => {
            let app = ledger.open().await?;
            let (left, recorded) = change(&app, &login, NewStanding::Closed, &reason).await?;
            entered(&recorded)?;
            say(&format!("已关闭账号 closed: {login}"))?;
            keys_left(&app, left).await
        }
        Act::Reopen { ledger, login, roles, reason } => {
            let app = ledger.open().await?;
            let (person, recorded) = change(&app, &login, NewStanding::Open(roles.roles), &reason).await?;
            entered(&recorded)?;
            let (recorded, password) = reset(&app, person).await?;
            entered(&recorded)?;
            shown(&password)
        }
    }
}

async fn change(
    app: &App,
    login: &str,
    new: NewStanding,
    reason: &str,
) -> anyhow::Result<(PersonId, Recorded)> {
    let person = person(app, login).await?.id;
    let recorded = roster::change_person(app, &access::machine(), person, new, reason).await;
    Ok((person, recorded.map_err(told)?))
}

/// Keys end with their holder's leaving. What still stands, as after a move within the agency, whoever keeps this machine revokes for
/// nobody: that is for the agency, which is reminded of it here.
async fn keys_left(app: &App, person: PersonId) -> anyhow::Result<()> {
    let keys = keys::all(&mut app.db.read().await?).await?;
    for it in keys.iter().filter(|it| it.holder == person && it.revoked_seq.is_none()) {
        say(&format!(
            "签章密钥 {0} 尚未注销，请由本人或该机关审批人员注销 their key {0} is not revoked yet; they or an approver of that agency do it: hufu key revoke {0}",
            it.key
        ))?;
    }
    Ok(())
}

async fn reset(app: &App, person: PersonId) -> anyhow::Result<(Recorded, String)> {
    let password = login::first_password(app).map_err(told)?;
    let recorded = roster::reset_password(app, &access::machine(), person, &first(&password)).await;
    Ok((recorded.map_err(told)?, password))
}

fn first(password: &str) -> GivenPassword<'_> {
    GivenPassword { password, must_change: true }
}

fn shown(password: &str) -> anyhow::Result<()> {
    Ok(say(&format!("初始密码 first password: {password}"))?)
}

fn entered(recorded: &Recorded) -> anyhow::Result<()> {
    Ok(say(&format!("第 {0} 号分录 entry {0}", recorded.seq))?)
}

async fn list(app: &App) -> anyhow::Result<()> {
    let mut tx = app.db.read().await?;
    for it in people::persons(&mut tx).await? {
        let roles: Vec<&str> = it.roles.iter().map(|role| role.word()).collect();
        let closed = if it.disabled { "已关闭 closed" } else { "" };
        let (login, name, agency, unit) = (it.login, it.name, it.agency_name, it.unit_name);
        say(&format!("{login}\t{name}\t{agency}/{unit}\t{}{closed}", roles.join(",")))?;
    }
    Ok(())
}

async fn person(app: &App, login: &str) -> anyhow::Result<Person> {
    let mut tx = app.db.read().await?;
    let found = people::person_by_login(&mut tx, login).await?;
    Ok(found.with_context(|| format!("没有这个账号 there is no login {login}"))?.0)
}
