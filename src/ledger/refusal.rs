//! Every no of the ledger: a stable name, a fixed order, a sentence and a remedy, in both languages. An entry that is
//! wrong in several ways is answered by the earliest of [`RefusalReason::ALL`].

use crate::{id::ItemId, language::Language};

/// Why an entry was refused, and about which item. Nothing was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: RefusalReason,
    pub item: Option<ItemId>,
    /// The item's number, where it is known.
    pub number: Option<String>,
}

impl From<RefusalReason> for Refusal {
    fn from(reason: RefusalReason) -> Refusal {
        Refusal { reason, item: None, number: None }
    }
}

impl Refusal {
    /// One sentence: which item, what is wrong.
    pub fn sentence(&self, language: Language) -> String {
        let sentence = self.reason.sentence(language);
        match &self.number {
            Some(number) => language.pick(format!("{number}：{sentence}"), format!("{number}: {sentence}")),
            None => sentence.to_owned(),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence(Language::En))
    }
}

impl std::error::Error for Refusal {}

macro_rules! refusals {
    ($($name:ident $code:literal $zh:literal $zh_remedy:literal $en:literal $en_remedy:literal)*) => {
        /// The names of all refusals, in their order of precedence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RefusalReason {
            $(#[doc = $en] $name,)*
        }

        impl RefusalReason {
            /// In order of precedence.
            pub const ALL: &[RefusalReason] = &[$(RefusalReason::$name),*];

            /// The stable code that pages, API and tests use.
            pub fn code(self) -> &'static str {
                match self {
                    $(RefusalReason::$name => $code,)*
                }
            }

            /// What is wrong, in one sentence.
            pub fn sentence(self, language: Language) -> &'static str {
                match self {
                    $(RefusalReason::$name => language.pick($zh, $en),)*
                }
            }

            /// What to do about it.
            pub fn remedy(self, language: Language) -> &'static str {
                match self {
                    $(RefusalReason::$name => language.pick($zh_remedy, $en_remedy),)*
                }
            }
        }
    };
}

