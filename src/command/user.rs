//! `hufu user`: who may log in. Everybody changes the first password at the first login.

use super::{Database, say};
use crate::{
    app::App,
    custody::{
        login,
        plan::{self, CityPlan, FirstPassword, PersonPlan},
    },
    domain::{Person, Role},
    store::people,
};
use anyhow::{Context, bail};

/// Enter people, list them, give a new first password, close an account
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
        database: Database,
        #[arg(long)]
        login: String,
        /// The person's name as papers write it
        #[arg(long)]
        name: String,
        /// The name of the unit
        #[arg(long)]
        unit: String,
        /// officer, clerk, custodian, approver, auditor, administrator or operator; may be given more than once
        #[arg(long = "role", value_parser = role, required = true)]
        roles: Vec<Role>,
    },
    /// List everybody
    List {
        #[command(flatten)]
        database: Database,
    },
    /// Give a new first password and end every session of the person
    Reset {
        #[command(flatten)]
        database: Database,
        login: String,
    },
    /// Close an account; what the person did stays in the ledger
    Close {
        #[command(flatten)]
        database: Database,
        login: String,
    },
}

fn role(word: &str) -> Result<Role, String> {
    Role::from_word(word).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
        format!("there is no such role; known are {}", known.join(", "))
    })
}

pub async fn run(user: User) -> anyhow::Result<()> {
    match user.act {
        Act::Add { database, login, name, unit, roles } => {
            let app = database.open().await?;
            if person(&app, &login).await.is_ok() {
                bail!("账号已有人使用 this login is taken: {login}");
            }
            let person = PersonPlan { name, login, unit, roles };
            let only = CityPlan { agency: vec![], person: vec![person], store: vec![], station: vec![] };
            for new in plan::found(&app, &only, FirstPassword::OwnEach).await?.logins {
                say(&format!("初始密码 first password: {}", new.password))?;
            }
        }
        Act::List { database } => {
            let app = database.open().await?;
            let mut tx = app.db.read().await?;
            for it in people::persons(&mut tx).await? {
                let roles: Vec<&str> = it.roles.iter().map(|role| role.word()).collect();
                let closed = if it.disabled { " (closed)" } else { "" };
                let (login, name, agency, unit) = (it.login, it.name, it.agency_name, it.unit_name);
                say(&format!("{login}\t{name}\t{agency} {unit}\t{}{closed}", roles.join(",")))?;
            }
        }
        Act::Reset { database, login } => {
            let app = database.open().await?;
            let password = login::first_password(&app)?;
            login::set_password(&app, person(&app, &login).await?.id, &password, true).await?;
            say(&format!("初始密码 first password: {password}"))?;
        }
        Act::Close { database, login } => {
            let app = database.open().await?;
            let person = person(&app, &login).await?;
            let mut tx = app.db.write().await?;
            people::set_disabled(&mut tx, person.id, true).await?;
            crate::store::sessions::close_all(&mut tx, person.id).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

async fn person(app: &App, login: &str) -> anyhow::Result<Person> {
    let mut tx = app.db.read().await?;
    let found = people::person_by_login(&mut tx, login).await?;
    Ok(found.with_context(|| format!("没有这个账号 there is no login {login}"))?.0)
}
