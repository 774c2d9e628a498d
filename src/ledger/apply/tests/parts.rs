//! Every refusal of a line that becomes single things, of a thing that is split, and of a label that gives way to a newer copy. Each story begins with the opening of the others.

pub(super) const ITEMISING: &str = "
    officer: seize A/a Y1*3
    keeper: itemise Y1*3                                | entry_is_empty
    keeper: itemise Y1*3 T1*1 T2*1                      | children_do_not_add_up
    keeper: itemise Y1*3 T1*1 T2*1 T3*1 T4*1            | children_do_not_add_up
    keeper: itemise Y1*3 T1*1 T2*1 T2*1                 | line_repeated
    keeper: itemise Y1*3 T1*1 T2*1 T3*1 number=T1,T2,T1 | line_repeated
    keeper: itemise Y1*3 T1*1 T2*1 T3*1 number=T1,T2,Y1 | line_repeated
    keeper: itemise Y1*3 T1*1 T2*1 T3*1 number=         | item_not_described
    keeper: itemise Y1*3 T1*1 T2*1 X1*1                 | item_already_exists
    keeper: itemise Y9*3 T1*1 T2*1 T3*1                 | item_unknown
    keeper: itemise Y1*3 T1*1 T2*1 T3*1 owed=B          | not_there
    keeper: itemise X2*3 T1*1 T2*1 T3*1                 | not_there
    keeper: itemise M1*1 T1*1                           | not_counted
    keeper: itemise Y1*3 T1*1 T2*1 T3*1 from=keeper     | custodian_delivers
    keeper: itemise Y1*3 T1*1 T2*1 T3*1
    keeper: itemise Y1*3 T4*1 T5*1 T6*1                 | item_is_closed
    keeper: receive Y1*1>s1                             | item_is_closed
    keeper: receive T1*1>s1
    keeper: receive T2*1>s1 refuse=文书不符 diff=D1     # and one is still owed
    keeper: receive T3*2>s1                             | not_there
    keeper: itemise T3*1 T7*1
    keeper: receive T7*1>s1
";

pub(super) const SPLITTING: &str = "
    keeper: split G1*5000@s2                                        | entry_is_empty
    keeper: split G1*5000@s2 G2*5000>s2 reason=                     | reason_missing
    keeper: split G1*5000@s2 G2*4900>s2 lost=100 paper=             | paper_missing
    keeper: split G1*5000@s2 G2*5000>s2 number=                     | item_not_described
    keeper: split G1*5000@s2 G2*2000>s2 G2*3000>s2                  | line_repeated
    keeper: split G1*5000@s2 G2*2000>s2 G2*3000>s2 number=G2,G3     | line_repeated
    keeper: split G1*5000@s2 G2*5000>s2 number=G1                   | line_repeated
    keeper: split G1*5000@s2 G2*5001>s2 lost=-1                     | quantity_not_positive
    keeper: split G1*5000@s2 G2*5000>s2 G3*0>s2                     | quantity_not_positive
    keeper: split G1*5000@s2 G1*5000>s2                             | line_repeated
    keeper: split G1*5000@s2 G1*5000>s2 number=G9                   | item_already_exists
    keeper: split G8*5000@s2 G2*5000>s2                             | item_unknown
    keeper: split G1*5001@s2 G2*5001>s2                             | not_there
    keeper: split G1*5000@s2 G2*4000>s2                             | children_do_not_add_up
    keeper: split G1*5000@s2 G2*9007199254740991>s2                 | children_do_not_add_up
    head: approve P1 declare_loss G1*100
    keeper: split G1*5000@s2 G2*1000>s3 G3*3900>s2 lost=100         | approval_unknown
    keeper: split G1*5000@s2 G2*1000>s3 G3*3900>s2 lost=100 by=P1
    keeper: move G1*1@s2>s3                                         | item_is_closed
    keeper: split G3*900@s2 G4*900>s4
    keeper: move G3*3000@s2>s4
";

pub(super) const LABELS: &str = "
    keeper: replace_label                                           | entry_is_empty
    keeper: replace_label X1*1 reason=                              | reason_missing
    keeper: replace_label X1*1 X1*1                                 | line_repeated
    keeper: replace_label X9*1                                      | item_unknown
    keeper: replace_label X1*1 copy=1                               | no_newer_copy
    keeper: replace_label X1*1 label=X8                             | no_newer_copy
    keeper: replace_label X1*1 was=X2 label=X2                      | description_changed
    keeper: replace_label X1*1 from_copy=2 copy=3                   | description_changed
    keeper: replace_label M1*1                                      | not_there
    keeper: replace_label X1*1 unit=B                               | not_the_keeper
    keeper: replace_label X1*1
    keeper: replace_label X1*1                                      | description_changed
    keeper: replace_label X1*1 from_copy=2 copy=3
    head: approve P1 check_out X1*10
    keeper: check_out P1 X1*10@s1
    keeper: replace_label X1*1 from_copy=3 copy=4                   | not_there
";
