//! Every refusal, met at least once in a story short enough to read.

use super::{
    day::Day,
    disposals::DISPOSALS,
    losses::LOSSES,
    parts::{ITEMISING, LABELS, SPLITTING},
    places::PLACES,
    roster::ROSTER,
};
use crate::ledger::RefusalReason;
use std::collections::BTreeSet;

/// Ten phones and a lot of three in slot s1, five grams in s2; money still owed; a house sealed where it stands.
pub(super) const OPENING: &str = "
    officer: seize A/a X1*10 X2*3 G1*5000 M1*100000
    officer: seize A/a X3*1 in_place
    keeper: receive X1*10>s1 X2*3>s1 G1*5000>s2
";

const COMING_IN: &str = "
    officer: seize A/a                              | entry_is_empty
    officer: seize A/a Y1*1 at=+11                  | happened_in_the_future
    officer: seize A/a Y1*1 paper=                  | paper_missing
    officer: seize A/a Y1*1 name=                   | item_not_described
    officer: seize A/a Y1*1 number=                 | item_not_described
    officer: seize A/a Y1*1 Y1*2                    | line_repeated
    officer: seize A/a Y1*1 Y1*2 number=0001,0002   | line_repeated
    officer: seize A/a Y1*1 Y2*2 number=0001        | line_repeated
    officer: seize A/a Y1*0                         | quantity_not_positive
    officer: seize A/a Y1*-1                        | quantity_not_positive
    officer: seize A/a Y1*9007199254740992          | quantity_too_large
    officer: seize A/a Y1*1 at=-99999999         # long ago is no reason to refuse
    officer: seize A/a Y1*1                         | item_already_exists
    officer: seize A/a Y2*9007199254740991 at=+10   # the largest there is, and the clock may run ahead so far
    keeper: receive Y2*5>s1                         | difference_missing
    keeper: receive Y2*5>s1 diff=D1 finding=        | reason_missing
    keeper: receive Y2*5>s1 diff=D1 about=X1        | difference_missing
    keeper: receive Y2*5>s1 diff=D1                 # the rest is still owed
    keeper: receive Y1*1>s1 damaged                 | difference_missing
    keeper: receive Y1*1>s1 refuse=文书不符         | difference_missing
    keeper: receive Y1*1>s1 refuse= diff=D2         | reason_missing
    keeper: receive Y1*1>s1 refuse=文书不符 diff=D1 | difference_already_raised
    keeper: receive Y1*1>s1 refuse=文书不符 diff=D2
    keeper: receive Y9*1>s1                         | item_unknown
    keeper: receive Y9*1>s1 refuse=无此物 diff=D3   | item_unknown
    keeper: receive Y1*1>s1 label=                  | label_missing
    keeper: receive Y1*1>s1 copy=0                  | label_missing
    keeper: receive Y1*2>s1                         | not_there
    keeper: receive Y1*1>s1 owed=B                  | not_there
    keeper: receive X1*1>s1 refuse=不符 diff=D3     | not_there
    officer: receive Y1*1>s1                        | custodian_seized_it
    keeper: receive Y1*1>s1 from=keeper             | custodian_delivers
    keeper: receive Y1*1>s1 second=keeper           | second_person_is_the_custodian
    keeper: receive Y1*1>s1 face=1                  | denominations_differ
    keeper: receive Y1*1>s1 damaged diff=D3
    keeper: delivery receipt=3                      | entry_is_empty
    keeper: delivery X1*1 X1*1 receipt=3            | line_repeated
    keeper: delivery X1*1 receipt=9                 | receipt_unknown
    keeper: delivery X3*1 receipt=3                 | receipt_unknown
    keeper: delivery X1*1 receipt=3 from=lab        | receipt_unknown
    keeper: delivery X1*1 receipt=3 unit=B          | receipt_unknown
    officer: delivery X1*1 receipt=3                | custodian_delivers
    keeper: delivery X1*1 receipt=3 missing=M1,1    | missing_differs
    keeper: delivery X1*1 receipt=3 missing=X1,0    | missing_differs
    keeper: delivery X1*1 receipt=3 missing=M1,100000
    keeper: delivery X1*1 receipt=3                 | receipt_delivered
    keeper: delivery X2*1 G1*1 receipt=3            # the rest of that receipt is another delivery
";

