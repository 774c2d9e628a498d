//! What lists show, by what is kept of who sees what, beside the rule of sight, which is asked about each item and each entry.

use hufu::{
    domain::{AgencyKind, Person, Role, Viewer},
    id::{AgencyId, ItemId, PersonId, UnitId},
    store::{
        Tx,
        auditor::{self, Filter},
        entry_sight,
        item_list::{self, ItemCursor, ItemFilter, ItemSort},
        sight,
    },
};
use std::collections::BTreeSet;
use uuid::Uuid;

macro_rules! ask {
    ($tx:expr, $query:expr) => {
        match $tx {
            Tx::Sqlite(tx) => $query.fetch_all(&mut **tx).await.unwrap(),
            Tx::Postgres(tx) => $query.fetch_all(&mut **tx).await.unwrap(),
        }
    };
}

const ROLES: [&[Role]; 5] = [
    &[Role::Officer],
    &[Role::Custodian],
    &[Role::Approver, Role::Custodian],
    &[Role::Administrator],
    &[Role::Administrator, Role::Officer],
];

fn viewer(unit: UnitId, agency: AgencyId, roles: &[Role]) -> Viewer {
    Viewer::of(&Person {
        id: PersonId(Uuid::nil()),
        name: String::new(),
        login: String::new(),
        unit,
        unit_name: String::new(),
        agency,
        agency_name: String::new(),
        agency_kind: AgencyKind::Police,
        roles: roles.to_vec(),
        must_change: false,
        disabled: false,
    })
}

/// Lists show what the rule says, to people of every unit in every role. Answers with how many items and entries were seen.
pub async fn is_what_the_rule_says(tx: &mut Tx) -> (usize, usize) {
    let units: Vec<(UnitId, AgencyId)> = ask!(tx, sqlx::query_as("select id, agency from units order by id"));
    let seqs: Vec<(i64, String)> =
        ask!(tx, sqlx::query_as("select seq, kind from journal order by seq desc"));
    let items: Vec<ItemId> = ask!(tx, sqlx::query_scalar("select id from items order by number"));
    let mut seen = (0, 0);
    for (unit, agency) in units {
        for roles in ROLES {
            let who = viewer(unit, agency, roles);
            seen.0 += items_agree(tx, who, &items).await;
            seen.1 += entries_agree(tx, who, &seqs).await;
        }
    }
    seen
}

async fn entries_agree(tx: &mut Tx, who: Viewer, seqs: &[(i64, String)]) -> usize {
    let mut seen: Vec<&(i64, String)> = Vec::new();
    for entry in seqs {
        if sight::entry(tx, who, entry.0.cast_unsigned()).await.unwrap() {
            seen.push(entry);
        }
    }
    let all: Vec<i64> = seen.iter().map(|(seq, _)| *seq).collect();
    // How many of its things are seen, as it is kept, is never more than are seen.
    let numbers: Vec<u64> = all.iter().map(|seq| seq.cast_unsigned()).collect();
    let kept = entry_sight::seen_of_entries(tx, who, &numbers).await.unwrap();
    let things = entry_sight::items_of_entries(tx, who, &numbers).await.unwrap();
    for (seq, most) in kept {
        let named = entry_sight::named(tx, seq).await.unwrap();
        let of_named = things.get(&seq).map_or(0, |it| it.intersection(&named).count());
        assert!(most <= of_named, "{most} of {of_named} things of entry {seq}, {who:?}");
    }
    let filter = Filter::default();
    let listed: Vec<i64> =
        auditor::entries(tx, who, &filter, 10_000).await.unwrap().iter().map(|it| it.seq).collect();
    assert_eq!(listed, all, "{who:?}");
    // Three at a time, and each kind by itself.
    let mut paged: Vec<i64> = Vec::new();
    loop {
        let before = paged.last().map(|seq| seq.cast_unsigned());
        let page = auditor::entries(tx, who, &Filter { before, ..Filter::default() }, 3).await.unwrap();
        paged.extend(page.iter().map(|it| it.seq));
        if page.len() < 3 || paged.len() > 30 {
            break;
        }
    }
    assert_eq!(paged, all[..paged.len()], "{who:?}");
    for kind in seqs.iter().map(|(_, kind)| kind).collect::<BTreeSet<_>>() {
        let filter = Filter { kind: Some(kind.clone()), ..Filter::default() };
        let listed = auditor::entries(tx, who, &filter, 10_000).await.unwrap();
        let listed: Vec<i64> = listed.iter().map(|it| it.seq).collect();
        let of_kind: Vec<i64> = seen.iter().filter(|it| it.1 == *kind).map(|it| it.0).collect();
        assert_eq!(listed, of_kind, "{kind}, {who:?}");
    }
    all.len()
}

async fn items_agree(tx: &mut Tx, who: Viewer, items: &[ItemId]) -> usize {
    let mut seen: Vec<ItemId> = Vec::new();
    for item in items {
        if sight::item(tx, who, *item).await.unwrap() {
            seen.push(*item);
        }
    }
    for sort in [ItemSort::Number, ItemSort::Name, ItemSort::SeizedAt] {
        let filter = ItemFilter { sort, ascending: true, limit: 10_000, ..ItemFilter::default() };
        let listed = item_list::page(tx, who, &filter).await.unwrap();
        let listed: BTreeSet<ItemId> = listed.iter().map(|it| it.id).collect();
        assert_eq!(listed, seen.iter().copied().collect(), "{sort:?}, {who:?}");
    }
    // A page of one: what is seen is not few any more, and is walked.
    one_by_one(tx, who, &seen, 1).await;
    // Wanting none beside the one that says that there are more, everything is many pages.
    one_by_one(tx, who, &seen, 0).await;
    let hits: i64 =
        item_list::hits(tx, who, &ItemFilter::default()).await.unwrap().iter().map(|it| it.items).sum();
    assert_eq!(hits, i64::try_from(seen.len()).unwrap(), "{who:?}");
    seen.len()
}

/// The first of each page that begins behind the one before.
async fn one_by_one(tx: &mut Tx, who: Viewer, seen: &[ItemId], limit: u32) {
    let mut paged: Vec<ItemId> = Vec::new();
    let mut filter = ItemFilter { ascending: true, limit, ..ItemFilter::default() };
    while paged.len() < seen.len() && paged.len() < 30 {
        let page = item_list::page(tx, who, &filter).await.unwrap();
        let first = page.first().unwrap_or_else(|| panic!("{} of {}, {who:?}", paged.len(), seen.len()));
        paged.push(first.id);
        filter.after = Some(ItemCursor { key: String::new(), number: first.number.clone() });
    }
    assert_eq!(paged, seen[..paged.len()], "{who:?}");
}