refusals! {
    EntryIsEmpty "entry_is_empty"
        "没有任何一行财物。" "请至少选择一件财物。"
        "There is no line in it." "Choose at least one item."
    HappenedInTheFuture "happened_in_the_future"
        "发生时间晚于现在。" "请核对工位电脑的时钟，再试一次。"
        "It is said to have happened in the future." "Check the clock of the station's PC and try again."
    PaperMissing "paper_missing"
        "缺少法律文书。" "请填写文书种类和文号。"
        "The legal paper is missing." "Give the kind and number of the paper."
    ReasonMissing "reason_missing"
        "没有写明原因。" "请写明原因。"
        "No reason is given." "Write the reason."
    ItemNotDescribed "item_not_described"
        "财物没有编号或名称。" "请填写编号和名称。"
        "An item has no number or no name." "Give its number and its name."
    LabelMissing "label_missing"
        "标签没有回扫。" "请打印标签、贴好，再扫描一次。"
        "The label has not been scanned back." "Print the label, stick it on and scan it."
    LineRepeated "line_repeated"
        "同一件财物在单中出现两次。" "请删去重复的一行。"
        "The same item stands in it twice." "Remove the second line."
    QuantityNotPositive "quantity_not_positive"
        "数量必须大于零。" "请核对数量。"
        "The quantity must be more than zero." "Check the quantity."
    QuantityTooLarge "quantity_too_large"
        "数量过大，无法准确记录。" "请核对数量和单位。"
        "The quantity is too large to be recorded exactly." "Check the quantity and its unit."
    NotRecordable "not_recordable"
        "含有无法准确记录的数字、时间或字符。" "请核对时间和数字，删去不可见的字符。"
        "It holds a number, a time or a character that cannot be recorded exactly."
        "Check times and numbers, and remove invisible characters."
    ItemAlreadyExists "item_already_exists"
        "该财物编号已经登记过。" "请打开该财物核对，不要重复登记。"
        "This item is already in the ledger." "Open it and compare; do not record it twice."
    ItemUnknown "item_unknown"
        "账上没有这件财物。" "请核对编号，或先登记扣押清单。"
        "The ledger has no such item." "Check the number, or record the seizure list first."
    ItemIsClosed "item_is_closed"
        "该财物已经处置完毕，不能再变动。" "如处置有误，请作更正声明并报批。"
        "This item has reached its final outcome; it cannot move any more."
        "If the outcome is wrong, declare the error and ask for approval."
    SameAccount "same_account"
        "转出与转入是同一处。" "请选择另一个库位。"
        "It would move from a place to the same place." "Choose another place."
    NotThere "not_there"
        "该财物（或这么多数量）不在所说的地方。" "请打开该财物，看它现在在哪里。"
        "The item, or that much of it, is not where it is said to be." "Open the item to see where it is now."
    ItemOnOffer "item_on_offer"
        "该财物正在换押中，尚未了结。" "请先完成或撤回换押。"
        "The item is on offer in a handover that has not ended." "Conclude or withdraw the handover first."
    NotResponsible "not_responsible"
        "移交方现在不是该财物的责任单位。" "请核对案件；责任可能已经转移。"
        "The giver does not answer for this item now." "Check the case; duty may have passed on already."
    PartOfAnItem "part_of_an_item"
        "只移交了一件财物的一部分。" "请先拆分，再移交其中一份。"
        "Only part of the item is offered." "Split the item first, then hand over one part."
    NotCounted "not_counted"
        "该行不是按件数登记的，不能逐件登记，没有记账。" "请整行入库，或入库后再拆分。"
        "The line is not counted in pieces and cannot be itemised; nothing was recorded."
        "Receive the line as a whole, or split it afterwards."
    LineDoesNotMatch "line_does_not_match"
        "清单上的编号或计量单位与账上不符。" "请重新生成移交清单，再签章。"
        "The number or the measure on the list is not the ledger's." "Make the list again, then sign it."
    SaysOtherwise "says_otherwise"
        "清单上写的名称、特征、单位或封签，不是账上现在的记载，没有登记。" "请按账上现在的记载重新生成清单，再签章；记载有误的，先更正。"
        "What the list says of an item (name, features, count word or seal) is not what the ledger says now; nothing was recorded."
        "Make the list again and sign that; if the ledger is wrong, correct it first."
    CalledOtherwise "called_otherwise"
        "所写的机关、部门名称与登记的不符，没有登记。" "请按登记的名称重新生成，再签章。"
        "A unit is called by another name than it is registered by; nothing was recorded."
        "Make it again with the registered name, then sign."
    SameParty "same_party"
        "移交方与接收方相同。" "请选择另一个单位。"
        "Giver and receiver are the same." "Choose another unit."
    NotWhereItCameFrom "not_where_it_came_from"
        "案件只能退回移送来的机关，没有登记。" "请选择移送本案来的单位。"
        "A case goes back only to the agency that it came from; nothing was recorded." "Choose the unit that handed this case over."
    SentBackTwice "sent_back_twice"
        "本案已两次退回补充侦查，不能第三次退回（刑事诉讼法第175条），没有登记。" "仍认为证据不足的，依法作出决定；已移送的财物仍由本单位负责。"
        "The case was sent back for supplementary investigation twice and cannot be a third time (CPL §175); nothing was recorded."
        "Decide the case as the law has it; your unit still answers for its things."
    OfferAlreadyMade "offer_already_made"
        "该换押已经发起。" "请打开换押查看进展。"
        "This handover has already been offered." "Open it to see how it stands."
    OfferUnknown "offer_unknown"
        "账上没有这次换押。" "请从换押列表中重新打开。"
        "The ledger has no such handover." "Open it again from the list of handovers."
    OfferClosed "offer_closed"
        "该换押已经了结。" "如需再次换押，请另行发起。"
        "This handover has already ended." "To hand over again, make a new offer."
    OfferExpired "offer_expired"
        "该换押已经过期。" "请移交方重新发起。"
        "This offer has expired." "Ask the giver to make a new offer."
    OfferNotExpired "offer_not_expired"
        "该换押尚未到期。" "如不再换押，请由移交方撤回。"
        "This offer has not expired yet." "If it shall not go on, the giver withdraws it."
    AnswersDoNotMatch "answers_do_not_match"
        "逐行答复与移交清单不一致。" "请对清单上的每一行作出答复。"
        "The answers do not match the lines on offer." "Answer each line of the list, once."
    OfferChanged "offer_changed"
        "所答复的不是移交方签署的那份清单。" "请重新打开移交，逐行核对后再签。"
        "What is answered is not the list that the giver signed." "Open the handover again, inspect and sign."
    SignatureMissing "signature_missing"
        "缺少签章。" "请在本单位的工位上签章。"
        "A signature is missing." "Sign at your agency's station."
    SignatureDoesNotFit "signature_does_not_fit"
        "签章与所签内容不符。" "请重新签章；如再次出现，请联系管理员。"
        "The signature does not fit what was signed." "Sign again; if it happens twice, call the administrator."
    KeyNotInForce "key_not_in_force"
        "签章所用的密钥没有登记为本单位人员的有效公钥，没有记账。" "请签章人登记自己的公钥并由本机关确认，或改用有效的密钥签章。"
        "The key it was signed with is not in force for the unit; nothing was recorded."
        "The signer registers a key of their own and has the agency confirm it, or signs with one that is in force."
    KeyOfAnotherPerson "key_of_another_person"
        "这把密钥是另一人或另一部门的，没有记账。" "请用本人在本部门登记的密钥；没有时请先生成并登记自己的密钥。"
        "The key is another person's, or was made for another unit; nothing was recorded."
        "Use the key that you have registered for your unit; without one, make and register your own."
    ReceiverIsGiver "receiver_is_giver"
        "接收人就是移交人。" "请由接收单位的另一人接收。"
        "The person who receives is the person who gives." "Another person of the receiving unit must sign."
    CustodianSeizedIt "custodian_seized_it"
        "扣押该财物的民警不能自己入库。" "请由保管员入库（办案与保管相分离）。"
        "The officer who seized the item cannot receive it." "A custodian must receive it (handling and keeping are separate)."
    CustodianDelivers "custodian_delivers"
        "送交人与保管员是同一人。" "请由另一名保管员办理。"
        "The person delivering and the custodian are the same." "Another custodian must act."
    SecondPersonIsTheCustodian "second_person_is_the_custodian"
        "在场的第二人不能是保管员本人。" "请由另一人在场并确认。"
        "The second person cannot be the custodian." "Somebody else must be there and say so."
    DenominationsDiffer "denominations_differ"
        "各券别相加与实到金额不一致，没有记账。" "请重新清点，改正券别或实到金额。"
        "The face values do not add up to what came; nothing was recorded." "Count again and correct the face values, or what came."
    ReceiptUnknown "receipt_unknown"
        "所列的收件分录不存在、不含这件财物，或不是这名送交人送到本单位的。" "请刷新窗口页面，按页面所列重新结单。"
        "The receipt named does not exist, is not of this thing, or is not of what this officer brought to this unit."
        "Read the counter's page again and conclude what it lists."
    ReceiptDelivered "receipt_delivered"
        "这件财物的收件已列入另一张入库单。" "请打印那一张，或刷新页面。"
        "This receipt stands on the paper of another delivery already." "Print that one, or read the page again."
    MissingDiffers "missing_differs"
        "所列的未到数量与账面的应交未交不符，没有记账。" "请刷新窗口页面，再结单。"
        "What is said to be missing is not what the ledger has as owed; nothing was recorded."
        "Read the counter's page again, then conclude."
    CustodianIsApprover "custodian_is_approver"
        "经办人不能是审批人。" "请由另一名保管员办理。"
        "The one who acts cannot be the one who approved." "Another custodian must act."
    CustodianIsRequester "custodian_is_requester"
        "经办人不能是申请人。" "请由另一名保管员办理。"
        "The one who acts cannot be the one who asked." "Another custodian must act."
    RequesterApproves "requester_approves"
        "申请人不能审批自己的申请。" "请由有权的负责人审批。"
        "Nobody approves what they asked for." "The person in charge must approve."
    ApprovalAlreadyGiven "approval_already_given"
        "该审批已经登记。" "请打开审批查看。"
        "This approval is already recorded." "Open it to see what it covers."
    ApprovalUnknown "approval_unknown"
        "没有相应的审批。" "请先报批。"
        "There is no such approval." "Ask for approval first."
    ApprovalUsed "approval_used"
        "该审批已经用过，一次审批只能使用一次。" "请重新报批。"
        "This approval has been used; an approval works once." "Ask for a new one."
    ApprovalExpired "approval_expired"
        "该审批已经过期。" "请重新报批。"
        "This approval has expired." "Ask for a new one."
    ApprovalForAnotherAct "approval_for_another_act"
        "该审批批准的是另一种事项。" "请选用相应的审批。"
        "This approval is for another act." "Use the approval for this act."
    ApprovalDoesNotCover "approval_does_not_cover"
        "该审批没有包括这些财物或数量。" "请按审批的财物和数量办理，或重新报批。"
        "This approval does not cover exactly these items and quantities." "Act on what was approved, or ask again."
    DueBeforeStart "due_before_start"
        "归还期限早于借出时间。" "请核对归还期限。"
        "It would be due before it is taken." "Check the due time."
    ChildrenDoNotAddUp "children_do_not_add_up"
        "各份之和加损耗不等于原数量。" "请重新称量、清点各份。"
        "The parts and the loss do not add up to the whole." "Weigh or count the parts again."
    NotMoney "not_money"
        "只有货币可以缴存账户。" "请核对所选财物。"
        "Only money can be deposited." "Check the items chosen."
    DifferenceMissing "difference_missing"
        "有短少、损坏或拒收，却没有登记差异。" "请写明原因并登记差异。"
        "Something is short, damaged or refused without a difference." "Write the reason and raise the difference."
    DifferenceAlreadyRaised "difference_already_raised"
        "该差异已经登记。" "请打开差异查看进展。"
        "This difference is already raised." "Open it to see how it stands."
    DifferenceUnknown "difference_unknown"
        "账上没有这项差异。" "请从差异列表中重新打开。"
        "The ledger has no such difference." "Open it again from the list."
    DifferenceSettled "difference_settled"
        "该差异已经了结。" "如有新情况，请另行登记。"
        "This difference is already settled." "If something is new, raise another."
    CauseMissing "cause_missing"
        "没有选择差异的原因。" "请选择查明的原因。"
        "No cause of the difference is given." "Choose what was found out."
    SettlementNotShown "settlement_not_shown"
        "没有写明据以了结的分录，或那条分录不是登记差异之后关于这件财物的。" "请填写找到、补交、更正或申报灭失的分录号；未找到的，请先申报灭失。"
        "No entry shows how it was settled, or the one named is not about this thing and later than the difference."
        "Give the number of the entry by which it was seen again, handed in, corrected or declared lost; what is not found is declared lost first."
    EvidenceMissing "evidence_missing"
        "只有说明，没有凭据。" "请填写情况说明等文书的文号，或据以了结的分录号。"
        "It is explained in words alone." "Give the number of the paper that explains it, or of the entry that shows it."
    SettledByWhoBroughtIt "settled_by_who_brought_it"
        "送交这件财物的人不能了结由此登记的差异。" "请由本单位另一人查明并了结。"
        "Whoever brought the thing does not settle the difference that was found then." "Another person of the unit must look into it and settle it."
    CountAlreadyStated "count_already_stated"
        "该次盘点已有结论。" "请打开盘点表查看，或另行盘点。"
        "This count already has its statement." "Open it, or count again."
    CountDoesNotAddUp "count_does_not_add_up"
        "盘点各项之和与应有数不符。" "请重新计算盘点结果。"
        "The outcomes of the count do not add up to what was expected." "Work the count out again."
    EntryUnknown "entry_unknown"
        "账上没有这条分录。" "请核对分录号。"
        "The ledger has no such entry." "Check the entry number."
    ErrorAlreadyDeclared "error_already_declared"
        "这条分录已经声明有误。" "请打开该声明查看更正。"
        "This entry has already been declared wrong." "Open the declaration to see its correction."
    DeclarationUnknown "declaration_unknown"
        "没有相应的更正声明。" "请先声明哪条分录有误。"
        "There is no such declaration of error." "First declare which entry is wrong."
    AlreadyCorrected "already_corrected"
        "该声明已经更正过。" "如更正有误，请对更正分录再作声明。"
        "This declaration has already been corrected." "If the correction is wrong, declare that entry."
    NotPartOfTheError "not_part_of_the_error"
        "更正涉及了原分录以外的财物。" "请只更正原分录中的财物。"
        "The correction touches an item that the wrong entry did not." "Correct only the items of the wrong entry."
    DutyNeedsHandover "duty_needs_handover"
        "更正不能把责任转给另一个单位。" "请通过移交转移责任，由双方签章。"
        "A correction cannot give the duty to another unit." "Make a handover, which both sides sign."
    KeyUnknown "key_unknown"
        "账上没有这把公钥。" "请用 hufu key list 核对编号。"
        "The ledger has no such key." "Look its id up in the list of keys."
    KeyRevoked "key_revoked"
        "这把公钥已经注销。" "请改用有效的公钥；没有时请登记新的公钥。"
        "This key has been revoked." "Use a key that is in force; without one, register a new one."
    KeyAlreadyConfirmed "key_already_confirmed"
        "这把公钥已经生效，无须再确认。" "请用 hufu key list 核对。"
        "This key is in force already." "Look at the list of keys."
    FingerprintDiffers "fingerprint_differs"
        "指纹与登记的公钥不符，没有确认。" "请照工位上打印的指纹逐组核对；仍不相符，请注销这次登记并查明原因。"
        "The fingerprint is not that of the registered key; nothing was confirmed."
        "Compare it group by group with what the station printed; if it still differs, revoke the key and find out why."
    RegistrarConfirms "registrar_confirms"
        "登记公钥的人不能自己确认。" "请由本机关的另一名审批人员核对指纹后确认。"
        "Whoever registered the key cannot confirm it." "Another approver of the agency must compare the fingerprint and confirm it."
    KeyNotProven "key_not_proven"
        "没有证明持有该公钥的私钥，或公钥、机关、部门、持有人与证明不符，没有登记。"
        "请重新运行 hufu-station key new，并核对机关、部门和持有人的名称。"
        "It is not proven that the private half is at hand, or key, agency, unit and holder are not those that were signed; nothing was registered."
        "Run hufu-station key new again, with the names of agency, unit and holder."
    KeyAlreadyRegistered "key_already_registered"
        "这把公钥已经登记过；注销的公钥不能再用。" "请用 hufu key list 核对；需要新公钥时请重新生成。"
        "This key was registered before; a revoked key never comes back." "Look at the list of keys; make a new key if one is needed."
    HolderMayNotSign "holder_may_not_sign"
        "持有人现在不是该部门有权签章的在册人员，没有登记。" "请先由管理员任用到该部门，给予民警、案管或审批岗位。"
        "The holder is not on the roster of that unit in a role that signs; nothing was registered."
        "An administrator appoints them to the unit first, as officer, clerk or approver."
    KeyNotConsented "key_not_consented"
        "该机关已有有效公钥，新公钥没有由其中一把签署，没有生效。" "请持有有效密钥的同事核对指纹后签署：hufu-station key consent。"
        "The agency has a key in force and none of these has signed the new one; it is not in force."
        "A colleague with a key in force compares the fingerprint and signs it: hufu-station key consent."
    NotAnAdministrator "not_an_administrator"
        "经办人不是在任的管理员，没有登记。" "请由管理员办理，或在服务器本机上用 hufu 命令办理。"
        "Whoever did it is no administrator in office; nothing was recorded."
        "An administrator must do it, or a command at the server's machine."
    TakenOverTooLate "taken_over_too_late"
        "已有新的登记，不能再照录从前的情况。" "请作为新的登记办理。"
        "Something new has been registered already; nothing more is taken over from before." "Register it as new."
    NameMissing "name_missing"
        "名称为空，或含有换行等不可见字符。" "请填写一行可读的名称。"
        "A name is empty or holds line breaks or invisible characters." "Give a name of one readable line."
    AgencyDiffers "agency_differs"
        "该机关的名称或性质与已登记的不符。" "请照已登记的机关填写，或换一个名称。"
        "The agency is registered by another name or kind, or the name is another agency's."
        "Write the agency as it is registered, or choose another name."
    UnitAlreadyRegistered "unit_already_registered"
        "该机关已有同名部门。" "请直接使用已有的部门，或换一个名称。"
        "The agency has a unit of this name already." "Use the one there is, or choose another name."
    UnitUnknown "unit_unknown"
        "没有登记这个部门。" "请先登记部门，或核对名称。"
        "No such unit is registered." "Register the unit first, or check its name."
    PersonUnknown "person_unknown"
        "没有登记这个人员。" "请在“名册”中核对，或用 hufu user list。"
        "No such person is registered." "Look the login up in the roster, or with `hufu user list`."
    LoginTaken "login_taken"
        "这个账号已经有人使用，没有登记。" "请换一个账号；关闭的账号也不能给别人。"
        "This login is taken; nothing was recorded." "Choose another; a closed one is not given to somebody else either."
    RolesDoNotFit "roles_do_not_fit"
        "岗位不合规定：审计不得兼任其他岗位，关闭的账号没有岗位。" "请为审计单独设人；重新启用账号时再给岗位。"
        "The roles do not fit: an auditor has no other role, and a closed account has none."
        "Name another person for the other role; give roles when the account is opened again."
    AppointsThemselves "appoints_themselves"
        "管理员不能变更自己的岗位、部门或账号。" "请由另一名管理员办理，或在服务器本机上办理。"
        "Nobody changes their own unit, roles or account." "Another administrator must do it, or a command at the server's machine."
    NothingChanges "nothing_changes"
        "与现在登记的完全相同，没有登记。" "请核对要变更的内容。"
        "This is how it stands already; nothing was recorded." "Check what shall be changed."
    AccountClosed "account_closed"
        "该账号已经关闭，没有重置口令。" "如需再用，请先在“名册”中重新启用，或用 hufu user reopen。"
        "The account is closed; its password was not reset." "Open it again first: in the roster, or with hufu user reopen."
    StationNameTaken "station_name_taken"
        "已有同名的工位。" "请换一个名称。"
        "There is a station of this name." "Choose another name."
    StationKeyDoesNotFit "station_key_does_not_fit"
        "工位的设备密钥无法读懂，或停用的工位还带着密钥。" "请重新登记工位：在“名册”的工位页发放登记码，或用 hufu station invite。"
        "The station's key cannot be read, or a closed station has one." "Enrol the station again: a code from its page in the roster, or hufu station invite."
    StoreUnknown "store_unknown"
        "没有登记这个库。" "请先登记库，或核对所选的库。"
        "No such store is registered." "Register the store first, or check which one was chosen."
    StoreNameTaken "store_name_taken"
        "已有同名的库，没有登记。" "请换一个名称；停用的库也保留名称。"
        "There is a store of this name; nothing was recorded." "Choose another name; a closed store keeps its own."
    StoreClosed "store_closed"
        "这个库已经停用，没有登记库位。" "请先在“库”页面重新启用这个库，再登记库位。"
        "The store is closed; no slot was registered." "Open the store again on its page first."
    StoreHasKept "store_has_kept"
        "库内存放过财物，保管部门和种类不能再改。" "请新登记一个库，把财物移过去，再停用这个库。"
        "Things have lain in the store; it keeps its unit and kind." "Register another store, move the things there, then close this one."
    SlotNameTaken "slot_name_taken"
        "这个库里已有同名的库位，没有登记。" "请换一个名称，或从下一个号码开始；停用的库位也保留名称。"
        "The store has a slot of this name; nothing was recorded."
        "Choose another name, or begin with the next number; a closed slot keeps its own."
    SlotCodeTaken "slot_code_taken"
        "库位的标签代码已给过另一个库位，没有登记。" "请再办理一次，由系统给出新的代码；代码从不重复使用。"
        "The code is another slot's; nothing was recorded." "Do it again, so that new codes are given; no code is used twice."
    SlotCodeStays "slot_code_stays"
        "库位不能换库，也不能换标签代码，没有登记。" "请停用这个库位，另行登记新的库位。"
        "A slot keeps its store and the code of its label; nothing was recorded." "Close this slot and register a new one."
    StillLiesThere "still_lies_there"
        "里面还有财物，没有停用。" "请先把财物移走，或等在途、在账的财物了结，再停用。"
        "Something still lies there; it was not closed." "Move the things elsewhere first, then close it."
    CapacityTooSmall "capacity_too_small"
        "容量小于现在存放的件数，或为负数，没有登记。" "请填写不小于现存件数的容量（0 表示不限），或先移走一部分。"
        "The capacity is less than what lies there, or negative; nothing was recorded."
        "Give at least as many as lie there (0 sets no bound), or move some elsewhere first."
    PlaceClosed "place_closed"
        "目标库或库位已经停用，没有放入。" "请放到启用的库位，或由管理员重新启用。"
        "The store or slot is closed; nothing was laid there." "Choose one that is open, or let an administrator open it again."
    RulesUnknown "rules_unknown"
        "没有这一次规则采用。" "请在“规则”页面或用 hufu rules show 核对分录号。"
        "No rules were adopted by that entry." "Look at the page Rules, or at hufu rules show, for the entry's number."
    RulesDiffer "rules_differ"
        "规则文件与摘要不符，没有办理。" "请核对所读的是不是这份文件。"
        "The rules are not those of the digest; nothing was done." "Compare whether the file that was read is this one."
    RulesAlreadyConfirmed "rules_already_confirmed"
        "这份规则已经确认。" "无须再确认；请在“规则”页面核对生效日。"
        "These rules were confirmed before." "Nothing more is needed; the page Rules says from when they hold."
    RulesBeginInThePast "rules_begin_in_the_past"
        "规则只能从以后的某一天零时起施行，没有办理。" "请把施行日改为明天或以后，重新采用。"
        "Rules hold from the midnight of a day to come; nothing was done." "Adopt them again from tomorrow on, or a later day."
    AdopterConfirms "adopter_confirms"
        "提出规则的人不能自己确认。" "请由另一名审批人员核对后确认。"
        "Whoever adopted the rules cannot confirm them." "Another person, an approver, must read and confirm them."
    BooksWouldDisagree "books_would_disagree"
        "更正后实物账与责任账将不一致。" "请同时更正两本账。"
        "After this the two books would disagree." "Correct both books together."
    NotTheKeeper "not_the_keeper"
        "财物现由另一个单位保管，本单位不能变动。" "请由保管单位办理；记错的，请声明更正并取得对方同意。"
        "Another unit keeps it; yours cannot move it."
        "The unit that keeps it must act; if the ledger is wrong, declare the error and obtain their consent."
    ApprovalOfAnotherAgency "approval_of_another_agency"
        "审批人不是责任机关的审批人。" "请由责任机关自己的审批人审批。"
        "The approver is not of the agency that answers for it." "Ask an approver of the agency that answers for it."
    ApprovalOfOtherPostings "approval_of_other_postings"
        "审批的不是这几笔更正。" "请按已批准的内容登记，或重新报批。"
        "What was approved is not exactly this correction." "Record what was approved, or ask for a new approval."
    LentByAnotherUnit "lent_by_another_unit"
        "该借用人已从另一个单位借有同一财物。" "请先归还给原借出单位，或由另一人借用。"
        "The borrower already has some of this item on loan from another unit."
        "Let it be returned to that unit first, or lend it to somebody else."
    ConsentMissing "consent_missing"
        "更正涉及另一个单位保管或负责的财物，尚未取得其同意。" "请由该单位的审批人同意后再登记。"
        "It corrects what another unit keeps or answers for, without its consent."
        "Record it when an approver of that unit has agreed."
    NothingCorrected "nothing_corrected"
        "更正前后的内容相同。" "请填写正确的内容。"
        "It says the same before and after the correction." "Write what it should say."
    DescriptionChanged "description_changed"
        "账上现在写的已不是要更正的内容，没有改变。" "请打开该财物核对现在的记载，再重新提出更正。"
        "The ledger no longer says what is to be corrected; nothing was changed."
        "Open the item to see what it says now, and ask again."
    PhotographMissing "photograph_missing"
        "这项更正由实物决定，没有附照片。" "请拍摄实物，把照片附在更正上。"
        "The thing itself decides this, and no photograph shows it." "Photograph the thing and add the picture to the correction."
    LabelOfAnother "label_of_another"
        "这张标签已在另一件财物上。" "两件财物的标签贴反时，请在同一次更正中一并更正；否则请换一张标签。"
        "This label is on another thing." "If two labels were crossed, correct both things together; otherwise use another label."
    TextTooLong "text_too_long"
        "有一段文字超过 1000 字。" "请缩短到 1000 字以内；需要保留的长文请作为文书存档。"
        "A text is longer than 1,000 characters." "Shorten it; keep longer texts as a paper in the file."
    EntryTooLong "entry_too_long"
        "一次登记的内容过多。" "请减少附带的文书，或分几次登记。"
        "The entry is too long to be kept." "Name fewer papers, or record it in several entries."
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_refusal_has_its_own_code_and_says_what_to_do_in_both_languages() {
        let codes: BTreeSet<&str> = RefusalReason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), RefusalReason::ALL.len());
        for reason in RefusalReason::ALL {
            assert!(
                reason.sentence(Language::Zh).ends_with('。') && reason.remedy(Language::Zh).ends_with('。')
            );
            assert!(
                reason.sentence(Language::En).ends_with('.') && reason.remedy(Language::En).ends_with('.')
            );
        }
    }
}