const MOVING: &str = "
    keeper: move X1*4@s1>s2
    keeper: move X1*4@s1>s2 X1*5@s1>s3              | line_repeated
    keeper: move X1*6@s1>s3 X1*5@s2>s3              | not_there
    keeper: move X1*1@s1>s1                         | same_account
    keeper: move X9*1@s1>s2                         | item_unknown
    keeper: move X3*1@s1>s2                         | not_there
    keeper: dispatch L X1*4@s2 carrier=keeper       | custodian_delivers
    keeper: dispatch L X1*4@s2
    keeper: arrive K X1*4>s9                        | not_there   # it was sent to another store
    keeper: arrive L X1*5>s9                        | not_there
    keeper: arrive L X1*4>s9
    keeper: deposit B M1*100@s1                     | not_there
    keeper: deposit B M1*100@owed:A slip=           | paper_missing
    keeper: deposit B M1*100@in_place               | not_there
    keeper: deposit B X1*1@s1                       | not_money
    keeper: deposit B M1*100@owed:A
    keeper: deposit B2 M1*100@bank:B                | not_there   # only what is in hand is paid in
";

const LENDING: &str = "
    officer: approve P1 check_out X1*2                      | requester_approves
    head: approve P1 check_out X1*2 purpose=                | reason_missing
    head: approve P1 check_out X9*2                         | item_unknown
    head: approve P1 check_out X1*2 expires=0               | approval_expired
    head: approve P1 check_out X1*2
    head: approve P1 check_out X1*3                         | approval_already_given
    head: approve P2 dispose X1*2
    head: approve P3 check_out X1*2 expires=60
    keeper: check_out P9 X1*2@s1                            | approval_unknown
    keeper: check_out P2 X1*2@s1                            | approval_for_another_act
    keeper: check_out P1 X1*1@s1                            | approval_does_not_cover
    keeper: check_out P1 X1*2@s1 X2*1@s1                    | approval_does_not_cover
    keeper: check_out P1 X1*2@s1 purpose=                   | reason_missing
    keeper: check_out P1 X1*2@s1 due=0                      | due_before_start
    keeper: check_out P1 X1*2@s1 borrower=keeper            | custodian_delivers
    keeper: check_out P1 X1*2@s1 borrower=head              | requester_approves
    head: check_out P1 X1*2@s1                              | custodian_is_approver
    officer: check_out P1 X1*2@s1                           | custodian_is_requester
    keeper: check_out P1 X1*2@s1
    keeper: check_out P1 X1*2@s1                            | approval_used
    wait 1
    keeper: check_out P3 X1*2@s1                            | approval_expired
    keeper: return X1*1>s1 borrower=stranger                | not_there
    keeper: return X1*3>s1                                  | not_there
    keeper: return X1*1>s1 condition=                       | reason_missing
    lab: return X1*1>s1                                     | custodian_delivers
    keeper: return X1*1>s1
";

