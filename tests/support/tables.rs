//! The tables of this version, made once for each engine and copied for each test: making them takes longer than most stories.

use super::{Engine, postgres};
use hufu::store::{Db, migration::migrate};
use std::path::Path;
use tokio::sync::OnceCell;

/// The name of the database that is copied.
const MODEL: &str = "hufu_tables";

/// An address with the tables of this version, and nothing in them.
pub(super) async fn copied(engine: Engine, number: u32, folder: &Path) -> String {
    match engine {
        Engine::Sqlite => {
            static MODEL: OnceCell<Vec<u8>> = OnceCell::const_new();
            let model = MODEL.get_or_init(|| file(folder)).await;
            let file = folder.join("ledger.db");
            std::fs::write(&file, model).unwrap();
            format!("sqlite:{}", file.display())
        }
        Engine::Postgres => {
            static MADE: OnceCell<()> = OnceCell::const_new();
            MADE.get_or_init(database).await;
            postgres::copy_database(MODEL, &format!("hufu_{number}")).await
        }
    }
}

/// A file of SQLite with the tables, without its log.
async fn file(folder: &Path) -> Vec<u8> {
    let (made, whole) = (folder.join("made.db"), folder.join("whole.db"));
    let db = Db::open(&format!("sqlite:{}", made.display())).await.unwrap();
    migrate(&db).await.unwrap();
    db.copy_to(&whole).await.unwrap();
    db.close().await;
    std::fs::read(whole).unwrap()
}

/// The database of PostgreSQL that is copied; nobody may be in it then.
async fn database() {
    let db = Db::open(&postgres::copy_database("template0", MODEL).await).await.unwrap();
    migrate(&db).await.unwrap();
    db.close().await;
}
