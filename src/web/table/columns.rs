//! The tables there are, and their columns in order. A row has a cell for each of them.

use super::{Column, Shown, Table};

const fn column(word: &'static str, shown: Shown) -> Column {
    Column { word, figure: false, sort: None, shown, once: false, below: None }
}

/// A column by which a list in memory can be sorted; its own word says so in the address.
const fn sorted(word: &'static str, shown: Shown) -> Column {
    Column { sort: Some(word), ..column(word, shown) }
}

/// Figures that nothing sorts by here.
const fn counted(word: &'static str, shown: Shown) -> Column {
    Column { figure: true, ..column(word, shown) }
}

const fn figure(word: &'static str, shown: Shown) -> Column {
    Column { figure: true, ..sorted(word, shown) }
}

const fn once(word: &'static str, shown: Shown) -> Column {
    Column { once: true, ..sorted(word, shown) }
}

const fn over(below: &'static str, column: Column) -> Column {
    Column { below: Some(below), ..column }
}

/// What is told of a thing; a list and a case begin with other columns.
const fn of_things(seal: Shown, seized_at: Shown) -> [Column; 12] {
    [
        sorted("number", Shown::AtFirst),
        over("features", sorted("name", Shown::Always)),
        counted("quantity", Shown::AtFirst),
        column("category", Shown::WhenChosen),
        over("store", column("place", Shown::AtFirst)),
        column("holder", Shown::WhenChosen),
        Column { once: true, ..column("responsible", Shown::AtFirst) },
        column("case", Shown::WhenChosen),
        column("paper", Shown::WhenChosen),
        column("seal", seal),
        sorted("seized_at", seized_at),
        column("state", Shown::Always),
    ]
}

/// Things. The store sorts them.
pub const ITEMS: Table =
    Table { name: "items", groups: &[], columns: &of_things(Shown::WhenChosen, Shown::AtFirst) };

/// Things of one case, in the order they have there: no head of theirs sorts.
pub const THINGS: Table =
    Table { name: "things", groups: &[], columns: &of_things(Shown::AtFirst, Shown::WhenChosen) };

/// Cases, the newest first.
pub const CASES: Table = Table {
    name: "cases",
    groups: &[],
    columns: &[
        over("case_number", column("case_name", Shown::Always)),
        column("stage", Shown::AtFirst),
        Column { once: true, ..column("unit", Shown::AtFirst) },
        column("officer", Shown::AtFirst),
        column("opened_at", Shown::WhenChosen),
        counted("items", Shown::AtFirst),
        counted("owed", Shown::AtFirst),
        counted("in_store", Shown::WhenChosen),
        counted("difference", Shown::AtFirst),
        column("hand_in", Shown::AtFirst),
    ],
};

/// Exchanges of responsibility.
pub const HANDOVERS: Table = Table {
    name: "handovers",
    groups: &["to_inspect", "made", "ended"],
    columns: &[
        over("case_number", sorted("case_name", Shown::Always)),
        sorted("purpose", Shown::AtFirst),
        once("giver", Shown::AtFirst),
        once("receiver", Shown::AtFirst),
        figure("lines", Shown::AtFirst),
        sorted("made_at", Shown::AtFirst),
        sorted("entry", Shown::WhenChosen),
        sorted("state", Shown::Always),
    ],
};

/// Wishes for loans.
pub const LOAN_REQUESTS: Table = Table {
    name: "loan_requests",
    groups: &[],
    columns: &[
        over("items", sorted("name", Shown::Always)),
        sorted("purpose", Shown::AtFirst),
        sorted("borrower", Shown::AtFirst),
        once("unit", Shown::WhenChosen),
        sorted("due_at", Shown::AtFirst),
        sorted("state", Shown::Always),
    ],
};

/// Requests for disposals.
pub const DISPOSALS: Table = Table {
    name: "disposals",
    groups: &[],
    columns: &[
        over("items", sorted("name", Shown::Always)),
        sorted("outcome", Shown::AtFirst),
        sorted("recipient", Shown::AtFirst),
        sorted("decision", Shown::AtFirst),
        once("unit", Shown::AtFirst),
        sorted("asked_at", Shown::WhenChosen),
        sorted("state", Shown::Always),
    ],
};

/// Requests to declare things lost.
pub const LOSSES: Table = Table {
    name: "losses",
    groups: &[],
    columns: &[
        over("items", sorted("name", Shown::Always)),
        sorted("cause", Shown::AtFirst),
        sorted("liable", Shown::AtFirst),
        sorted("report", Shown::AtFirst),
        once("unit", Shown::AtFirst),
        sorted("asked_at", Shown::WhenChosen),
        sorted("state", Shown::Always),
    ],
};