pub(super) const HANDING_OVER: &str = "
    officer: offer H1 A/a B                             | entry_is_empty
    officer: offer H1 A/a B X1*10 made=+11              | happened_in_the_future
    officer: offer H1 A/b B X1*10                       | not_responsible
    officer: offer H1 A/a B X1*9                        | part_of_an_item
    officer: offer H1 A/a B X1*11                       | part_of_an_item
    officer: offer H1 A/a B X1*10 number=X2             | line_does_not_match
    officer: offer H1 A/a B X1*10 measure=M             | line_does_not_match
    officer: offer H1 A/a B X1*10 told=模型             | says_otherwise
    officer: offer H1 A/a B X1*10 untold=                | says_otherwise   # it was handed in
    officer: offer H1 A/a B M1*100000 untold=            | says_otherwise   # nobody has received it
    officer: offer H1 A/a B M1*100000 received=1         | says_otherwise   # nor a part of it
    officer: offer H1 A/a B X1*10 received=9             | says_otherwise   # all of it came
    officer: offer H1 A/a A X1*10                       | same_party
    officer: offer H1 A/a B X1*10 expires=0             | offer_expired
    officer: offer H1 A/a B X1*10 sign=none             | signature_missing
    officer: offer H1 A/a B X1*10 sign=other_text       | signature_does_not_fit
    officer: offer H1 A/a B X1*10 sign=other_person     | signature_does_not_fit
    officer: offer H1 A/a B X1*10 sign=other_unit       | signature_does_not_fit
    officer: offer H1 A/a B X1*10 sign=twice            | signature_does_not_fit
    officer: offer H1 A/a B X1*10 X2*3 G1*5000
    officer: offer H1 A/a B M1*100000                   | offer_already_made
    officer: offer H2 A/a C X1*10                       | item_on_offer
    keeper: split X1*10@s1 Y1*10>s1                     | item_on_offer
    keeper: move X1*1@s1>s2
    clerk: exchange H9 B/b X1+                          | offer_unknown
    clerk: exchange H1 B/b X1+ X2+                      | answers_do_not_match
    clerk: exchange H1 B/b X2+ X1+ G1+                  | answers_do_not_match
    clerk: exchange H1 B/b X1+ X2+ G1+ X3+              | answers_do_not_match
    clerk: exchange H1 B/b X1+ X2+ G1+ number=X1        | answers_do_not_match
    clerk: exchange H1 C/b X1+ X2+ G1+                  | answers_do_not_match
    clerk: exchange H1 A/b X1+ X2+ G1+                  | answers_do_not_match
    clerk: exchange H1 B/b X1+ X2+ G1+ digest=00        | offer_changed
    clerk: exchange H1 B/b X1+ X2+ G1+ sign=none        | signature_missing
    clerk: exchange H1 B/b X1+ X2+ G1+ sign=other_text  | signature_does_not_fit
    clerk: exchange H1 B/b X1+ X2+ G1+ sign=other_unit  | signature_does_not_fit
    officer: exchange H1 B/b X1+ X2+ G1+                | receiver_is_giver
    clerk: exchange H1 B/b X1+ X2- G1~                  | difference_missing
    clerk: exchange H1 B/b X1+ X2- G1~ diff=D1 about=X1 | difference_missing
    clerk: exchange H1 B/b X1+ X2- G1~ diff=D1 note=    | reason_missing
    clerk: exchange H1 B/b X1+ X2- G1- diff=D1,D1       | difference_already_raised
    clerk: exchange H1 B/b X1+ X2- G1~ diff=D1
    clerk: exchange H1 B/b X1+ X2- G1~ diff=D2          | offer_closed
    officer: withdraw H1                                | offer_closed
    officer: offer H2 A/a B X1*10                       | not_responsible
    officer: offer H2 A/a B X2*3                        # what was refused is the giver's again
    officer: withdraw H2 expired                        | offer_not_expired
    officer: withdraw H2 reason=                        | reason_missing
    officer: withdraw H9                                | offer_unknown
    officer: withdraw H2
    officer: offer H3 A/a B X2*3 expires=30
    wait 1
    clerk: exchange H3 B/b X2+                          | offer_expired
    nobody: withdraw H3 expired
    clerk: offer H4 B/b A X1*10 G1*5000                 # sent back: an exchange the other way
    officer: exchange H4 A/c X1+ G1+
";

const ENDING: &str = "
    head: approve P1 dispose X2*3
    head: approve P2 declare_loss G1*10
    officer: offer H1 A/a B X2*3
    keeper: dispose P1 X2*3@s1                          | item_on_offer
    officer: withdraw H1
    keeper: dispose P1 X2*3@s1 voucher=                 | paper_missing
    keeper: dispose P1 X2*2@s1                          | approval_does_not_cover
    keeper: dispose P2 X2*3@s1                          | approval_for_another_act
    keeper: dispose P1 X2*3@s1
    keeper: dispose P1 X2*3@s1                          | item_is_closed
    head: approve P3 dispose X2*3                       | item_is_closed
    keeper: receive X2*3>s1 refuse=文书不符 diff=D7     | item_is_closed
    officer: offer H2 A/a B X2*3                        | item_is_closed
    keeper: declare_loss P2 G1*10@origin                | not_there
    keeper: declare_loss P2 G1*10@s1                    | not_there
    keeper: declare_loss P2 G1*10@s2 report=            | reason_missing
    keeper: declare_loss P2 G1*10@s2
    officer: offer H3 A/a B G1*4990                     | part_of_an_item   # duty stays for what was lost
    keeper: count N1 expected=3 seen=1 loan=1           | count_does_not_add_up
    keeper: count N3 expected=1 seen=1 cancelled=      | reason_missing
    keeper: count N3 expected=1 seen=1 cancelled=停电 diff=D9 | count_does_not_add_up
    keeper: count N3 expected=1 seen=1 cancelled=停电
    keeper: count N1 expected=3 seen=1 loan=1 missing=1 diff=D1
    keeper: count N1 expected=0                         | count_already_stated
    keeper: count N2 diff=D1                            | difference_already_raised
    keeper: count N2 as_of=9007199254740992             | not_recordable
    keeper: raise D1                                    | difference_already_raised
    keeper: raise D2 X9                                 | item_unknown
    keeper: raise D2 X1 finding=                        | reason_missing
    keeper: raise D2 X1
    keeper: settle D9                                   | difference_unknown
    keeper: settle D2 finding=                          | reason_missing
    keeper: settle D2 cause=none                        | cause_missing
    keeper: settle D2 cause=found_again                 | settlement_not_shown
    keeper: settle D2
    keeper: settle D2                                   | difference_settled
    keeper: raise D4 X1 brought=officer
    keeper: settle D4 paper=                            | evidence_missing   # words alone explain nothing
    officer: settle D4                                  | settled_by_who_brought_it
    keeper: settle D4
    keeper: raise D3 X1 class=missing                   # a thing that was not found takes more than words
    keeper: settle D3                                   | settlement_not_shown
    keeper: settle D3 cause=loss_declared shown=999     | settlement_not_shown
    keeper: settle D3 cause=found_again shown=3         | settlement_not_shown   # before it was missed
    keeper: count N4 expected=0 cancelled=停电
    keeper: settle D3 cause=found_again shown=17        | settlement_not_shown   # a count that was given up
    keeper: count N5 expected=0
    keeper: settle D3 cause=found_again shown=18
