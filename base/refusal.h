/* refusal - why something a peer or a person did was not accepted, and what to do about it.
 *
 * The number goes over the wire and never changes its meaning; the sentences are what people see.
 * One row: code, name, stable key (JSON, CSV, audit), English, Chinese. Add at the end of a block.
 */
#ifndef TB_REFUSAL_H
#define TB_REFUSAL_H

#include "base/base.h"

/* clang-format off */
#define TB_REFUSALS(X)                                                                              \
    X(0, TB_ACCEPTED, "accepted", "accepted", "已接受") \
    /* 1..99 bytes: what a decoder found */ \
    X(1, TB_REFUSED_MALFORMED, "malformed", "The bytes do not decode; the sender's program must be corrected.", "报文无法解析,请发送方检查程序。") \
    X(2, TB_REFUSED_NOT_CANONICAL, "not_canonical", "A signed part is not in canonical form; the sender's program must be corrected.", "签名部分不是规范编码,请发送方检查程序。") \
    X(3, TB_REFUSED_TOO_LARGE, "too_large", "Larger than the documented bound; split it and send again.", "超过规定大小,请拆分后重新发送。") \
    X(4, TB_REFUSED_PROTOCOL, "protocol", "This protocol version is not spoken here; upgrade the older side.", "协议版本不受支持,请升级较旧的一方。") \
    X(5, TB_REFUSED_SUITE, "suite", "This cryptographic suite is not in use on this hub.", "本平台未启用该密码套件。") \
    X(6, TB_REFUSED_WRONG_HUB, "wrong_hub", "This belongs to another hub; check which hub the keys and documents are for.", "不属于本协同平台,请核对密钥与名录。") \
    /* 100..199 who: keys, directory, signatures */ \
    X(100, TB_REFUSED_UNKNOWN_PARTY, "unknown_party", "The directory has no such party; ask the authority to enrol it.", "单位名录中没有该单位,请向主管机关申请登记。") \
    X(101, TB_REFUSED_NOT_ACTIVE, "not_active", "This party is not active in the directory.", "该单位在名录中未启用。") \
    X(102, TB_REFUSED_UNKNOWN_KEY, "unknown_key", "The directory has no such key for this party; fetch the newest directory or enrol the key.", "名录中没有该单位的此密钥,请更新名录或登记密钥。") \
    X(103, TB_REFUSED_KEY_REVOKED, "key_revoked", "This key is revoked; the party must enrol a new key.", "密钥已吊销,请登记新密钥。") \
    X(104, TB_REFUSED_SIGNATURE, "signature", "The signature does not verify.", "签名验证不通过。") \
    X(105, TB_REFUSED_PROOF, "proof", "The Merkle path does not lead to the signed root.", "签名路径与签名根不符。") \
    X(106, TB_REFUSED_NOT_SPEAKER, "not_speaker", "The connection's key belongs to another party than the sender named.", "连接密钥与所称发送单位不一致。") \
    X(107, TB_REFUSED_KEY_RETIRED, "key_retired", "Sealed to a key the recipient has retired; seal it again to the current key.", "所用加密公钥已停用,请按现行公钥重新加密。") \
    X(108, TB_REFUSED_CANNOT_OPEN, "cannot_open", "The sealed part does not open or does not match its commitment.", "密封内容无法打开或与承诺值不符。") \
    X(109, TB_REFUSED_DIRECTORY_OLD, "directory_old", "An older directory, or another one of the same version; install the newest.", "名录版本过旧或同版本内容不同,请安装最新名录。") \
    X(110, TB_REFUSED_NOT_AUTHORITY, "not_authority", "Not signed by who may sign this kind of document.", "签署人无权签发此类文件。") \
    X(111, TB_REFUSED_KEY_CUT, "key_cut", "The cut of this agent's key was printed: acts wait as drafts until the agent is started with its new key file.", "本单位密钥的截止点已打印:在以新密钥文件启动前置程序之前,所办事项暂存为待发出。") \
    X(112, TB_REFUSED_DIRECTORY_STALE, "directory_stale", "The directory's time has passed and no newer one came: nothing is sealed to a party for the first time. Ask the authority for the newest directory.", "单位名录已过有效期且未收到新版本:不再向首次往来的单位发送报文,请向主管机关索取最新名录。") \
    X(113, TB_REFUSED_DIRECTORY_WITHHELD, "directory_withheld", "Another party acts by a newer directory and the hub has not given it to us: the hub holds it back or went back. Get it from the authority and use: tongbao directory install FILE.", "其他单位已使用更新的单位名录,而协同平台未向本单位提供:平台可能扣留或已回退。请向主管机关索取,并执行 tongbao directory install 文件。") \
    X(114, TB_REFUSED_DIRECTORY_ENDING, "directory_ending", "The directory's time is about to end; ask the authority for a newer one.", "单位名录即将过有效期,请向主管机关索取新版本。") \
    X(115, TB_REFUSED_BEYOND_CUT, "beyond_cut", "Signed with a revoked key beyond its cut: disputed and without effect. The case is frozen until it is taken over.", "该记录以已吊销的密钥在截止点之后签署,存在争议、不生效;办件已冻结,须接管后继续。") \
    X(116, TB_REFUSED_KEY_ENDING, "key_ending", "The planned end of this party's keys is near: make new keys and have them enrolled with: tongbao directory rotate.", "本单位密钥的计划停用日期将至,请生成新密钥并申请更换(tongbao directory rotate)。") \
    /* 200..299 the link: streams, sessions, shares */ \
    X(200, TB_REFUSED_GAP, "gap", "A number is missing before this one; continue behind the mark shown.", "前面有缺号,请从所示回执标记之后续发。") \
    X(201, TB_REFUSED_FORK, "fork", "The same number was used for different content; both are kept as evidence.", "同一编号出现不同内容,已留存双方证据。") \
    X(202, TB_REFUSED_OLD_INCARNATION, "old_incarnation", "A newer run of this agent has been seen; this one must not send.", "已有该单位较新的运行实例,本实例不得发送。") \
    X(203, TB_REFUSED_TWO_COPIES, "two_copies", "Two copies of this agent are running, or its store was lost; nothing is signed. Stop the other copy, then recover the one that is to go on: tongbao recover --reason TEXT.", "发现该单位前置程序有两个副本,或其存储已丢失,已停止签发;请停掉另一副本,再对继续使用的一份执行 tongbao recover --reason 理由 恢复。") \
    X(204, TB_REFUSED_SHARE_USED, "share_used", "The recipient's share for this sender is used up; it will be announced when it opens.", "发往该单位的配额已满,恢复后将另行通知。") \
    X(205, TB_REFUSED_STORE_FULL, "store_full", "The store has reached its watermark; new work is refused until what was sent has arrived and makes room. If that is not enough, the administrator starts the program again with a larger --quota.", "存储已达警戒线,暂不接受新的办理;已发报文送达后会腾出空间,仍不足的请管理员加大 --quota 后重新启动程序。") \
    X(206, TB_REFUSED_EXPIRED, "expired", "The notice's life ended before it arrived.", "报文在送达前已过有效期。") \
    X(207, TB_REFUSED_NO_SESSION, "no_session", "Hello must come first on this connection.", "须先发送 Hello 建立会话。") \
    X(208, TB_REFUSED_SUPERSEDED, "superseded", "A newer connection of the same party took over.", "同一单位的新连接已接替本连接。") \
    X(209, TB_REFUSED_MARKS_BACK, "marks_back", "This agent's store is older than what it has signed; nothing is signed until it is recovered with: tongbao recover.", "本单位存储落后于已签发的记录,已停止签发;请执行 tongbao recover 恢复。") \
    X(210, TB_REFUSED_CANNOT_APPLY, "cannot_apply", "The notice arrived but could not be applied; it is set aside.", "报文已送达但无法处理,已隔离存放。") \
    X(211, TB_REFUSED_NOTHING_TO_RECOVER, "nothing_to_recover", "This agent is not stopped; there is nothing to recover.", "本单位前置程序未停止签发,无需恢复。") \
    X(213, TB_REFUSED_RECOVERING, "recovering", "This party is recovering: the case waits until every party asked has resent what it holds, or an officer releases it with: tongbao recover --release CASE --reason TEXT.", "本单位正在恢复,该办件须等各被请单位补发完毕;确需先行办理的,由负责人执行 tongbao recover --release 办件编号 --reason 理由 放行。") \
    X(214, TB_REFUSED_NOT_RECOVERING, "not_recovering", "This party is not recovering; every case may be acted on.", "本单位未在恢复中,各办件均可办理。") \
    X(215, TB_REFUSED_PERHAPS_SENT, "perhaps_sent", "This draft is from before the store went back and may have been sent since: look whether it was (tongbao case list), and only if not, give it again.", "该草稿存于数据回退之前,可能此后已经发出:请先用 tongbao case list 核实,确未发出的再重新办理。") \
    X(220, TB_REFUSED_APPLIED_LATER, "applied_later", "It had been set aside and was applied later; it counts.", "曾隔离存放,后经重试已处理,现已生效。") \
    X(221, TB_REFUSED_DROPPED, "dropped", "It had been set aside, and the recipient's staff dropped it; send the matter again if it still applies.", "曾隔离存放,接收单位人员已将其清除;如仍需办理请重新报送。") \
    X(222, TB_REFUSED_NOT_LINKED, "not_linked", "The link to the hub is not confirmed, so nothing can be signed; try again when it is (tongbao status).", "与协同平台的连接尚未确认,暂不能签发;请待连接恢复后重试(tongbao status)。") \
    X(225, TB_REFUSED_BUNDLE_CORRUPT, "bundle_corrupt", "This is no bundle, or not a whole one; copy it again from where it was exported. Nothing was changed.", "不是完整的离线数据包,请从导出处重新拷贝;本次未作任何改动。") \
    X(226, TB_REFUSED_BUNDLE_FOREIGN, "bundle_foreign", "This bundle is for another party; import it there. Nothing was changed.", "该离线数据包的收件单位不是本单位,请交收件单位导入;本次未作任何改动。") \
    X(227, TB_REFUSED_BUNDLE_KNOWN, "bundle_known", "Everything in this bundle is here already; nothing was changed.", "该离线数据包的内容均已收到;本次未作任何改动。") \
    X(228, TB_REFUSED_BUNDLE_PARTIAL, "bundle_partial", "Notices before those in this bundle are missing here; import the earlier bundles first, in their order. Nothing was changed.", "缺少该离线数据包之前的报文,请先按顺序导入前面的数据包;本次未作任何改动。") \
    X(229, TB_REFUSED_BUNDLE_EMPTY, "bundle_empty", "There is nothing to carry to this party.", "没有需要带给该单位的内容。") \
    /* 300..399 casework */ \
    X(300, TB_REFUSED_UNKNOWN_CAMPAIGN, "unknown_campaign", "No such campaign or version is installed here.", "未安装该专项行动或其版本。") \
    X(301, TB_REFUSED_UNKNOWN_CASE, "unknown_case", "Nothing here has this id: no case, event or notice. Look it up with: tongbao case list, or tongbao notice list.", "本单位没有该编号的办件、办理记录或报文,请用 tongbao case list 或 tongbao notice list 核对。") \
    X(302, TB_REFUSED_UNKNOWN_ACTION, "unknown_action", "The campaign has no such action; tongbao case acts CASE tells those that are possible now.", "专项行动没有该办理动作,可用 tongbao case acts 办件 查看现在可办的动作。") \
    X(303, TB_REFUSED_ROLE, "role", "This party's role may not do this.", "本单位角色无权办理此动作。") \
    X(304, TB_REFUSED_JURISDICTION, "jurisdiction", "This case is outside this party's jurisdiction; a party of that place submits it or acts.", "该办件不在本单位管辖范围,应由所属地单位报送或办理。") \
    X(305, TB_REFUSED_NOT_HOLDER, "not_holder", "Another party holds the case now; tongbao case show CASE tells which.", "该办件现由其他单位承办,承办单位见 tongbao case show 办件。") \
    X(306, TB_REFUSED_STATE, "state", "The case's state does not allow this action; tongbao case acts CASE tells those that are possible now.", "办件当前状态不允许此动作,可用 tongbao case acts 办件 查看现在可办的动作。") \
    X(307, TB_REFUSED_CONDITION, "condition", "A condition of the campaign for this action is not met.", "不符合专项行动对此动作规定的条件。") \
    X(308, TB_REFUSED_FIELD_MISSING, "field_missing", "A required field is missing; fill it in.", "缺少必填项,请补填。") \
    X(309, TB_REFUSED_FIELD_INVALID, "field_invalid", "A field's value is not of its type; correct it.", "填写内容不符合该项的类型,请更正。") \
    X(310, TB_REFUSED_FIELD_UNKNOWN, "field_unknown", "The action has no such field; tongbao case acts CASE tells its fields.", "该动作没有此填写项,可用 tongbao case acts 办件 查看其填写项。") \
    X(311, TB_REFUSED_IDENTITY_NUMBER, "identity_number", "A field holds a resident identity number; remove it, it must not leave this party.", "内容含有居民身份证号码,不得报送,请删除。") \
    X(312, TB_REFUSED_SECRET_MARK, "secret_mark", "A text is marked secret (秘密/机密/绝密); it must not be sent through this hub.", "文本标有密级,不得通过本平台传送。") \
    X(313, TB_REFUSED_CHANGED, "changed", "Another event came first; look at the case again and repeat if it still applies.", "办件已有新的办理记录,请查看后重新操作。") \
    X(314, TB_REFUSED_FROZEN, "frozen", "The case is frozen because its chain forked; it must be taken over.", "办件出现分叉已冻结,须先接管。") \
    X(315, TB_REFUSED_PREDECESSOR, "predecessor", "The event before this one has not been seen; it is held back.", "前一条办理记录尚未收到,已暂存等待。") \
    X(316, TB_REFUSED_PARTY_OFF, "party_off", "The party to hand over to is not active.", "拟移交的单位未启用。") \
    X(317, TB_REFUSED_CHOICE, "choice", "The value is not one of the choices.", "填写内容不在可选范围内。") \
    X(318, TB_REFUSED_OVERTAKEN, "overtaken", "The case was taken over; this event has no effect.", "办件已被接管,该记录不生效。") \
    X(319, TB_REFUSED_WRONG_HOME_HERE, "home_unknown", "The home province is not known; decide it by hand first.", "归属地未确定,请先人工判定。") \
    X(320, TB_REFUSED_CONTENT_LOST, "content_lost", "The content is lost: nobody who was asked could resend it.", "内容已失:所请各单位均无法补发。") \
    X(330, TB_REFUSED_PAPER_PARTY, "paper_party", "Paper answers are entered only for a party that is off-line in the directory; others act themselves.", "只能代名录中的线下单位录入纸质答复,其他单位应自行办理。") \
    X(331, TB_REFUSED_PAPER_SENDER, "paper_sender", "Only the party that handed the case to the off-line party enters its paper answer.", "只有向该线下单位移交办件的单位才能录入其纸质答复。") \
    X(332, TB_REFUSED_PAPER_REFERENCE, "paper_reference", "A paper answer needs the number (来文文号) and the date of the paper, not later than today.", "纸质答复须填写来文文号和来文日期,日期不得晚于当日。") \
    X(333, TB_REFUSED_PAPER_ACTION, "paper_action", "This action cannot be entered on paper: only a step of the party that holds the case.", "该动作不能以纸质答复录入,只能录入承办单位的办理动作。") \
    X(335, TB_REFUSED_VERSION_UNSAFE, "version_unsafe", "The new version of the campaign is not safe for this case as it stands; compare the versions with: tongbao campaign diff.", "新版本与该办件的现状不相容,不能换用;请用 tongbao campaign diff 比较两个版本。") \
    X(336, TB_REFUSED_VERSION_NOT_NEWER, "version_not_newer", "A case moves to a newer version of its own campaign only.", "办件只能换用本专项行动的更新版本。") \
    X(340, TB_REFUSED_HOLDS, "holds", "This party holds the case already; its holder takes a case over only when it is frozen.", "本单位已是该办件的承办单位;承办单位仅在办件冻结时方可接管。") \
    X(341, TB_REFUSED_NO_LAPSE, "no_lapse", "No lapse of a duty is on record that would let this party take the case over; see: tongbao due --overdue.", "没有可据以接管的超期未办结记录,请查看:tongbao due --overdue。") \
    X(342, TB_REFUSED_LAPSE_BY_AGENT, "lapse_by_agent", "What is recorded of a duty (a reminder, a lapse, its escalation or withdrawal) the creditor's agent records by itself; nobody enters it by hand.", "应办事项的提醒、超期、上报和撤销记录由权利单位的前置程序自动作出,不得人工填报。") \
    X(350, TB_REFUSED_CAMPAIGN_FAULTY, "campaign_faulty", "The definition has faults, so it is neither signed nor installed; tongbao campaign check FILE tells them all.", "专项行动定义有误,不予签名,也不予安装;请用 tongbao campaign check 文件 查看全部问题。") \
    /* 400..499 the local interface */ \
    X(400, TB_REFUSED_REQUEST, "bad_request", "The request is not understood; the command and the agent must be of one version.", "请求无法识别,请核对命令与前置程序版本。") \
    X(401, TB_REFUSED_NOT_ALLOWED, "not_allowed", "This account may not do this.", "该账号无权操作。") \
    X(402, TB_REFUSED_NOT_EXERCISE, "not_exercise", "Only an exercise accepts a time with a request.", "仅演练环境可以指定时间。") \
    X(403, TB_REFUSED_UNKNOWN_REQUEST, "unknown_request", "No answer is stored under this request id.", "没有该请求编号的结果。") \
    X(404, TB_REFUSED_REQUEST_REUSED, "request_reused", "This request id was used for another request; choose a new one.", "请求编号已用于其他请求,请更换。") \
    X(405, TB_REFUSED_NOT_DONE, "not_done", "It could not be carried out on this machine and nothing was changed; the agent's log says why.", "本机处理失败,未作任何改动;原因见前置程序日志。") \
    X(406, TB_REFUSED_NOT_SET_ASIDE, "not_set_aside", "No such notice is set aside here; see: tongbao quarantine list.", "没有隔离存放该报文,请用 tongbao quarantine list 查看。") \
    X(407, TB_REFUSED_REASON_MISSING, "reason_missing", "A reason is needed (--reason TEXT); it is kept with your account.", "须用 --reason 说明理由;理由与经办账号一并留存。") \
    X(408, TB_REFUSED_NO_DEAD_LETTER, "no_dead_letter", "The hub holds no such dead letter; see: tongbao-broker deadletter list.", "平台没有该死信,请用 tongbao-broker deadletter list 查看。") \
    X(409, TB_REFUSED_NOTHING_HELD, "nothing_held", "The hub no longer holds its content, so there is nothing to deliver; its sender was told and still has it.", "平台已不留存其内容,无可重投;已告知发送单位,原件仍在发送单位。") \
    X(410, TB_REFUSED_FENCED, "fenced", "This agent signs nothing until it is recovered; see: tongbao status.", "本单位前置程序已停止签发,恢复前不能办理;请查看 tongbao status。") \
    X(411, TB_REFUSED_UNKNOWN_LETTER, "unknown_letter", "No letter of this number was written to this party.", "没有发给该单位的此号函件。") \
    X(412, TB_REFUSED_LETTER_PARTY, "letter_party", "Letters are written only to a party that is off-line in the directory.", "只向名录中的线下单位发函。") \
    X(420, TB_REFUSED_TIME_FAR, "time_far", "This time is more than a year outside the dates of every campaign installed here.", "所给时间与本单位已安装的各专项行动期限相差一年以上。") \
    X(440, TB_REFUSED_ROW_UNREADABLE, "row_unreadable", "A row of this agent's store could not be read and was set aside; what was waiting in it is not done any more. See what is missing with: tongbao check.", "本单位存储中有一条待办数据无法读取,已另行搁置,所对应的事项不再自动办理;请执行 tongbao check 查明缺失内容。") \
    /* 450..469 positions of many, opened cases, lists */ \
    X(450, TB_REFUSED_ADDRESSEES_MANY, "addressees_many", "The act would have to be told to more parties than one notice can name (64); the campaign has to divide its copies.", "该办理动作应告知的单位超过一份报文的上限(64个),须由专项行动定义拆分抄送对象。") \
    X(451, TB_REFUSED_LIST_UNKNOWN, "list_unknown", "No campaign installed here has this list; see: tongbao list list.", "本单位已安装的专项行动没有该名单,请用 tongbao list list 查看。") \
    X(452, TB_REFUSED_LIST_KEY, "list_key_missing", "Nothing that the list is searched by was given in full; give every field of one of its keys, or a name.", "未完整填写任何一组查询项,请填齐其中一组,或填写名称。") \
    X(453, TB_REFUSED_LIST_BRAKE, "list_brake", "So many entries were listed or removed in a short time that a second account must confirm: name it in the field confirmed_by.", "短时间内列入或移出名单的条目已达上限,须由另一账号复核,并在“confirmed_by”项填写该账号。") \
    X(454, TB_REFUSED_LIST_PROVINCE, "list_province", "This list holds within a province, and this party has none; say which (--province).", "该名单按省份适用,而本单位没有管辖省份,请用 --province 指明。") \
    X(455, TB_REFUSED_LIST_ENTRY, "list_entry_unknown", "This list has no such entry here; see: tongbao list show LIST.", "本单位的该名单副本没有该条目,请用 tongbao list show 名单 查看。") \
    X(456, TB_REFUSED_OPENS, "opens_refused", "The act opens another case, and that one would be refused; correct what it names.", "该办理动作同时开启另一办件,而后者不符合规定,请按所指之处改正。") \
    X(470, TB_REFUSED_REPORT_UNKNOWN, "report_unknown", "No campaign here asks for such a report; see: tongbao report list.", "本单位已安装的专项行动没有此报告,请用 tongbao report list 查看。") \
    X(471, TB_REFUSED_REPORT_PERIOD, "report_period", "The report is not owed for this period; see: tongbao report list.", "此报告没有该报告期,请用 tongbao report list 查看。") \
    X(472, TB_REFUSED_REPORT_EARLY, "report_early", "The period is not over yet; the report is filed after its last day. Look at it so far with: tongbao report draft.", "报告期尚未结束,期满后方可报送;可用 tongbao report draft 查看截至目前的数据。") \
    X(473, TB_REFUSED_REPORT_FILED, "report_filed", "A report for this period was filed already; revise it when it is returned.", "该报告期的报告已经报送,退回后请修订原报告。") \
    X(474, TB_REFUSED_REPORT_COUNTING, "report_counting", "The figures are still being counted here; ask again in a moment.", "本单位正在统计指标数据,请稍后再试。") \
    X(475, TB_REFUSED_REPORT_FIGURES, "report_figures", "Figures are counted from the cases and typed in by nobody; leave this field out.", "指标数据由办件记录统计得出,不得人工填写,请去掉此项。") \
    X(476, TB_REFUSED_REPORT_NOT_OWED, "report_not_owed", "This party does not owe the report.", "本单位不是该报告的报送单位。") \
    X(477, TB_REFUSED_MEASURE_UNKNOWN, "measure_unknown", "The report has no such measure; tongbao report show ID lists them.", "该报告没有此指标,请用 tongbao report show 编号 查看。") \
    /* 490..499 accounts and approval */ \
    X(490, TB_REFUSED_UNKNOWN_ACCOUNT, "unknown_account", "This person is no account of this party, and only accounts act here; an officer adds one with: tongbao account add.", "不是本单位账号;本单位只允许账号办理,请由管理岗用 tongbao account add 添加。") \
    X(491, TB_REFUSED_ACCOUNT_PROOF, "account_proof", "The account was named and not shown to be one's own: give its key with --account-key FILE, or use the system account that is bound to it.", "指定了账号但未能证明是本人:请用 --account-key 文件 提供账号密钥,或使用与该账号绑定的系统用户。") \
    X(492, TB_REFUSED_ACCOUNT_POST, "account_post", "This account does not have the post (岗位) for this; an officer gives it with: tongbao account change.", "该账号无此岗位;岗位由管理岗用 tongbao account change 调整。") \
    X(493, TB_REFUSED_FIRST_OFFICER, "first_officer", "The first account must be an officer's (--post officer), or nobody could manage the others.", "首个账号须为管理岗(--post officer),否则无人可管理其他账号。") \
    X(494, TB_REFUSED_LAST_OFFICER, "last_officer", "This is the last officer; add another officer first.", "这是最后一个管理岗账号,请先添加另一个管理岗。") \
    X(495, TB_REFUSED_ACCOUNT_TAKEN, "account_taken", "This name, system account or key belongs to another account already; see: tongbao account list.", "该账号名、系统用户或密钥已属于其他账号,请用 tongbao account list 查看。") \
    X(496, TB_REFUSED_ACCOUNT_MALFORMED, "account_malformed", "An account needs a name of letters, digits, '.', '_' or '-', a person's name, at least one post, and a system account or a key.", "账号须有由小写字母、数字和“.”“_”“-”组成的账号名、姓名、至少一个岗位,以及绑定的系统用户或密钥。") \
    X(497, TB_REFUSED_OWN_ACT, "own_act", "Nobody reviews or signs what he made or reviewed himself, nor as a deputy of who did; another account must.", "经办人、审核人不得自行审核或签发,也不得由其代理人代为办理,请由其他账号办理。") \
    X(498, TB_REFUSED_NO_APPROVER, "no_approver", "This act needs review or signature (审核, 签发), and no other account of this party has that post; an officer gives it with: tongbao account change.", "此动作须经审核或签发,而本单位没有其他账号具备该岗位;请由管理岗用 tongbao account change 设置。") \
    X(499, TB_REFUSED_NOT_WAITING, "not_waiting", "Nothing of this number waits for approval; see: tongbao approve list.", "没有该编号的待审核、待签发事项,请用 tongbao approve list 查看。") \
    /* 500..599 import verdicts that refuse (issue: in this order) */ \
    X(500, TB_REFUSED_NUMBER_MALFORMED, "number_malformed", "Not a telephone number: empty, letters, masked or of the wrong length; write the whole number, one in each row.", "号码格式错误:为空、含字母或掩码,或位数不对;请填写完整号码,每行一个。") \
    X(501, TB_REFUSED_NUMBER_SCIENTIFIC, "number_scientific", "The number was turned into scientific notation by a spreadsheet; format the column as text and enter it again.", "号码被表格软件转为科学计数法,请将该列设为文本格式后重新填写。") \
    X(502, TB_REFUSED_NOT_MOBILE, "not_mobile", "Not a mainland mobile number (fixed line, service number or foreign); leave the row out.", "不是中国内地移动电话号码(固定电话、服务号码或境外号码),请删去该行。") \
    X(503, TB_REFUSED_OUTSIDE_CAMPAIGN, "outside_campaign", "Outside the campaign's dates, China time; correct the date, or leave the row out.", "不在专项行动期限内(以北京时间为准);日期有误的请更正,否则请删去该行。") \
    X(504, TB_REFUSED_ROW, "row_malformed", "The row has more or fewer cells than the heading; a cell with a comma in it needs quotation marks.", "该行列数与表头不一致;单元格内含有逗号的,须用双引号括起。") \
    X(505, TB_REFUSED_VALUE_UNKNOWN, "value_unknown", "This column does not know the value; write one that it knows.", "该列没有此取值,请改填规定的取值。") \
    X(506, TB_REFUSED_DATE, "date_malformed", "The date is not understood; write 2015-02-09 11:39.", "日期无法识别,请按 2015-02-09 11:39 填写。") \
    /* 507..509 accounts and approval, further */ \
    X(507, TB_REFUSED_SENT_BACK, "sent_back", "It was sent back before approval; correct it and do it again.", "审批退回,请修改后重新办理。") \
    X(508, TB_REFUSED_DEPUTY, "deputy_malformed", "A deputy acts for another open account between two days, the last not before the first and not past.", "代理须指明另一未停用账号及起止日期,止日不得早于起日,也不得已过。") \
    X(509, TB_REFUSED_NOT_SWITCHED, "not_switched", "No campaign installed here leaves it to the party whether this is done by itself; see: tongbao campaign automatic.", "已安装的专项行动没有可由本单位选择自动办理的此动作,请用 tongbao campaign automatic 查看。") \
    /* 510..529 stages, parameters and field rules */ \
    X(510, TB_REFUSED_STAGE, "stage", "This act belongs to a stage of the campaign that is not running now; its days are named here.", "该动作只能在规定阶段内办理,现不在该阶段期限内(阶段及起止日期见附注)。") \
    X(511, TB_REFUSED_TEXT_LONG, "text_long", "The text is longer than the campaign allows, or than 4,096 bytes; shorten it.", "文字超过规定字数(至多 4096 字节),请精简。") \
    X(512, TB_REFUSED_COUNT_RANGE, "count_range", "The number is outside the range the campaign allows.", "数值超出规定范围,请核对。") \
    X(513, TB_REFUSED_FUTURE, "future", "The date or time is in the future; state when it happened.", "日期或时间晚于办理时间,请填写实际发生的时间。") \
    X(514, TB_REFUSED_ABOVE, "above", "The number is greater than the total it is part of.", "数值大于其所属的总数,请核对。") \
    X(515, TB_REFUSED_PARAMETER, "parameter", "The definition has no such parameter, or the value does not fit it; see its 'parameters'.", "该定义没有此参数,或取值不符合参数类型,请查看定义中的parameters。") \
    /* 520..539 supervision */ \
    X(520, TB_REFUSED_NOT_SUPERVISED, "not_supervised", "A party that has a jurisdiction supervises those that take part in the case within it, others supervise all of them, and nobody himself; the party named is none of these.", "督办对象应为参与本办件的其他单位;有管辖地的单位只能督办本辖区内的单位。所填单位不在其列。") \
    /* 540..559 reports, further */ \
    X(540, TB_REFUSED_REPORT_LONG, "report_long", "The figures take more room than a report has: the campaign's definition tells measures apart by too many values; tell its author.", "指标数据过多,超出一份报告的容量:专项行动规定中指标分组过细,请告知其编制单位。") \
    X(541, TB_REFUSED_RECONCILE_OF, "reconcile_of", "The cases behind a figure are with the party that filed it: name this party with --of, or ask at the other.", "指标背后的办件在报送该指标的单位:请用 --of 写本单位,或在对方单位查询。") \
    X(542, TB_REFUSED_RECONCILE_SETTLE, "reconcile_settle", "The campaign names no act by which a difference over such a case is settled.", "专项行动规定中没有对此类办件差异作说明的办理动作。") \
    X(543, TB_REFUSED_CAMPAIGN_RUNNING, "campaign_running", "The campaign's last day is not over yet; it is closed and archived after it.", "专项行动尚未期满,期满后方可办结归档。") \
    X(560, TB_REFUSED_NUMBER_GIVEN, "number_given", "The agent gives this document number when the act is issued; leave the field out.", "该文号由前置程序在签发时编定，请勿填写。") \
    X(561, TB_REFUSED_NUMBERS_USED_UP, "numbers_used_up", "The document numbers of this year are used up; ask headquarters for another field in the campaign's definition.", "本年度文号已用完，请商专项办在方案中另设文号。") \
    /* 570..579 figures in cases */ \
    X(570, TB_REFUSED_FIGURE_TYPED, "figure_typed", "The agent counts this figure from the cases when the act is made, and nobody types it; leave the field out.", "此项由前置程序在办理时据办件记录统计得出,不得人工填写,请去掉此项。") \
    X(571, TB_REFUSED_FIGURE_PERIOD, "figure_period", "Say over which period the figures are counted: 2015-11, 2015-Q3, 2015-H1, 2015, or the last day of a month for everything up to it; of filed figures, a period of that report.", "请写明统计期间:如2015-11、2015-Q3、2015-H1、2015,或写某月最后一日,表示自专项行动开始至该日;引用报告数据的,应为该报告的报告期。") \
    X(572, TB_REFUSED_FIGURE_EARLY, "figure_early", "This period is not over yet; figures are taken once it is.", "该统计期间尚未结束,期满后方可统计。") \
    X(573, TB_REFUSED_FIGURE_ABOUT, "figure_about", "Say whom or what the figures are about; this field names it.", "请填写本项,写明统计数据所涉的对象。") \
    X(574, TB_REFUSED_FIGURE_NOT_FILED, "figure_not_filed", "This figure is taken from a report, and for this period nobody concerned has filed it; see: tongbao report list.", "此项取自报告,而有关单位尚未报送该期数据,请用 tongbao report list 查看。") \
    X(575, TB_REFUSED_FIGURE_OF, "figure_of", "The events behind this figure are with the party that stated it: ask there.", "此项背后的办理记录在作出该统计的单位,请到该单位查询。") \
    X(576, TB_REFUSED_FIGURE_UNKNOWN, "figure_unknown", "The case has no counted figure in such a field; tongbao case show ID tells its fields.", "该办件没有此统计项,请用 tongbao case show 编号 查看。") \
    /* 580..581 rows of a table */ \
    X(580, TB_REFUSED_ROW_QUOTES, "row_quotes", "A quotation mark stands inside a cell, or is never closed; put the cell in quotation marks and double those in it.", "该行引号有误:单元格内含有引号,或引号未成对;请将该单元格用双引号括起,其中的双引号写成两个。") \
    X(581, TB_REFUSED_ROW_SIZE, "row_size", "The row is larger than 64 KiB, has more than 128 cells, or opens a quotation mark that is never closed; shorten it.", "该行超过64KiB、超过128列,或引号始终没有闭合,请缩短或改正。") \
    X(582, TB_REFUSED_SIDE_MANY, "side_many", "The case has 1,024 side events that no step of its holder answers for yet; write more once the holder has taken its next step, each of which takes up 64.", "该办件已有1024条旁注尚未由承办单位的办理步骤收录;请待承办单位办理下一步后再提交,每一步可收录64条。") \
    X(583, TB_REFUSED_CALENDAR_SHORT, "calendar_short", "A campaign counts working days in this year, and the calendar installed here does not know it: they are counted by weekdays alone. See: tongbao campaign list; install the year's calendar.", "有专项行动须按该年度日历计算工作日,而本单位安装的日历没有该年度,目前只按星期推算;请用 tongbao campaign list 查看,并安装该年度日历。") \
    X(584, TB_REFUSED_UNSTORED, "refused_unstored", "A party refused a notice that the hub does not hold: it came on removable media, or the hub has lost its newest rows. Its sender still has it and submits it again, so nothing need be done once; when it is said again and again, see whether the hub's store was restored from an old backup.", "有单位拒收了平台尚未存有的报文:该报文系经离线数据包送达,或平台最新数据已丢失。发送单位仍存有该报文并会重新提交,偶发时无需处理;如反复出现,请核查平台存储是否由旧备份恢复。") \
    /* 589 a text */ \
    X(589, TB_REFUSED_TEXT_CONTROL, "text_control", "The text holds characters that cannot be seen, such as NUL or Escape, or bytes that are no text; type it anew.", "文字中含有不可见的控制字符或乱码,请重新键入。")
/* clang-format on */

typedef enum tb_refusal {
#define TB_REFUSAL_ENUM(code, name, key, en, zh) name = code,
    TB_REFUSALS(TB_REFUSAL_ENUM)
#undef TB_REFUSAL_ENUM
} tb_refusal;

/* False for a number that names no refusal. */
bool tb_refusal_known(uint32_t code);
/* Stable key and sentences; a code not known gives "unknown" and a sentence that says so. */
const char *tb_refusal_key(tb_refusal code);
const char *tb_refusal_en(tb_refusal code);
const char *tb_refusal_zh(tb_refusal code);

/* What decoding a stored row says: it was decoded before it was stored, so that only what came to
 * it since makes it TB_ERR_CORRUPT, and that it is too large now is the turn's memory at its end.
 */
static inline tb_err tb_reread_error(tb_refusal refusal)
{
    if (refusal == TB_REFUSED_TOO_LARGE) {
        return TB_ERR_LIMIT;
    }
    return refusal == TB_ACCEPTED ? TB_OK : TB_ERR_CORRUPT;
}

#endif