/// Things that are out on loan.
pub const LOANS: Table = Table {
    name: "loans",
    groups: &[],
    columns: &[
        over("number", sorted("name", Shown::Always)),
        sorted("quantity", Shown::WhenChosen),
        sorted("borrower", Shown::AtFirst),
        once("lender", Shown::WhenChosen),
        sorted("purpose", Shown::AtFirst),
        sorted("due_at", Shown::AtFirst),
        sorted("slip", Shown::AtFirst),
        sorted("state", Shown::Always),
        column("act", Shown::Always),
    ],
};

/// Counts of shelves.
pub const COUNTS: Table = Table {
    name: "counts",
    groups: &["open", "stated"],
    columns: &[
        sorted("zone", Shown::Always),
        figure("as_of", Shown::AtFirst),
        figure("seen", Shown::AtFirst),
        sorted("actor", Shown::AtFirst),
        sorted("started_at", Shown::AtFirst),
        sorted("entry", Shown::AtFirst),
        sorted("state", Shown::Always),
    ],
};

/// Differences between two statements about the same thing.
pub const DIFFERENCES: Table = Table {
    name: "differences",
    groups: &["unsettled", "settled"],
    columns: &[
        sorted("difference", Shown::Always),
        sorted("number", Shown::AtFirst),
        sorted("finding", Shown::AtFirst),
        once("owner_unit", Shown::AtFirst),
        figure("days", Shown::AtFirst),
        sorted("raised_at", Shown::WhenChosen),
        sorted("settled_by", Shown::WhenChosen),
        sorted("entry", Shown::AtFirst),
        sorted("due_at", Shown::Always),
    ],
};

/// Corrections that are under way.
pub const CORRECTIONS: Table = Table {
    name: "corrections",
    groups: &[],
    columns: &[
        figure("entry", Shown::Always),
        sorted("error", Shown::AtFirst),
        sorted("actor", Shown::AtFirst),
        sorted("recorded_at", Shown::AtFirst),
        sorted("state", Shown::Always),
    ],
};

/// Stores.
pub const STORES: Table = Table {
    name: "stores",
    groups: &[],
    columns: &[
        sorted("store", Shown::Always),
        sorted("kind", Shown::AtFirst),
        figure("slots", Shown::AtFirst),
        figure("items", Shown::AtFirst),
        sorted("keepers", Shown::AtFirst),
        sorted("state", Shown::Always),
    ],
};

/// The slots of a store, as they stand on the shelves.
pub const SLOTS: Table = Table {
    name: "slots",
    groups: &[],
    columns: &[
        sorted("slot", Shown::Always),
        sorted("zone", Shown::AtFirst),
        figure("items", Shown::AtFirst),
        sorted("amounts", Shown::AtFirst),
        figure("capacity", Shown::AtFirst),
        sorted("label", Shown::AtFirst),
        sorted("state", Shown::Always),
    ],
};

/// What lies in one slot.
pub const IN_SLOT: Table = Table {
    name: "in_slot",
    groups: &[],
    columns: &[
        over("number", sorted("name", Shown::Always)),
        sorted("category", Shown::AtFirst),
        counted("quantity", Shown::AtFirst),
        sorted("seal", Shown::AtFirst),
        sorted("case_number", Shown::AtFirst),
        sorted("state", Shown::Always),
    ],
};

/// Entries of the ledger, the newest first.
pub const ENTRIES: Table = Table {
    name: "entries",
    groups: &[],
    columns: &[
        counted("entry", Shown::Always),
        column("recorded_at", Shown::AtFirst),
        column("kind", Shown::AtFirst),
        column("finding", Shown::Always),
        column("actor", Shown::AtFirst),
        column("unit", Shown::WhenChosen),
    ],
};

/// Stores as they are registered.
pub const REGISTERED_STORES: Table = Table {
    name: "registered_stores",
    groups: &[],
    columns: &[
        sorted("store", Shown::Always),
        sorted("kind", Shown::AtFirst),
        over("agency", sorted("unit", Shown::AtFirst)),
        figure("zones", Shown::AtFirst),
        figure("slots", Shown::AtFirst),
        figure("items", Shown::AtFirst),
        figure("capacity", Shown::AtFirst),
        sorted("state", Shown::Always),
    ],
};

/// The slots of one of them.
pub const REGISTERED_SLOTS: Table = Table {
    name: "registered_slots",
    groups: &[],
    columns: &[
        sorted("slot", Shown::Always),
        sorted("zone", Shown::AtFirst),
        figure("items", Shown::AtFirst),
        figure("capacity", Shown::AtFirst),
        sorted("label", Shown::AtFirst),
        sorted("state", Shown::Always),
    ],
};

/// Every table whose columns somebody may choose.
pub const TABLES: [Table; 17] = [
    ITEMS,
    THINGS,
    CASES,
    HANDOVERS,
    LOAN_REQUESTS,
    DISPOSALS,
    LOSSES,
    LOANS,
    COUNTS,
    DIFFERENCES,
    CORRECTIONS,
    STORES,
    SLOTS,
    IN_SLOT,
    ENTRIES,
    REGISTERED_STORES,
    REGISTERED_SLOTS,
];
