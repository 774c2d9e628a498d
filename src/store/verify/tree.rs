//! The tree built again from the entries' bytes, and everything that is stored about it held against that: leaves, tiles,
//! heads, and the signatures under each head.

use super::{
    Finding,
    cosigned::{self, Line},
};
use crate::{
    ledger::{Checkpoint, Digest, Edition, Frontier, Suite, note::key::VerifierKey, tree::tile::TileHash},
    store::{Error, Tx, db::on, settings},
};
use std::{collections::BTreeMap, sync::Arc};

pub(super) struct Tree {
    suite: Suite,
    frontier: Frontier,
    previous_root: Digest,
    heads: BTreeMap<i64, HeadRow>,
    tiles: BTreeMap<(i64, i64), Vec<u8>>,
    origin: String,
    ledger_key: Option<Arc<VerifierKey>>,
    /// What the witnesses signed, by size, as long as the head has not been met.
    cosigned: BTreeMap<i64, Vec<Line>>,
    /// Heads that are the root of their entries, with the lines that sign them.
    signed: Vec<(Checkpoint, Line)>,
    /// From the first signed head on, every head is signed.
    signing: bool,
    findings: Vec<Finding>,
}

#[derive(sqlx::FromRow)]
struct HeadRow {
    size: i64,
    root: Vec<u8>,
    previous_root: Vec<u8>,
    frontier: Vec<u8>,
    signature: Option<String>,
    edition: i64,
}

impl Tree {
    pub(super) async fn load(tx: &mut Tx, suite: Suite) -> Result<Tree, Error> {
        const HEADS: &str =
            "select size, root, previous_root, frontier, signature, edition from heads order by size";
        const TILES: &str = "select level, position, hash from tile_hashes";
        let heads: Vec<HeadRow> = on!(tx, conn => sqlx::query_as(HEADS).fetch_all(conn).await?);
        let tiles: Vec<(i64, i64, Vec<u8>)> = on!(tx, conn => sqlx::query_as(TILES).fetch_all(conn).await?);
        let settings = settings::read(tx).await?;
        let (origin, ledger_key) = settings.map(|it| (it.origin, it.ledger_key)).unwrap_or_default();
        let frontier = Frontier::empty(suite);
        Ok(Tree {
            suite,
            previous_root: frontier.root(),
            frontier,
            heads: heads.into_iter().map(|row| (row.size, row)).collect(),
            tiles: tiles.into_iter().map(|(level, position, hash)| ((level, position), hash)).collect(),
            origin,
            ledger_key: ledger_key.and_then(|key| VerifierKey::from_text(&key).ok()).map(Arc::new),
            cosigned: cosigned::load(tx).await?,
            signed: Vec::new(),
            signing: false,
            findings: Vec::new(),
        })
    }

    fn say(&mut self, seq: i64, zh: &str, en: &str) {
        let seq = (seq > 0).then_some(seq.cast_unsigned());
        self.findings.push(Finding { invariant: 10, seq, zh: zh.to_owned(), en: en.to_owned() });
    }

    pub(super) fn root(&self) -> Digest {
        self.frontier.root()
    }

    /// Takes in the leaf that an entry commits to, which is the one stored beside it.
    pub(super) fn push(&mut self, seq: i64, leaf: Digest, stored: &[u8]) {
        if stored != leaf.0 {
            self.say(seq, "内容与所存哈希不符", "its bytes do not have the hash that is stored with them");
        }
        for TileHash { level, position, hash } in self.frontier.push(leaf) {
            if self.tiles.remove(&(i64::from(level), position.cast_signed())).as_deref()
                != Some(hash.0.as_slice())
            {
                let zh = "至此所存的树块与此前分录不符";
                self.say(seq, zh, "a tile of the tree that ends here is not that of the entries so far");
            }
        }
    }

    pub(super) fn suite(&self) -> Suite {
        self.suite
    }

    /// The head after this entry, if one was stored. The entries of a batch are of one edition, and its head says which.
    pub(super) fn compare_head(&mut self, seq: i64, edition: Option<Edition>) {
        let Some(head) = self.heads.remove(&seq) else { return };
        if edition.is_some_and(|edition| head.edition != i64::from(edition.number())) {
            let zh = "此处的树根所记规则版次与分录不符";
            self.say(seq, zh, "the tree head here names another edition of the rules than its entry");
        }
        let root = self.frontier.root();
        if head.root != root.0 || head.frontier != self.frontier.to_bytes() {
            let zh = "此处所存的树根不是此前分录的根";
            self.say(seq, zh, "the tree head stored here is not the root of the entries so far");
        }
        if head.previous_root != self.previous_root.0 {
            let zh = "此处所存的树根与上一个不相连";
            self.say(seq, zh, "the tree head stored here does not follow from the one before it");
        }
        self.previous_root = root;
        let checkpoint = Checkpoint { origin: self.origin.clone(), size: seq.cast_unsigned(), root };
        let witnessed = self.cosigned.remove(&seq).unwrap_or_default();
        self.signed.extend(witnessed.into_iter().map(|line| (checkpoint.clone(), line)));
        match head.signature {
            Some(line) => {
                self.signing = true;
                self.signed.push((checkpoint, Line::own(self.ledger_key.clone(), line)));
            }
            None if self.signing => self.say(seq, "此处的树根没有签名", "the tree head here is not signed"),
            None => (),
        }
    }

    pub(super) fn finish(&mut self, read: i64) -> Vec<Finding> {
        let left: Vec<i64> = self.heads.keys().copied().collect();
        for size in left {
            self.say(size, "树根所含的分录不存在", "a tree head covers entries that are not there");
        }
        if read > 0 && self.previous_root != self.frontier.root() {
            self.say(read, "最新的分录没有树根覆盖", "the newest entries are under no tree head");
        }
        if !self.tiles.is_empty() {
            self.say(0, "树块所含的分录不存在", "a tile of the tree covers entries that are not there");
        }
        let unknown: Vec<i64> = self.cosigned.keys().copied().collect();
        for size in unknown {
            let zh = "见证方签名所在的树根不存在";
            self.say(size, zh, "a witness has signed a tree head here that is not there");
        }
        for (size, zh, en) in cosigned::wrong(&self.signed) {
            self.say(size, &zh, &en);
        }
        std::mem::take(&mut self.findings)
    }
}