";

pub(super) const SENT_BACK: &str = "
    officer: offer H1 A/a B X1*10
    clerk: exchange H1 B/b X1+
    clerk: offer H2 B/b Z X1*10 purpose=sent_back            | not_where_it_came_from
    clerk: offer H2 B/b A X1*10 purpose=sent_back
    officer: exchange H2 A/a X1+
    officer: offer H3 A/a B X1*10
    clerk: exchange H3 B/b X1+
    clerk: offer H4 B/b A X1*10 purpose=sent_back
    officer: exchange H4 A/a X1+
    officer: offer H5 A/a B X1*10
    clerk: exchange H5 B/b X1+
    clerk: offer H6 B/b A X1*10 purpose=sent_back            | sent_back_twice
    clerk: offer H6 B/b A X1*10 purpose=returned_to_prosecution
";

const CORRECTING: &str = "
    keeper: move X1*4@s1>s2                             # entry 4, the wrong one
    keeper: declare_error 4 reason=                     | reason_missing
    keeper: declare_error 9                             | entry_unknown
    keeper: declare_error 4 id=another                  | entry_unknown
    keeper: declare_error 4                             # entry 5
    keeper: declare_error 4                             | error_already_declared
    head: approve P1 correct for=5 X1*4@s2>s3        # entry 6
    head: approve P2 correct X2*1
    keeper: correct 5 P1                                | entry_is_empty
    keeper: correct 4 P1 X1*4@s2>s3                     | declaration_unknown
    keeper: correct 5 P2 X2*1@s1>s3                     | not_part_of_the_error
    keeper: correct 5 P1 X1*4@A/a>A/a                   | same_account
    keeper: correct 5 P1 X1*0@A/a>A/b                   | quantity_not_positive
    keeper: correct 5 P1 X1*4@A/a>B/b                   | duty_needs_handover
    keeper: correct 5 P1 X1*4@s2>s3 X1*4@A/a>closed     | books_would_disagree
    keeper: correct 5 P1 X1*4@A/a>A/b                   | books_would_disagree  # two cases would answer
    keeper: correct 5 P1 X1*4@s2>s3
    keeper: correct 5 P1 X1*4@s3>s2                     | approval_used
    head: approve P3 correct X1*4
    keeper: correct 5 P3 X1*4@s3>s2                     | already_corrected
    keeper: declare_error 1
    head: approve P4 correct for=10 X1*10@A/a>A/b
    keeper: correct 10 P4 X1*10@A/a>A/b                 # another case of the same unit
    officer: offer H1 A/b B X1*10
";

