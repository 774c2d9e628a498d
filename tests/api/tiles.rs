//! What anybody may read of a ledger's tree: enough to prove that an entry is in it and that it only grew.

use crate::{
    caller::Caller,
    support::{ENGINES, TestApp},
};
use axum::http::StatusCode;
use hufu::ledger::{
    Checkpoint, Digest, Measure, Note, Suite,
    note::key::VerifierKey,
    tree::{
        proof::{check_consistency, check_inclusion, consistency, inclusion},
        tile::{Tile, Tiles},
    },
};
use std::ops::Range;

async fn checkpoint(caller: &Caller, key: &VerifierKey) -> Checkpoint {
    let answer = caller.get("/checkpoint").await;
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    let note = Note::parse(std::str::from_utf8(&answer.bytes).unwrap()).unwrap();
    key.check(&note).unwrap();
    Checkpoint::parse(&note.text).unwrap()
}

async fn read(caller: &Caller, suite: Suite, size: u64, parts: &[Range<u64>]) -> Vec<Digest> {
    let mut tiles = Tiles::of(suite, size);
    for tile in tiles.needed(parts) {
        let answer = caller.get(&format!("/tile/{}", tile.path())).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", tile.path());
        let hashes = answer.bytes.chunks(32).map(|hash| Digest::from_slice(hash).unwrap()).collect();
        assert!(tiles.put(tile, hashes));
    }
    parts.iter().map(|part| tiles.root(part).unwrap()).collect()
}

async fn checkpoint_size(stranger: &Caller) -> u64 {
    let bytes = stranger.get("/checkpoint").await.bytes;
    let note = Note::parse(std::str::from_utf8(&bytes).unwrap()).unwrap();
    Checkpoint::parse(&note.text).unwrap().size
}

#[tokio::test]
async fn a_stranger_can_prove_that_the_ledger_only_grew() {
    for engine in ENGINES {
        for suite in [Suite::Sm, Suite::C2sp] {
            let test = TestApp::with_suite(engine, suite).await;
            let stranger = Caller::stranger(&test);
            assert_eq!(
                checkpoint_size(&stranger).await,
                test.city.founded,
                "the city is founded, and no more"
            );
            let key = VerifierKey::from_text(test.app.settings.ledger_key.as_deref().unwrap()).unwrap();
            assert_eq!(key.suite(), suite);
            let case = test.case("江公（刑）立字〔2026〕1号").await;
            let [a, b, ..] = test.city.slots[..] else { unreachable!() };
            let item = test.lying(case, &[("手机", Measure::Piece, 1, a)]).await[0].item;
            let mut known: Vec<Checkpoint> = vec![checkpoint(&stranger, &key).await];
            for round in 0..140 {
                let (from, to) = if round % 2 == 0 { (a, b) } else { (b, a) };
                test.moved(item, 1, from, to).await;
                if round % 35 == 0 {
                    known.push(checkpoint(&stranger, &key).await);
                }
            }
            // Past a full tile, in one commit after the other.
            for _ in 0..60 {
                test.moved(item, 1, a, b).await;
                test.moved(item, 1, b, a).await;
            }
            let head = checkpoint(&stranger, &key).await;
            assert!(head.size > 256 && head.origin == "hufu.test/ledger", "{head:?}");
            for old in known {
                let parts = consistency(old.size, head.size).unwrap();
                let proof = read(&stranger, suite, head.size, &parts).await;
                check_consistency(suite, (old.size, old.root), (head.size, head.root), &proof).unwrap();
            }
            let zheng = Caller::of(&test, "zheng").await;
            let bundle = zheng.get("/tile/entries/000").await;
            assert_eq!(bundle.status, StatusCode::OK);
            let mut rest = bundle.bytes.as_slice();
            for index in 0..256 {
                let (length, after) = rest.split_at(2);
                let (entry, after) = after.split_at(usize::from(u16::from_be_bytes([length[0], length[1]])));
                rest = after;
                if index % 51 == 0 {
                    let parts = inclusion(index, head.size).unwrap();
                    let proof = read(&stranger, suite, head.size, &parts).await;
                    check_inclusion(suite, (index, suite.leaf(entry)), (head.size, head.root), &proof)
                        .unwrap();
                }
            }
            assert!(rest.is_empty());
            test.close().await;
        }
    }
}

#[tokio::test]
async fn what_is_no_tile_is_not_there_and_entries_are_for_auditors() {
    for engine in ENGINES {
        let test = TestApp::new(engine).await;
        let case = test.case("江公（刑）立字〔2026〕1号").await;
        test.lying(case, &[("手机", Measure::Piece, 1, test.city.slots[0])]).await;
        let stranger = Caller::stranger(&test);
        let size = checkpoint_size(&stranger).await;
        let own = Tile::in_tree(0, 0, size).unwrap().path();
        assert_eq!(stranger.get(&format!("/tile/{own}")).await.status, StatusCode::OK);
        for path in [
            "0/000",
            "0/001.p/1",
            "1/000.p/1",
            "63/000.p/1",
            "64/000.p/1",
            "0/000.p/0",
            "0/000.p/256",
            "0/0.p/1",
            "0/x999/x999/999",
            "x",
            "entries/x",
            "0/000.p/1/2",
        ] {
            let answer = stranger.get(&format!("/tile/{path}")).await;
            assert_eq!(
                (answer.status, answer.refusal().as_str()),
                (StatusCode::NOT_FOUND, "not_found"),
                "{path}"
            );
        }
        let bundle = format!("/tile/{}", own.replacen("0/", "entries/", 1));
        assert_eq!(stranger.get(&bundle).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(Caller::of(&test, "zhang").await.get(&bundle).await.status, StatusCode::FORBIDDEN);
        assert_eq!(Caller::of(&test, "zheng").await.get(&bundle).await.status, StatusCode::OK);
        test.close().await;
    }
}
