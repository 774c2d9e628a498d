//! What somebody who means harm would try, one story each. Every refused row here is a way to lose a thing unseen.

use super::{
    day::Day,
    refusals::OPENING,
    row::{Row, id, party},
};
use crate::ledger::{Entry, Form, Salt, Told, signatures::Keys};

fn holds(rows: &str) {
    Day::after(OPENING).go_on(rows);
}

/// Several lines of one entry share one balance, and one sum.
#[test]
fn two_lines_cannot_take_the_same_thing() {
    holds(
        "
        keeper: move X1*5@s1>s2
        keeper: move X1*5@s1>s3 X1*6@s2>s3             | not_there
        keeper: dispatch L X1*5@s1 X1*6@s2             | not_there
        keeper: move X1*5@s1>s2 X1*10@s2>s3            # one after the other: s2 has ten by then
        head: approve P1 dispose X1*10
        keeper: dispose P1 X1*10@s3 X1*1@s2            | not_there
        head: approve P2 declare_loss X1*20
        keeper: declare_loss P2 X1*10@s3 X1*10@s2      | not_there
    ",
    );
}

/// Sums beside the largest quantity neither wrap round nor stick.
#[test]
fn no_sum_runs_over() {
    holds("
        officer: seize A/a G2*9007199254740991 G3*9007199254740991
        keeper: receive G2*9007199254740991>s1 G3*9007199254740991>s1
        keeper: split G2*9007199254740991@s1 G4*9007199254740991>s1 G5*1>s1              | children_do_not_add_up
        keeper: split G2*9007199254740991@s1 G4*1>s1 lost=9223372036854775807            | not_recordable
        keeper: split G2*9007199254740991@s1 G4*1>s1 lost=-9223372036854775808           | quantity_not_positive
        keeper: split G2*9223372036854775807@s1 G4*9223372036854775807>s1                | quantity_too_large
        keeper: split G2*-9223372036854775808@s1 G4*1>s1                                 | quantity_not_positive
        keeper: move G2*9007199254740991@s1>s2 G3*9007199254740991@s1>s2
        keeper: split G2*9007199254740991@s2 G4*9007199254740990>s1 G5*1>s1
        head: approve P1 declare_loss G3*1
        keeper: split G3*9007199254740991@s2 G6*9007199254740990>s1 lost=1 by=P1
        keeper: count N1 expected=4294967295 seen=4294967295 missing=7                   | count_does_not_add_up
        keeper: count N1 expected=4294967295 seen=4294967294 missing=1
    ");
}

/// Numbers that canonical JSON cannot write exactly would make an entry that nobody can read back.
#[test]
fn nothing_is_recorded_that_cannot_be_read_back() {
    holds(
        "
        head: approve P1 check_out X1*1 expires=never       | not_recordable
        officer: offer H1 A/a B X1*10 expires=never         | not_recordable
        keeper: raise D1 due=never                          | not_recordable
        keeper: count N1 as_of=18446744073709551615         | not_recordable
        officer: seize A/a Y1*1 at=-99999999999             | not_recordable
    ",
    );
    holds("officer: seize A/a Y1*1 name=a\0b                | not_recordable");
}

/// A correction cannot do what another act needs another approval, or another unit's signature, for.
#[test]
fn a_correction_is_no_back_door() {
    holds("
        keeper: move X1*4@s1>s2 X2*3@s1>s2                      # 4
        keeper: declare_error 4                                 # 5
        head: approve P1 correct X1*4
        keeper: correct 5 P1 X1*4@s2>sold X1*4@A/a>closed       | approval_for_another_act
        keeper: correct 5 P1 X1*4@s2>lost                       | approval_for_another_act
        keeper: correct 5 P1 X1*4@s2>origin                     | not_there
        keeper: correct 5 P1 X1*4@s2>converted                  | not_there
        keeper: correct 5 P1 X1*4@origin>s2                     | not_there
        keeper: correct 5 P1 X1*4@A/a>none                      | not_there
        keeper: correct 5 P1 X1*4@none>A/a                      | not_there
        keeper: correct 5 P1 X1*4@B/b>A/a                       | not_there
        keeper: correct 5 P1 X1*4@A/a>Z/z                       | duty_needs_handover
        keeper: correct 5 P1 X1*4@s2>s1 X2*3@A/a>A/b            | approval_does_not_cover   # the other item unseen
        keeper: correct 5 P1 X1*4@s2>s1 X1*10@A/a>A/b           | approval_does_not_cover
        keeper: correct 5 P1 X1*4@A/a>A/b X1*4@A/a>A/b          | approval_does_not_cover
        head: approve P2 correct X1*8
        keeper: correct 5 P2 X1*4@A/a>A/b X1*4@A/a>closed       | books_would_disagree
        head: approve P3 correct X1*10
        keeper: correct 5 P3 X1*10@A/a>closed                   | books_would_disagree
        head: approve P4 correct for=5 X1*4@s2>s1 X2*3@A/a>A/b
        keeper: correct 5 P4 X1*4@s2>s1 X2*3@A/a>A/b
    ");
}

/// Three people of one unit agree among themselves; what others keep, lent or answer for stays where it is. Slot t1 is unit B's, u1
/// unit C's, both units' things as soon as they lie there.
#[test]
fn a_correction_takes_nothing_from_those_who_were_not_asked() {
    holds(
        "
        keeper: move X1*4@s1>s2                                     # 4
        keeper: declare_error 4                                     # 5
        officer: offer H1 A/a B X2*3
        clerk: exchange H1 B/b X2+                                  # 7: B answers for X2
        head: approve P1 correct for=5 X1*4@s2>loan:li
        keeper: correct 5 P1 X1*4@s2>loan:li                        | approval_for_another_act  # a move lent nothing
        head: approve P9 correct for=5 X1*4@s2>bank:L
        keeper: correct 5 P9 X1*4@s2>bank:L                           | not_money
        head: approve P2 check_out X1*6
        keeper: check_out P2 X1*6@s1 borrower=rival                 # 11
        keeper: declare_error 11                                    # 12
        head: approve P3 correct for=12 X1*6@loan:rival>s1
        keeper: correct 12 P3 X1*6@loan:rival>s1                    | consent_missing
        head: approve P4 correct for=12 X1*6@loan:rival>consumed
        keeper: correct 12 P4 X1*6@loan:rival>consumed              | approval_for_another_act
        keeper: declare_error 3                                     # 15
        head: approve P5 correct for=15 X2*3@s1>s2
        keeper: correct 15 P5 X2*3@s1>s2                            # B's to answer for, A's to keep
        head: approve P6 correct for=7 X2*3@B/b>B/c
        keeper: declare_error 7                                     # 19
        head: approve P7 correct for=19 X2*3@B/b>B/c
        keeper: correct 19 P7 X2*3@B/b>B/c                          | consent_missing
        chief: approve P8 correct for=19 X2*3@B/b>B/c unit=BB
        keeper: correct 19 P7 X2*3@B/b>B/c consents=P8
        keeper: declare_error 17                                    # 23
        head: approve P10 correct for=23 X2*3@s2>owed:A
        keeper: correct 23 P10 X2*3@s2>owed:A                       | consent_missing   # kept here, and B answers for it
        chief: approve P11 correct for=23 X2*3@s2>owed:A unit=BB
        keeper: correct 23 P10 X2*3@s2>owed:A consents=P11
        head: approve P12 check_out X1*4
        keeper: check_out P12 X1*4@s2 borrower=li                   # 28
        keeper: return X1*4>s1 borrower=li                          # 29: it was another thing that came back
        keeper: declare_error 29                                    # 30
        head: approve P13 correct for=30 X1*4@s1>loan:li
        li: correct 30 P13 X1*4@s1>loan:li                          | custodian_delivers
        head: approve P14 correct for=30 X1*4@s1>loan:head
        keeper: correct 30 P14 X1*4@s1>loan:head                    | requester_approves
        keeper: correct 30 P13 X1*4@s1>loan:li
    ",
    );
}

/// What one unit lent is not the other's to take back: neither by lending more of it to the same borrower, nor by a correction.
#[test]
fn a_loan_comes_back_to_who_lent_it() {
    holds(
        "
        head: approve P1 check_out X1*4
        keeper: check_out P1 X1*4@s1 borrower=li                    # 5
        head: approve P2 correct                                    | entry_is_empty
        keeper: declare_error 3                                     # 6
        head: approve P3 correct for=6 X1*5@s1>u1
        chief: approve P4 correct for=6 X1*5@s1>u1 unit=C
        keeper: correct 6 P3 X1*5@s1>u1 consents=P4                 # 9: unit C keeps five of them
        head: approve P5 check_out X1*5
        keeper: check_out P5 X1*5@u1 borrower=li unit=C             | lent_by_another_unit
        keeper: declare_error 5                                     # 11
        head: approve P6 correct for=11 X1*5@u1>loan:li
        chief: approve P7 correct for=11 X1*5@u1>loan:li unit=C
        keeper: correct 11 P6 X1*5@u1>loan:li consents=P7           | not_the_keeper
        keeper: return X1*4>s1 borrower=li
        keeper: check_out P5 X1*5@u1 borrower=li unit=C
        keeper: return X1*5>s1 borrower=li                          | not_the_keeper
        keeper: return X1*5>u1 borrower=li unit=C
    ",
    );
}

/// What has ended stays ended: no entry of any kind moves it again.
#[test]
fn a_final_outcome_is_final() {
    holds(
        "
        head: approve P1 dispose X2*3
        head: approve P2 declare_loss X2*3
        head: approve P3 correct X2*3
        keeper: dispose P1 X2*3@s1                              # 7
        keeper: declare_error 7                                 # 8
        keeper: correct 8 P3 X2*3@sold>s1                       | item_is_closed
        keeper: correct 8 P3 X2*3@sold>s1 X2*3@closed>A/a       | item_is_closed
        keeper: correct 8 P3 X2*3@closed>A/a                    | item_is_closed
        keeper: declare_loss P2 X2*3@sold                       | item_is_closed
        keeper: move X2*3@s1>s2                                 | item_is_closed
        keeper: receive X2*3>s1                                 | item_is_closed
        keeper: split X2*3@s1 X4*3>s1                           | item_is_closed
        officer: seize A/b X2*3                                 | item_already_exists
        head: approve P4 dispose X1*4
        keeper: dispose P4 X1*4@s1
        keeper: declare_error 9
        head: approve P5 correct X1*4
        head: approve P6 declare_loss X1*4
        keeper: declare_loss P6 X1*4@sold                       | not_there
        keeper: correct 11 P5 X1*4@sold>s1                      | not_there     # part of it has left
    ",
    );
}

/// Who seized the whole seized its parts.
#[test]
fn the_officer_cannot_receive_by_way_of_a_part() {
    holds(
        "
        keeper: split G1*5000@s2 G2*5000>s2                     # 4
        keeper: declare_error 4
        head: approve P1 correct for=5 G2*5000@s2>owed:A
        keeper: correct 5 P1 G2*5000@s2>owed:A
        officer: receive G2*5000>s1                             | custodian_seized_it
        keeper: receive G2*5000>s1
    ",
    );
}

/// The list that is signed is the ledger's list, and the answer answers exactly that list.
#[test]
fn nobody_signs_a_false_list() {
    holds("
        officer: offer H1 A/a B X1*1                            | part_of_an_item
        officer: offer H1 A/a B X1*10 measure=G                 | line_does_not_match
        officer: offer H1 A/a B X1*10 number=X2                 | line_does_not_match
        officer: offer H1 A/a B X1*10 sign=other_unit           | signature_does_not_fit
        officer: offer H1 A/a A X1*10                           | same_party     # the same unit with another case
        officer: offer H1 A/a B X1*10 X2*3
        clerk: exchange H1 B/b X2+ X1+                          | answers_do_not_match
        clerk: exchange H1 B/b X1+ X2+ number=X1                | answers_do_not_match
        clerk: exchange H1 A/b X1+ X2+                          | answers_do_not_match
        clerk: exchange H1 B/b X1- X2- diff=D1                  | difference_missing
        clerk: exchange H1 B/b X1- X2- diff=D1,D1               | difference_already_raised
        clerk: exchange H1 B/b X1+ X2- diff=D1 note=            | reason_missing
        keeper: move X1*10@s1>s7                                # what lies where is another book
        clerk: exchange H1 B/b X1+ X2- diff=D1
    ");
}

/// An offer binds nobody to what has changed since: not to what was lost, not to what is another's by now.
#[test]
fn an_old_offer_gives_nothing_new() {
    let mut day = Day::after(OPENING);
    day.go_on(
        "
        officer: offer H1 A/a B X1*10 X2*3
        head: approve P1 declare_loss X2*3
        keeper: declare_loss P1 X2*3@s1
        clerk: exchange H1 B/b X1+ X2+                          | item_is_closed
    ",
    );
    // No entry can bring this about while the offer stands; a damaged store could.
    day.state.offers.get_mut(&id("H1")).unwrap().from = party("A/b");
    day.go_on("clerk: exchange H1 B/b X1+ X2- diff=D1           | not_responsible");
    day.state.offers.get_mut(&id("H1")).unwrap().from = party("A/a");
    day.go_on("clerk: exchange H1 B/b X1+ X2- diff=D1");
}

/// A loss takes a yes of its own, and inside a split a report beside it; a label and a difference say which item they are about.
#[test]
fn nothing_is_lost_in_passing() {
    holds(
        "
        keeper: split G1*5000@s2 G2*1>s2 lost=4999 paper=       | paper_missing
        keeper: split G1*5000@s2 G2*1>s2 lost=4999              | approval_unknown
        head: approve P9 declare_loss G1*4998
        keeper: split G1*5000@s2 G2*1>s2 lost=4999 by=P9        | approval_does_not_cover
        keeper: split G1*5000@s2 G2*5000>s2 by=P9               | approval_does_not_cover   # nothing is lost
        head: approve P8 dispose G1*4999
        keeper: split G1*5000@s2 G2*1>s2 lost=4999 by=P8        | approval_for_another_act
        rival: approve P7 declare_loss G1*4999 unit=B
        keeper: split G1*5000@s2 G2*1>s2 lost=4999 by=P7        | approval_of_another_agency
        head: approve P6 declare_loss G1*4999
        head: split G1*5000@s2 G2*1>s2 lost=4999 by=P6          | custodian_is_approver
        keeper: split G1*5000@s2 G2*1>s2 lost=4999 by=P6
        officer: offer H1 A/a B G1*4999                         | item_is_closed
        officer: seize A/a Y1*5 Y2*5
        keeper: receive Y1*1>s1 diff=D1 about=Y2                | difference_missing
        keeper: receive Y1*5>s1 label=                          | label_missing
        head: approve P1 check_out X1*2
        keeper: check_out P1 X1*2@s1 borrower=head              | requester_approves
    ",
    );
}

/// Whoever checks a proof, or the whole ledger, asks whose key it was by the entries alone, whatever the rules let in.
#[test]
fn a_signature_with_a_colleagues_key_is_named() {
    let mut day = Day::after(OPENING);
    let mut known = Keys::new(Vec::new(), day.state.holders.agencies.clone());
    let mut said = |text: &str| {
        let draft = day.draft(&Row::read(text));
        day.seq += 1;
        let (recorded_at, edition) = (day.now, day.edition);
        let entry = Entry {
            form: Form::of(edition, Salt([7; 32])),
            edition,
            seq: day.seq,
            recorded_at,
            draft,
            postings: vec![],
        };
        known.ask(&entry, Told::Whole).complaints.into_iter().map(|(_, en)| en).collect::<Vec<_>>().join("; ")
    };
    said("officer: register K1");
    said("head: confirm K1");
    assert!(said("officer: offer H1 A/a B X1*1 sign=K1").contains("not made over this statement"));
    for of_others in ["other: offer H2 A/a B X1*1 sign=K1", "officer: offer H3 C/c B X1*1 sign=K1"] {
        assert!(said(of_others).contains("not the signer's own"), "{of_others}");
    }
}