/// Entry 1 seized X1, X2, G1 and M1; entry 3 received all but the money. Labels are called as the things.
const WORDS: &str = "
    officer: declare_error 1                                                        # 4
    head: approve P1 correct for=4 to_name=X1:手机:手机
    keeper: correct 4 P1 to_name=X1:手机:手机                                       | nothing_corrected
    head: approve P2 correct for=4 to_name=X1:电话:平板
    keeper: correct 4 P2 to_name=X1:电话:平板                                       | description_changed
    head: approve P3 correct for=4 to_name=X1:手机:
    keeper: correct 4 P3 to_name=X1:手机:                                           | item_not_described
    head: approve P4 correct for=4 to_category=X1:general:weapon
    keeper: correct 4 P4 to_category=X1:general:weapon                              | photograph_missing
    head: approve P5 correct for=4 to_features=X1::IMEI-2
    keeper: correct 4 P5 to_features=X1::IMEI-2                                     | photograph_missing
    head: approve P6 correct for=4 to_quantity=X1:s1:11
    keeper: correct 4 P6 to_quantity=X1:s1:11                                       | photograph_missing
    head: approve P7 correct for=4 to_quantity=X1:s1:11 of=9 photo=ab
    keeper: correct 4 P7 to_quantity=X1:s1:11 of=9 photo=ab                         | description_changed
    head: approve P8 correct for=4 to_quantity=X1:consumed:11 photo=ab
    keeper: correct 4 P8 to_quantity=X1:consumed:11 photo=ab                        | not_there
    head: approve P9 correct for=4 to_quantity=X1:s2:9 photo=ab
    keeper: correct 4 P9 to_quantity=X1:s2:9 photo=ab                               | not_there
    head: approve PA correct for=4 to_quantity=X1:s1:0 photo=ab
    keeper: correct 4 PA to_quantity=X1:s1:0 photo=ab                               | quantity_not_positive
    head: approve PB correct for=4 to_label=X1:X1:X2 photo=ab
    keeper: correct 4 PB to_label=X1:X1:X2 photo=ab                                 | label_of_another
    head: approve PC correct for=4 to_name=X1:手机:平板,X1:手机:电脑
    keeper: correct 4 PC to_name=X1:手机:平板,X1:手机:电脑                          | line_repeated
    head: approve PD correct for=4 to_name=X1:手机:平板
    keeper: correct 4 PD to_name=X1:手机:电脑                                       | approval_of_other_postings
    keeper: correct 4 PD to_name=X2:手机:平板                                       | approval_does_not_cover
    officer: offer H1 A/a B X1*10
    keeper: correct 4 PD to_name=X1:手机:平板                                       | item_on_offer
    officer: withdraw H1
    keeper: correct 4 PD to_name=X1:手机:平板
    keeper: receive M1*100000>s2 label=X1                                           | label_of_another
    keeper: receive M1*100000>s2
";

/// Slots t1 and t2 are unit B's, of another agency; u1 is unit C's, of the own agency.
const OF_OTHERS: &str = "
    keeper: move X1*1@s1>t1                             | not_the_keeper
    keeper: move X1*1@s1>s2 unit=B                      | not_the_keeper
    keeper: receive M1*100000>u1                        | not_the_keeper
    keeper: dispatch L X1*1@s1 unit=C                   | not_the_keeper
    keeper: split G1*5000@s2 G2*5000>t1                 | not_the_keeper
    keeper: dispatch L X1*2@s1                          # entry 4
    keeper: arrive L X1*2>t1 unit=B                     | not_the_keeper
    head: approve P1 check_out X2*3 unit=B
    keeper: check_out P1 X2*3@s1                        | approval_of_another_agency
    head: approve P2 check_out X2*3 unit=C
    keeper: check_out P2 X2*3@s1                        # of the same agency
    keeper: return X2*3>t1 unit=B                       | not_the_keeper
    keeper: declare_error 4
    head: approve P3 correct                            | entry_is_empty
    head: approve P4 correct for=9 X1*1@s1>t1
    head: approve P4 check_out X1*1@s1>s2               | approval_already_given
    keeper: correct 8 P4 X1*1@s1>t1                     | approval_of_other_postings
    head: approve P5 correct for=8 X1*1@s1>t1
    keeper: correct 8 P5 X1*1@s1>t1                     | consent_missing
    chief: approve P6 correct for=8 X1*1@s1>t1 unit=C
    keeper: correct 8 P5 X1*1@s1>t1 consents=P6         | consent_missing
    chief: approve P7 correct for=8 X1*1@s1>t1 unit=BB
    keeper: correct 8 P5 X1*1@s1>t1 consents=P5         | approval_used
    keeper: correct 8 P7 X1*1@s1>t1 consents=P5         | approval_of_another_agency
    keeper: correct 8 P5 X1*1@s1>t1 consents=P7
    head: approve P8 check_out X1*1
    keeper: check_out P8 X1*1@s1 borrower=li
    head: approve P9 check_out X1*1
    keeper: check_out P9 X1*1@t1 borrower=li unit=B     | lent_by_another_unit
    officer: raise D1 long=1000
    officer: raise D2 long=1001                         | text_too_long
    officer: raise D2 papers=2000                       | entry_too_long
