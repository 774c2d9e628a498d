//! Who and what there is, as its entries say. Whoever is moved, given other roles, closed or given a new first password is logged in
//! nowhere from the same commit on.

use crate::{
    ledger::{
        Appoint, Basis, Entry, RegisterSlots, RegisterStation, RegisterStore, RegisterUnit, RosterAct,
        Standing,
    },
    store::{Error, Tx, attempts, db::on, passwords, sessions},
};

pub(super) async fn act(tx: &mut Tx, entry: &Entry, act: RosterAct<'_>) -> Result<(), Error> {
    match act {
        RosterAct::Unit(it) => unit(tx, it).await,
        RosterAct::Person(it) => {
            person(tx, it).await?;
            end_keys(tx, entry.seq, it).await
        }
        RosterAct::Password(it) => {
            passwords::forget(tx, it.person).await?;
            attempts::forgive(tx, it.person).await?;
            sessions::close_all(tx, it.person).await
        }
        RosterAct::Station(it) => station(tx, it).await,
        RosterAct::Store(it) => store(tx, it).await,
        RosterAct::Slots(it) => slots(tx, it).await,
    }
}

async fn unit(tx: &mut Tx, it: &RegisterUnit) -> Result<(), Error> {
    const AGENCY: &str =
        "insert into agencies (id, kind, name) values ($1, $2, $3) on conflict (id) do update set name = $3";
    const UNIT: &str = "insert into units (id, agency, name, closed) values ($1, $2, $3, $4)
        on conflict (id) do update set name = $3, closed = $4";
    on!(tx, conn => sqlx::query(AGENCY)
        .bind(it.agency)
        .bind(it.agency_kind)
        .bind(&it.agency_name)
        .execute(conn)
        .await?
        .rows_affected());
    on!(tx, conn => sqlx::query(UNIT)
        .bind(it.unit)
        .bind(it.agency)
        .bind(&it.name)
        .bind(it.standing == Standing::Closed)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

async fn person(tx: &mut Tx, it: &Appoint) -> Result<(), Error> {
    const PERSON: &str = "insert into persons (id, unit, name, login, disabled) values ($1, $2, $3, $4, $5)
        on conflict (id) do update set unit = $2, name = $3, login = $4, disabled = $5";
    const NO_ROLES: &str = "delete from person_roles where person = $1";
    const ROLE: &str = "insert into person_roles (person, role) values ($1, $2)";
    let closed = it.standing == Standing::Closed;
    on!(tx, conn => sqlx::query(PERSON)
        .bind(it.person)
        .bind(it.unit)
        .bind(&it.name)
        .bind(&it.login)
        .bind(closed)
        .execute(conn)
        .await?
        .rows_affected());
    on!(tx, conn => sqlx::query(NO_ROLES).bind(it.person).execute(conn).await?.rows_affected());
    for role in &it.roles {
        on!(tx, conn => sqlx::query(ROLE).bind(it.person).bind(*role).execute(conn).await?.rows_affected());
    }
    if closed {
        passwords::forget(tx, it.person).await?;
    }
    match it.basis {
        Basis::TakenOver => Ok(()),
        Basis::Act => sessions::close_all(tx, it.person).await,
    }
}

/// Their keys end where what they were there for does.
async fn end_keys(tx: &mut Tx, seq: u64, it: &Appoint) -> Result<(), Error> {
    const SQL: &str = "update agency_keys set revoked_seq = $1, revocation = $2
        where holder = $3 and revoked_seq is null
            and (not $5 or agency <> (select u.agency from units u where u.id = $4))";
    on!(tx, conn => sqlx::query(SQL)
        .bind(seq.cast_signed())
        .bind(&it.reason)
        .bind(it.person)
        .bind(it.unit)
        .bind(it.facts().holds_key())
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

/// A token of before the entry opens nothing after it; what stands in its place is nobody's digest.
async fn station(tx: &mut Tx, it: &RegisterStation) -> Result<(), Error> {
    const SQL: &str = "insert into stations (id, unit, name, page, token, disabled, device_key)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (id) do update set unit = $2, name = $3, page = $4, token = $5, disabled = $6, device_key = $7";
    const TAKEN_OVER: &str = "update stations set device_key = $1 where id = $2";
    match it.basis {
        Basis::TakenOver => {
            on!(tx, conn => sqlx::query(TAKEN_OVER).bind(&it.device_key).bind(it.station).execute(conn).await?.rows_affected());
        }
        Basis::Act => {
            on!(tx, conn => sqlx::query(SQL)
                .bind(it.station)
                .bind(it.unit)
                .bind(&it.name)
                .bind(&it.page)
                .bind(it.station.0.as_bytes().as_slice())
                .bind(it.standing == Standing::Closed)
                .bind(&it.device_key)
                .execute(conn)
                .await?
                .rows_affected());
        }
    }
    Ok(())
}

async fn store(tx: &mut Tx, it: &RegisterStore) -> Result<(), Error> {
    const SQL: &str = "insert into stores (id, kind, name, unit, closed) values ($1, $2, $3, $4, $5)
        on conflict (id) do update set kind = $2, name = $3, unit = $4, closed = $5";
    on!(tx, conn => sqlx::query(SQL)
        .bind(it.store)
        .bind(it.store_kind)
        .bind(&it.name)
        .bind(it.unit)
        .bind(it.standing == Standing::Closed)
        .execute(conn)
        .await?
        .rows_affected());
    Ok(())
}

async fn slots(tx: &mut Tx, it: &RegisterSlots) -> Result<(), Error> {
    const SQL: &str = "insert into slots (id, store, zone, name, code, capacity, closed)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (id) do update set zone = $3, name = $4, capacity = $6, closed = $7";
    for slot in &it.slots {
        on!(tx, conn => sqlx::query(SQL)
            .bind(slot.slot)
            .bind(it.store)
            .bind(&slot.zone)
            .bind(&slot.name)
            .bind(&slot.code)
            .bind(slot.capacity)
            .bind(slot.standing == Standing::Closed)
            .execute(conn)
            .await?
            .rows_affected());
    }
    Ok(())
}