";

/// How keys enter, are replaced and end.
const KEYS: &str = "
    officer: register K1 possession=KB              | key_not_proven
    officer: register K1 called=B                   | key_not_proven       # whose it is was signed too
    other: register K1                              | key_of_another_person
    officer: register K1 unit=B                     | key_of_another_person
    officer: register K1 id=KB                      | key_not_proven
    officer: register K1 suite=ed25519              | key_not_proven
    officer: register K2                            | key_not_consented    # follows a key that nobody knows
    officer: register K1
    officer: register K1                            | key_already_registered
    officer: register K2                            | key_not_consented    # K1 is not in force yet
    officer: register K3
    head: confirm K9                                | key_unknown
    officer: confirm K1                             | registrar_confirms
    head: confirm K1 print=K3                       | fingerprint_differs
    head: confirm K1
    head: confirm K1                                | key_already_confirmed
    head: confirm K3                                | key_not_consented    # the agency has a key now
    officer: register K4                            | key_not_consented    # K3 only waits
    clerk: register KB unit=B agency=A              | key_not_consented    # a second key without the first
    clerk: register KB unit=B
    other: confirm KB unit=B
    officer: register KC                            | key_not_consented    # signed by another agency's key
    officer: register K2
    officer: offer H1 A/a B X1*10 sign=K1           # both are in force
    officer: withdraw H1
    officer: offer H2 A/a B X1*10 sign=K2
    officer: withdraw H2
    other: register K5
    officer: offer H3 A/a B X1*10 sign=K5           | key_of_another_person  # a colleague's
    officer: offer H3 A/a B X1*10 sign=KB           | key_not_in_force     # of another unit
    officer: offer H3 A/a B X1*10 sign=K3           | key_not_in_force     # only waits
    head: revoke K1 reason=                         | reason_missing
    head: revoke K1
    head: revoke K1                                 | key_revoked
    head: confirm K1                                | key_revoked
    head: revoke K9                                 | key_unknown
    officer: offer H3 A/a B X1*10 sign=K1           | key_not_in_force
    officer: register K1                            | key_already_registered
    head: revoke K2
    head: revoke K5
    head: confirm K3                                # none is in force: two people begin anew
    officer: offer H3 A/a B X1*10 sign=K3
";

/// How the city adopts rules. The first entry of the day is number 1.
const RULES: &str = "
    officer: adopt_rules text=                      | entry_is_empty
    officer: adopt_rules reason=                    | reason_missing
    officer: adopt_rules digest=00                  | rules_differ
    officer: adopt_rules day=2026-01-05             | rules_begin_in_the_past   # today has begun
    officer: adopt_rules day=2026-01-06
    head: confirm_rules 2                           | rules_unknown
    head: confirm_rules 1 text=another              | rules_differ
    officer: confirm_rules 1                        | adopter_confirms
    head: confirm_rules 1
    head: confirm_rules 1                           | rules_already_confirmed
    officer: adopt_rules day=2026-01-06
    wait 24
    head: confirm_rules 3                           | rules_begin_in_the_past   # nobody confirmed it in time
";

#[test]
fn every_refusal_is_met_and_every_row_is_answered_as_it_says() {
    let mut met = BTreeSet::new();
    let days = [
        COMING_IN,
        MOVING,
        LENDING,
        ITEMISING,
        SPLITTING,
        LABELS,
        DISPOSALS,
        LOSSES,
        HANDING_OVER,
        SENT_BACK,
        ENDING,
        CORRECTING,
        WORDS,
        OF_OTHERS,
        KEYS,
        ROSTER,
        PLACES,
    ];
    for rows in days {
        let mut day = Day::after(OPENING);
        day.go_on(rows);
        met.append(&mut day.met);
    }
    let mut day = Day::after("");
    day.go_on(RULES);
    met.append(&mut day.met);
    let never: Vec<_> = RefusalReason::ALL.iter().filter(|reason| !met.contains(reason)).collect();
    assert_eq!(never, [] as [&RefusalReason; 0], "no row of the tables meets these");
}
