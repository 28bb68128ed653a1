/* load_faults - the sentences of the check: name, stable key, reason and remedy in English, and in
 * Chinese. {1} {2} {3} are the words of the case. */
#ifndef TB_CAMPAIGN_LOAD_FAULTS_H
#define TB_CAMPAIGN_LOAD_FAULTS_H

/* clang-format off */
#define TB_FAULTS(X) \
    /* the form: what is not YAML, or not a campaign's */ \
    X(TB_FAULT_NOT_YAML, "not_yaml", "this is not YAML: {1}", "look at indentation, quotes and brackets here and just before", "不是规范的YAML文本：{1}", "请检查此处及前文的缩进、引号和括号") \
    X(TB_FAULT_NOT_UTF8, "not_utf8", "the text is not UTF-8 from here on", "save the file as UTF-8", "从此处起不是UTF-8编码", "请将文件另存为UTF-8编码") \
    X(TB_FAULT_EMPTY, "empty", "the document is empty", "begin with the line 'campaign: ID'", "文件没有内容", "请从“campaign: 标识”一行写起") \
    X(TB_FAULT_NOT_CAMPAIGN, "not_campaign", "the document is no list of keys with values", "begin with the line 'campaign: ID'", "文件不是“键: 值”的形式", "请从“campaign: 标识”一行写起") \
    X(TB_FAULT_TWO_DOCUMENTS, "two_documents", "a second document begins here (---)", "keep one campaign in one file", "此处开始了第二个文档（---）", "一个文件只写一个专项行动") \
    X(TB_FAULT_ALIAS, "alias", "it refers to an anchor (*{1})", "write out what is meant", "使用了引用（*{1}）", "请把内容直接写出") \
    X(TB_FAULT_TOO_DEEP, "too_deep", "lists and keys are nested too deep", "look at indentation and brackets", "层次嵌套过深", "请检查缩进和括号") \
    X(TB_FAULT_KEY_FORM, "key_form", "a key is no word", "write 'key: value'", "键不是文字", "请按“键: 值”书写") \
    X(TB_FAULT_KEY_UNKNOWN, "key_unknown", "key '{1}' is not known here", "use one of: {2}", "此处没有“{1}”这个键", "可用的键：{2}") \
    X(TB_FAULT_KEY_MISSING, "key_missing", "key '{1}' is missing", "add '{1}: ...'", "缺少“{1}”", "请补写“{1}: ……”") \
    X(TB_FAULT_KEY_TWICE, "key_twice", "key '{1}' is written twice", "keep one of them", "“{1}”写了两次", "请只保留一处") \
    X(TB_FAULT_NOT_MAP, "not_map", "'{1}' must be keys with values", "write 'key: value' lines under it", "“{1}”应为“键: 值”的形式", "请在其下逐行写“键: 值”") \
    X(TB_FAULT_NOT_LIST, "not_list", "'{1}' must be a list", "write it as [a, b], or as lines that begin with '-'", "“{1}”应为列表", "请写成[甲, 乙]，或以“-”逐行列出") \
    X(TB_FAULT_NOT_TEXT, "not_text", "'{1}' must be one word or text", "write one value behind the colon", "“{1}”应为一个词或一段文字", "请在冒号后写一个值") \
    X(TB_FAULT_ENTRY_NOT_MAP, "entry_not_map", "an entry of '{1}' must be keys with values", "write '- {id: ..., ...}'", "“{1}”的条目应为“键: 值”的形式", "请写成“- {id: ……, ……}”") \
    X(TB_FAULT_ENTRY_NOT_TEXT, "entry_not_text", "an entry of '{1}' must be a word", "write the id alone, without brackets", "“{1}”的条目应为一个词", "请只写标识，不加括号") \
    X(TB_FAULT_NOT_COUNT, "not_count", "'{1}' must be a whole number, not '{2}'", "write digits only, such as 5", "“{1}”应为整数，不能是“{2}”", "请只写数字，例如5") \
    X(TB_FAULT_NOT_WORD, "not_word", "'{1}' may not be '{2}'", "use one of: {3}", "“{1}”不能是“{2}”", "可用的词：{3}") \
    X(TB_FAULT_EMPTY_TEXT, "empty_text", "'{1}' is empty", "write a value, or leave the key out if it may be", "“{1}”没有内容", "请填写内容；可以不写的，请去掉该键") \
    X(TB_FAULT_TOO_LONG, "too_long", "'{1}' is too long: '{2}', at most {3} bytes", "choose a shorter one, here and wherever it is named", "“{1}”过长：“{2}”，最多{3}个字节", "请缩短，并同时修改引用之处") \
    X(TB_FAULT_NUL, "nul", "'{1}' holds a NUL character", "remove it", "“{1}”含有空字符", "请删除该字符") \
    X(TB_FAULT_LIST_LONG, "list_long", "'{1}' has more than {2} entries", "shorten the list; what is beyond was not looked at", "“{1}”超过{2}条", "请缩减；超出部分未作检查") \
    X(TB_FAULT_LOADER, "loader", "the loader refuses the document: {1}", "correct the place it names", "载入程序不接受该文件：{1}", "请修改所指之处") \
    X(TB_FAULT_MORE, "more", "there are more findings; the first {1} are shown", "correct these and check again", "问题较多，仅列出前{1}条", "请改正后再次检查") \
    /* names and labels */ \
    X(TB_FAULT_ID_FORM, "id_form", "the id may have letters, digits, '_', '-' and '.' only", "choose another id, and put the words in zh and en", "标识只能由字母、数字和“_”“-”“.”组成", "请另取标识，名称写在zh和en中") \
    X(TB_FAULT_ID_TWICE, "id_twice", "is declared twice", "give one of them another id", "重复定义", "请为其中一个另取标识") \
    X(TB_FAULT_ID_RESERVED, "id_reserved", "is the name of an action that every campaign has", "choose another id", "与各专项行动固有的办理动作重名", "请另取标识") \
    X(TB_FAULT_NO_ZH, "no_zh", "{1} has no Chinese label (zh)", "add 'zh: ...'", "{2}缺少中文名称（zh）", "请补写“zh: ……”") \
    X(TB_FAULT_NO_EN, "no_en", "{1} has no English label (en)", "add 'en: ...'", "{2}缺少英文名称（en）", "请补写“en: ……”") \
    X(TB_FAULT_TOO_MANY, "too_many", "too many {1}: {2}, at most {3}", "divide the campaign, or leave some out", "{1}过多：{2}项，最多{3}项", "请拆分或精简") \
    X(TB_FAULT_ROLE_UNKNOWN, "role_unknown", "role '{1}' is not declared", "declare it under roles, or correct the name", "角色“{1}”未定义", "请在roles中定义，或改正名称") \
    X(TB_FAULT_POSITION_UNKNOWN, "position_unknown", "position '{1}' is not declared", "declare it under positions, or correct the name", "案内身份“{1}”未定义", "请在positions中定义，或改正名称") \
    X(TB_FAULT_STATE_UNKNOWN, "state_unknown", "state '{1}' is not declared", "declare it under states, or correct the name", "状态“{1}”未定义", "请在states中定义，或改正名称") \
    X(TB_FAULT_FIELD_UNKNOWN, "field_unknown", "field '{1}' is not declared", "declare it under fields, or correct the name", "填写项“{1}”未定义", "请在fields中定义，或改正名称") \
    X(TB_FAULT_GROUP_UNKNOWN, "group_unknown", "group '{1}' is not declared", "declare it under groups, or correct the name", "信息组“{1}”未定义", "请在groups中定义，或改正名称") \
    X(TB_FAULT_CODES_UNKNOWN, "codes_unknown", "code list '{1}' is not declared", "declare it under codes, or correct the name", "代码表“{1}”未定义", "请在codes中定义，或改正名称") \
    X(TB_FAULT_ACTION_UNKNOWN, "action_unknown", "{2}: action '{1}' is not declared", "declare it under actions, or correct the name", "{2}：办理动作“{1}”未定义", "请在actions中定义，或改正名称") \
    X(TB_FAULT_FIELD_SEALED, "field_sealed", "field '{1}' is sealed in group '{2}', and not all who judge can read it", "use an open field (without group) instead: a code, a date or a flag", "填写项“{1}”密封在信息组“{2}”中，判定的各方不能都读到", "请改用公开的填写项（不设group），如代码、日期或是否") \
    /* the campaign, roles, codes */ \
    X(TB_FAULT_VERSION, "version", "versions begin with 1", "write 'version: 1'", "版本从1开始", "请写“version: 1”") \
    X(TB_FAULT_NOT_A_DAY, "not_a_day", "'{1}' is no day: '{2}'", "write it as \"2015-01-31\", in quotes", "“{1}”不是日期：“{2}”", "请写成\"2015-01-31\"，加引号") \
    X(TB_FAULT_FROM_AFTER_TO, "from_after_to", "it ends on '{2}', before it begins on '{1}'", "put from and to in order", "结束日期“{2}”早于开始日期“{1}”", "请按先后填写from和to") \
    X(TB_FAULT_NO_CASE_TYPE, "no_case_type", "no case type is declared", "add one under case_types", "没有办件类型", "请在case_types中增加") \
    X(TB_FAULT_NO_TABLE, "no_table", "needs the table '{1}', which the campaign does not name", "add it to 'tables: [...]'", "需要参考表“{1}”，但专项行动未列出", "请加入“tables: [……]”") \
    X(TB_FAULT_NO_CHOICES, "no_choices", "has no choices", "add choices, each with id, zh and en", "没有选项", "请增加选项，各写id、zh、en") \
    X(TB_FAULT_ALIAS_CHOICE, "alias_choice", "alias '{1}' also means choice '{2}'", "leave it at one of them", "别名“{1}”同时指选项“{2}”", "请只保留在其中一个上") \
    /* fields and groups */ \
    X(TB_FAULT_CHOICES_MISPLACED, "choices_misplaced", "'choices' goes with type choice, and with no other", "name a code list, or choose another type", "choices须与类型choice一起使用", "请指明代码表，或改用其他类型") \
    X(TB_FAULT_OPEN_TYPE, "open_type", "must be in a group: open fields hold ids, codes and times only", "add 'group: ...' with the readers it is meant for", "必须归入信息组：公开的填写项只能是编号、代码和时间", "请加“group: ……”，并写明可读的各方") \
    X(TB_FAULT_OF_MISSING, "of_missing", "is computed, but not said of which field", "add 'of: FIELD'", "为自动计算，但未指明依据哪一项", "请加“of: 填写项”") \
    X(TB_FAULT_OF_TYPE, "of_type", "is computed of '{1}', which is no phone number", "name a field of type msisdn", "计算所依据的“{1}”不是电话号码", "请指明类型为msisdn的填写项") \
    X(TB_FAULT_OF_USELESS, "of_useless", "'of' has no use here", "remove it, or add 'compute: ...'", "此处的of没有用处", "请去掉，或加“compute: ……”") \
    X(TB_FAULT_COMPUTED_TYPE, "computed_type", "what is computed is of type {1}", "write 'type: {1}'", "计算结果的类型为{1}", "请写“type: {1}”") \
    X(TB_FAULT_JURISDICTION_SEALED, "jurisdiction_sealed", "a jurisdiction that all must judge cannot be sealed", "leave out its group", "各方均须判定的管辖地不能密封", "请去掉group") \
    X(TB_FAULT_ALIAS_FIELD, "alias_field", "alias '{1}' also means field '{2}'", "leave it at one of them", "别名“{1}”同时指填写项“{2}”", "请只保留在其中一个上") \
    X(TB_FAULT_ID_FIELD, "id_field", "the id also means field '{1}'", "choose another id, or remove the alias there", "标识同时指填写项“{1}”", "请另取标识，或去掉该处别名") \
    X(TB_FAULT_INDEX_TYPE, "index_type", "a field of type {1} is no key to find a case by", "index a number, a code or a name of a party, or remove 'index'", "类型为{1}的填写项不能用于检索办件", "请改为检索号码、代码或单位，或去掉index") \
    X(TB_FAULT_GROUP_UNUSED, "group_unused", "no field is in this group", "put a field in it, or remove it", "没有填写项属于该信息组", "请将填写项归入，或去掉该组") \
    X(TB_FAULT_NO_READER, "no_reader", "nobody may read it", "name the positions that may: 'readers: [...]'", "无人可读", "请写明可读的各方：“readers: [……]”") \
    X(TB_FAULT_READER_NEVER, "reader_never", "reader '{1}' can never hold the case or be addressed by it", "hand over to it or copy it somewhere, or remove it here", "可读方“{1}”从不承办，也从不收到该办件", "请在移交或抄送中加入，或在此去掉") \
    /* positions and states */ \
    X(TB_FAULT_POSITION_FIELD_TYPE, "position_field_type", "field '{1}' is not of the type this kind of position needs", "role-of-field needs a field of type province, field one of type party", "填写项“{1}”的类型不适合这种案内身份", "role-of-field须用省份类，field须用单位类") \
    X(TB_FAULT_POSITION_NO_FIELD, "position_no_field", "names no field", "add 'field: ...'", "未指明填写项", "请加“field: ……”") \
    X(TB_FAULT_POSITION_NO_ROLE, "position_no_role", "names no role", "add 'role: ...'", "未指明角色", "请加“role: ……”") \
    X(TB_FAULT_POSITION_PLACE, "position_place", "role '{1}' is not one for each jurisdiction, so that no place tells which party it is", "write 'by_jurisdiction: true' at the role, or choose another kind of position", "角色“{1}”不是每个辖区一个，不能由地点确定单位", "请在该角色上写“by_jurisdiction: true”，或改用其他种类的案内身份") \
    X(TB_FAULT_POSITION_MANY, "position_many", "'{2}' needs one party, and position '{1}' is every party of a role", "name a position of one party; many may read, be copied, write side events and owe a duty each", "“{2}”须为一个单位，而案内身份“{1}”指一类全部单位", "请改写单个单位的案内身份；多个单位只可阅读、抄送、旁注和各自承担应办事项") \
    X(TB_FAULT_FIELD_UNUSED, "field_unused", "no action sets it", "if it is not meant for later, add it to the fields of an action, or remove it", "没有任何办理动作填写此项", "如非备用，请在某个办理动作的fields中加上该项，或将其删除") \
    X(TB_FAULT_FIELD_NEVER_SET, "field_never_set", "needs field '{1}', which no action sets", "add it to the fields of an action", "所依据的填写项“{1}”没有任何动作填写", "请在办理动作的fields中加入") \
    X(TB_FAULT_NO_INITIAL, "no_initial", "no state is initial", "mark the first with 'initial: true'", "没有起始状态", "请在起始状态上写“initial: true”") \
    X(TB_FAULT_INITIAL_UNUSED, "initial_unused", "is initial, and no opening leads to it", "remove 'initial: true', or let an opening lead to it", "标为起始状态，但没有开启动作到达", "请去掉initial，或让开启动作到达该状态") \
    X(TB_FAULT_NO_CLOSED, "no_closed", "no state is closed", "mark the last with 'closed: true'", "没有办结状态", "请在办结状态上写“closed: true”") \
    X(TB_FAULT_STATE_UNREACHED, "state_unreached", "no action leads to it", "add a way to it, or remove it", "没有动作到达该状态", "请增加去向，或去掉该状态") \
    X(TB_FAULT_STATE_STUCK, "state_stuck", "nothing can be done in it, and it is not closed", "add an action from it, or mark it 'closed: true'", "在该状态下无动作可办，而又不是办结状态", "请增加从该状态办理的动作，或写“closed: true”") \
    X(TB_FAULT_STATE_NO_END, "state_no_end", "no closed state can be reached from it", "add a way that ends the case", "从该状态不能到达办结", "请增加通向办结的去向") \
    /* actions: who, from where, with what */ \
    X(TB_FAULT_NO_OPENING, "no_opening", "no action opens a case", "add one of 'kind: open'", "没有开启办件的动作", "请增加“kind: open”的动作") \
    X(TB_FAULT_NOBODY, "nobody", "nobody may take it", "name who may: 'by: [...]'", "无人可办", "请写明办理方：“by: [……]”") \
    X(TB_FAULT_NEVER_HOLDS, "never_holds", "nobody who may take it ever holds the case", "hand the case over to one of 'by' somewhere", "可办理方从不承办该办件", "请在某处将办件移交给by中的一方") \
    X(TB_FAULT_OPEN_FROM, "open_from", "an opening comes from no state", "remove 'from'", "开启动作没有来自的状态", "请去掉from") \
    X(TB_FAULT_NO_FROM, "no_from", "is possible in no state (from)", "add 'from: [...]'", "没有可办理的状态（from）", "请加“from: [……]”") \
    X(TB_FAULT_NO_WAY, "no_way", "has no way: nothing comes of it", "add 'ways: [{to: STATE}]'", "没有去向，办了也没有结果", "请加“ways: [{to: 状态}]”") \
    X(TB_FAULT_WAY_SHADOWED, "way_shadowed", "this way is never taken: the one on line {1} always holds before it", "put it before that one, or give that one a further condition", "该去向永远走不到：第{1}行的去向总在其前成立", "请移到其前，或为其前的去向增加条件") \
    X(TB_FAULT_OPEN_STATE, "open_state", "an opening leads to an initial state", "write 'to:' with one", "开启动作应到达起始状态", "请在to写明起始状态") \
    X(TB_FAULT_OPEN_NO_RECIPIENT, "open_no_recipient", "an opening has no recipient (hands_to)", "add 'hands_to: POSITION' (opener, if it keeps the case)", "开启动作没有收件方（hands_to）", "请加“hands_to: 案内身份”（自办的写报送方）") \
    X(TB_FAULT_SIDE_WAY, "side_way", "a side event changes neither state nor holder", "remove to and hands_to, or make it 'kind: chain'", "旁注不改变状态和承办单位", "请去掉to和hands_to，或改为“kind: chain”") \
    X(TB_FAULT_IDLE_RECIPIENT, "idle_recipient", "hands to '{1}' in state '{2}', where it may do nothing", "let it act there ('by' of an action from '{2}'), or hand to another", "移交给“{1}”后状态为“{2}”，该方无动作可办", "请让该方在“{2}”可办，或移交其他方") \
    X(TB_FAULT_NO_RECIPIENT, "no_recipient", "hands to '{1}', which can be nobody when it comes from {2}", "require the field that names it, or add a condition that it is known", "移交给“{1}”，但从{2}办理时该方可能不存在", "请将确定该方的填写项设为必填，或增加已填的条件") \
    X(TB_FAULT_COPIES_MANY, "copies_many", "is copied to {1} positions, at most {2}", "shorten copies", "抄送{1}方，最多{2}方", "请精简copies") \
    X(TB_FAULT_FIELD_NAMED_TWICE, "field_named_twice", "field '{1}' is named twice", "keep one of them", "填写项“{1}”写了两次", "请只保留一处") \
    X(TB_FAULT_REQUIRED_UNREADABLE, "required_unreadable", "requires field '{1}' of group '{2}', which nobody who may take it can read", "add one of them to the group's readers, or do not require it", "必填的“{1}”属于信息组“{2}”，办理方均不能读", "请将办理方加入该组readers，或不作必填") \
    X(TB_FAULT_NO_REASON, "no_reason", "a take-over asks for no reason", "require a field for it: '{field: ..., required: true}'", "接管没有要求说明原因", "请设必填项：“{field: ……, required: true}”") \
    X(TB_FAULT_RECEIPT, "receipt", "receipt '{1}' is neither signed_for nor answered", "use one of the two, or remove it", "回执“{1}”不是signed_for，也不是answered", "请用其中之一，或去掉") \
    /* requests */ \
    X(TB_FAULT_REQUEST_ANSWER, "request_answer", "is a request, and nothing answers it", "add 'answered_by: [ACTION, ...]'", "为请求，但没有答复它的动作", "请加“answered_by: [办理动作, ……]”") \
    X(TB_FAULT_ANSWER_KIND, "answer_kind", "is answered by '{1}', which is no step of the case's holder", "name actions of 'kind: chain'", "答复动作“{1}”不是承办单位的办理步骤", "请写“kind: chain”的动作") \
    X(TB_FAULT_ANSWER_NOT_REQUEST, "answer_not_request", "'answered_by' goes with a request alone", "write 'kind: request', or remove it", "answered_by只用于请求", "请写“kind: request”，或去掉") \
    X(TB_FAULT_REQUEST_ENDS_IN, "request_ends_in", "begins with a request, and is no ground for a take-over", "remove 'ends_in'", "由请求起算的事项不能作为接管依据", "请去掉ends_in") \
    /* approval, and what agents do by themselves */ \
    X(TB_FAULT_LIST_EMPTY, "list_empty", "'{1}' names nothing", "name what it is to hold, or remove the key", "“{1}”没有写任何内容", "请写明内容，或去掉该键") \
    X(TB_FAULT_APPROVAL_STEP, "approval_step", "'{1}' is no step of approval", "write 'approval: [review, sign]', or one of the two", "“{1}”不是审批步骤", "请写“approval: [review, sign]”，或其中之一") \
    X(TB_FAULT_APPROVAL_ORDER, "approval_order", "review comes before sign, and each once", "write 'approval: [review, sign]'", "审核在签发之前，且各一次", "请写“approval: [review, sign]”") \
    X(TB_FAULT_APPROVAL_AGENT, "approval_agent", "is done by an agent itself, and nobody could approve it", "remove 'approval'", "由前置程序自行办理，无人可审批", "请去掉approval") \
    X(TB_FAULT_AUTOMATIC_KIND, "automatic_kind", "only a step of the case's holder is done by itself", "remove 'automatic', or make it 'kind: chain'", "只有承办单位的办理步骤可自动办理", "请去掉automatic，或改为“kind: chain”") \
    X(TB_FAULT_AUTOMATIC_WHEN, "automatic_when", "is not said when it is done by itself", "add 'after: {hours: 0}' (or days, working_days), or 'switch: true'", "未写明何时自动办理", "请加“after: {hours: 0}”（或days、working_days），或“switch: true”") \
    X(TB_FAULT_AUTOMATIC_LIMIT, "automatic_limit", "takes one of hours, days and working_days", "write exactly one of them", "hours、days、working_days只能写一个", "请只写其中一个") \
    X(TB_FAULT_AUTOMATIC_FIELD, "automatic_field", "is done by itself, and nobody would fill in field '{1}'", "do not require it, or remove 'automatic'", "为自动办理，必填的“{1}”无人填写", "请不作必填，或去掉automatic") \
    X(TB_FAULT_AUTOMATIC_LOOP, "automatic_loop", "agents come back to it by themselves, for ever", "leave one of the automatic actions that lead round to a person, or give it a condition", "各前置程序会自动返回该状态，循环不止", "请将其中一个自动动作改为人工办理，或增加条件") \
    X(TB_FAULT_NUMBER_FIELD, "number_field", "field '{1}' cannot bear the number that the agent gives", "name an open field of type document-number that the action lists", "填写项“{1}”不能承载由前置程序编的文号", "请写该动作所列、类型为document-number的公开填写项") \
    X(TB_FAULT_NUMBER_TYPED, "number_typed", "a document number is given by the agent, and nobody types field '{1}'", "add 'document_number: {1}' to the action, or take the field out", "文号由前置程序编定，填写项“{1}”不由人填写", "请在该动作加“document_number: {1}”，或去掉该填写项") \
    /* conditions */ \
    X(TB_FAULT_NO_VALUES, "no_values", "a condition on '{1}' has no values", "add 'values: [...]'", "对“{1}”的条件没有取值", "请加“values: [……]”") \
    X(TB_FAULT_NOT_A_CHOICE, "not_a_choice", "'{1}' is not a choice of field '{2}'", "add it to the code list, or correct it", "“{1}”不是填写项“{2}”的选项", "请加入代码表，或改正") \
    X(TB_FAULT_NOT_A_VALUE, "not_a_value", "'{1}' can never be the value of field '{2}', of type {3}", "correct the value", "填写项“{2}”（类型{3}）不可能取值“{1}”", "请改正取值") \
    X(TB_FAULT_TEST_INCOMPLETE, "test_incomplete", "this test needs '{1}'", "add '{1}: ...'", "该条件须写明“{1}”", "请补写“{1}: ……”") \
    X(TB_FAULT_NO_ROLES, "no_roles", "a condition on roles names none", "add 'values: [ROLE, ...]'", "对角色的条件没有写明角色", "请加“values: [角色, ……]”") \
    X(TB_FAULT_STATE_NEVER, "state_never", "the case is never in state '{1}' here: the action does not come from it", "add it to 'from', or remove it", "此处办件不可能处于“{1}”：该动作不从该状态办理", "请加入from，或去掉") \
    X(TB_FAULT_ROLE_NEVER, "role_never", "role '{1}' can never be met here", "correct the role, or remove it", "此处不可能是角色“{1}”", "请改正或去掉") \
    X(TB_FAULT_SAME_ITSELF, "same_itself", "compares '{1}' with '{2}', which is always the same party", "name another position", "“{1}”与“{2}”始终是同一单位，比较没有意义", "请改写另一案内身份") \
    X(TB_FAULT_OPENER_NEVER, "opener_never", "role '{1}' may take it, and no way is for that role", "add a way for it, or take it out of 'by'", "角色“{1}”可以办理，但没有供其走的去向", "请为其增加去向，或从by中去掉") \
    X(TB_FAULT_COUNT_ZERO, "count_zero", "a condition counts to 0", "write 'count: 1' or more", "条件的次数为0", "请写“count: 1”或以上") \
    X(TB_FAULT_WITHIN_TYPE, "within_type", "field '{1}' holds no jurisdiction", "name a field of type province", "填写项“{1}”不是管辖地", "请指明省份类填写项") \
    X(TB_FAULT_LINKED_FIELD, "linked_field", "cases are linked by an indexed field; '{1}' is none", "write 'index: true' at the field", "办件按可检索的填写项关联，“{1}”不是", "请在该填写项写“index: true”") \
    X(TB_FAULT_CONTRADICTION, "contradiction", "can never hold together with the condition on line {1}", "correct one of the two", "与第{1}行的条件不可能同时成立", "请改正其中之一") \
    /* duties */ \
    X(TB_FAULT_LIMIT, "limit", "needs one limit: hours, days, working_days, due_date, due_field, stage, monthly or quarterly", "write exactly one of them", "须有且只有一个时限：hours、days、working_days、due_date、due_field、stage、monthly或quarterly", "请只写其中一个") \
    X(TB_FAULT_LIMIT_LONG, "limit_long", "has a limit of more than ten years", "shorten it", "时限超过十年", "请缩短") \
    X(TB_FAULT_BASIS, "basis", "its limit is a default, or has a basis in the plan: say which", "write 'default: true', or basis_zh and basis_en", "时限是系统默认还是方案规定，须写明其一", "请写“default: true”，或写basis_zh和basis_en") \
    X(TB_FAULT_ADOPTED_LAW, "adopted_law", "is no default, and headquarters need not adopt it", "remove 'adopted', or write 'default: true'", "不是系统默认时限，无须专项办采用", "请去掉adopted，或写“default: true”") \
    X(TB_FAULT_TO_ITSELF, "to_itself", "is always owed to oneself: '{1}' and '{2}' are one party", "name another debtor or creditor", "义务方与权利方总是同一单位：“{1}”与“{2}”", "请改正其中之一") \
    X(TB_FAULT_BEGINS_SIDE, "begins_side", "begins with '{1}', a side event", "let it begin with a step of the case, a request or a supervision", "由旁注“{1}”起算", "请改由办理动作、请求或督办起算") \
    X(TB_FAULT_SUPERVISES_KIND, "supervises_kind", "only a side event supervises", "write 'kind: side', or remove 'supervises'", "只有旁注可用于督办", "请写“kind: side”，或去掉supervises") \
    X(TB_FAULT_SUPERVISES_FIELD, "supervises_field", "supervises, and has no open field '{1}' of type {2} that must be given", "declare it and add it to the action with 'required: true'", "为督办，但没有必填的公开填写项“{1}”（类型{2}）", "请定义并加入该动作，写“required: true”") \
    X(TB_FAULT_SUPERVISES_DUTY, "supervises_duty", "supervises, and no duty begins with it", "add a duty: 'from: {1}', owed_by a position of kind field on 'supervised'", "为督办，但没有由它起算的应办事项", "请增加应办事项：from写“{1}”，owed_by写以supervised确定的身份") \
    X(TB_FAULT_DUE_FIELD, "due_field", "'{1}' is no open field of type date that '{2}' requires", "name one, with 'required: true' in that action", "“{1}”不是“{2}”必填的公开日期项", "请写该动作中“required: true”的日期项") \
    X(TB_FAULT_NO_UNTIL, "no_until", "nothing ends it (until)", "add 'until: [ACTION, ...]'", "没有使其完成的动作（until）", "请加“until: [办理动作, ……]”") \
    X(TB_FAULT_UNTIL_KIND, "until_kind", "ends with '{1}', which is neither a step of the case nor a side event", "name an action of 'kind: chain' or 'kind: side'", "完成动作“{1}”既不是办理步骤，也不是旁注", "请写“kind: chain”或“kind: side”的动作") \
    X(TB_FAULT_UNTIL_MIXED, "until_mixed", "ends with a step of the case and with a side event", "keep one kind: a step fulfils it for whoever owes it, a side event for its author", "完成动作既有办理步骤又有旁注", "请只保留一种：办理步骤不论由谁办理均算完成，旁注只算作出者完成") \
    X(TB_FAULT_UNTIL_MANY, "until_many", "'{1}' each owe it, and it ends with a step of the one that holds the case", "let it end with an action of 'kind: side' that each of them may do", "“{1}”各自承担，而完成动作是承办单位一家的办理步骤", "请以各方均可办理的“kind: side”动作完成") \
    X(TB_FAULT_DUTY_NOT_TOLD, "duty_not_told", "'{1}' each owe it and are not told by '{2}', with which it begins", "add them to 'copies' of that action", "“{1}”各自承担，但起算动作“{2}”不抄送", "请加入该动作的copies") \
    X(TB_FAULT_BESIDE_ENDS_IN, "beside_ends_in", "a side event fulfils it, which not everybody who judges a take-over has seen: its lapse is no ground for one", "leave out 'ends_in', or let a step of the case end it", "以旁注完成，而判定接管的各方未必都已收到旁注，其超期不能作为接管的理由", "请去掉ends_in，或改以办理步骤完成") \
    X(TB_FAULT_UNTIL_NEVER, "until_never", "none of what ends it can happen after '{1}'", "add ways that lead there, or name another end", "在“{1}”之后不可能出现其完成动作", "请增加去向，或改写完成动作") \
    X(TB_FAULT_BEGIN_UNSEEN, "begin_unseen", "'{1}' is owed it and learns of '{2}', with which it begins, only when it is over: nobody could record its lapse", "add it to 'copies' of that action, or let the duty begin with an act '{1}' is shown, or name another creditor", "权利方“{1}”要到事项办结才知道其起算动作“{2}”，超期无人能够记录", "请加入该动作的copies，或改以“{1}”能够收到的动作起算，或改写权利方") \
    X(TB_FAULT_END_UNSEEN, "end_unseen", "'{1}' is owed it and is not always shown '{2}', which ends it: a lapse could be recorded of what was done", "add it to 'copies' of that action, or leave the action out of 'until'", "权利方“{1}”未必收到其完成动作“{2}”，已办的可能被记为超期", "请加入该动作的copies，或从until中去掉该动作") \
    X(TB_FAULT_RELEASE_UNSEEN, "release_unseen", "'{1}' is owed it and is not shown '{2}', a take-over that releases its debtor", "add it to 'copies' of that take-over, or name the take-over in 'outlives' of the duty", "权利方“{1}”收不到解除其承担责任的接管“{2}”", "请加入该接管的copies，或在应办事项的outlives中写明该接管") \
    X(TB_FAULT_OUTLIVES_KIND, "outlives_kind", "outlives '{1}', which is no take-over", "name an action of 'kind: take-over'", "outlives中的“{1}”不是接管", "请写“kind: take-over”的动作") \
    X(TB_FAULT_DEBTOR_CANNOT, "debtor_cannot", "'{1}' owes it and may take none of the actions that end it", "add it to 'by' of one of them, or name another debtor", "义务方“{1}”不能办理任何一个完成动作", "请加入其中之一的by，或改写义务方") \
    X(TB_FAULT_LAPSE_KIND, "lapse_kind", "its {2} '{1}' is not a side event", "name an action of 'kind: side'", "{2}的动作“{1}”不是旁注", "请写“kind: side”的动作") \
    X(TB_FAULT_LAPSE_BY, "lapse_by", "its {3} '{1}' may not be recorded by its creditor '{2}'", "add the creditor to 'by' of that action", "{3}的动作“{1}”不能由权利方“{2}”作出", "请将权利方加入该动作的by") \
    X(TB_FAULT_LAPSE_FIELD, "lapse_field", "its {3} '{1}' has no open field '{2}' of the type that is needed", "declare it (duty: choice, due: time, upto and calendar: count, debtor: party) and add it to that action", "{3}的动作“{1}”没有所需类型的公开填写项“{2}”", "请定义（事项choice、期限time、已收至和日历版本count、义务方party）并加入该动作") \
    X(TB_FAULT_LAPSE_CHOICE, "lapse_choice", "is not a choice of field '{1}'", "add it to that field's code list", "不是填写项“{1}”的选项", "请加入该项的代码表") \
    X(TB_FAULT_NOTICE_LIMIT, "notice_limit", "its {1} needs one of hours, days and working_days, above 0 and at most ten years", "write exactly one of them", "{1}须写明hours、days、working_days之一，大于0且不超过十年", "请只写其中一个") \
    X(TB_FAULT_REMIND_NEVER, "remind_never", "is reminded of no later than it begins", "remind later, or leave 'remind' out", "提醒时间不晚于事项起算", "请推后提醒，或去掉remind") \
    X(TB_FAULT_WORD_TWICE, "word_twice", "'{1}' would say two different things of the duty", "name an action of its own for each of lapse, remind, escalate, withdraw_lapse and redate", "“{1}”被用于同一事项的两种记录", "lapse、remind、escalate、withdraw_lapse、redate请各用一个动作") \
    X(TB_FAULT_ENDS_IN_KIND, "ends_in_kind", "ends in '{1}', which is no take-over", "name an action of 'kind: take-over'", "超期后的“{1}”不是接管动作", "请写“kind: take-over”的动作") \
    X(TB_FAULT_SETTLE_NOTHING, "settle_nothing", "says the end of what is escalated, and is never escalated", "add 'escalate', or leave 'settle' out", "没有escalate，却要告知其办结", "请加escalate，或去掉settle") \
    X(TB_FAULT_NO_LAPSE, "no_lapse", "nothing says how its lapse is recorded", "write 'lapse: ACTION', or use a common part whose words name it", "未写明如何记录超期", "请写“lapse: 动作”，或在uses中引用写明words的共用部分") \
    /* common parts */ \
    X(TB_FAULT_USES_UNKNOWN, "uses_unknown", "common part '{1}' is not declared", "declare it under common, or correct the name", "共用部分“{1}”未定义", "请在common中定义，或改正名称") \
    X(TB_FAULT_COMMON_UNUSED, "common_unused", "no case type uses it", "write 'uses: [{1}]' in a case type, or remove it", "没有办件类型引用", "请在办件类型中写“uses: [{1}]”，或去掉") \
    X(TB_FAULT_COMMON_POSITION, "common_position", "no case type that uses it has the position '{1}'", "correct the name, or leave it out", "引用它的办件类型都没有案内身份“{1}”", "请改正名称，或去掉") \
    /* other cases that an act opens */ \
    X(TB_FAULT_OPENS_KIND, "opens_kind", "only a step of the case or a take-over opens another case", "move 'opens' to an action of 'kind: chain' or 'take-over'", "只有办理步骤或接管可以开启另一办件", "请把opens移到“kind: chain”或“take-over”的动作上") \
    X(TB_FAULT_OPENS_TWICE, "opens_twice", "opens a case of type '{1}' twice", "keep one of them", "两次开启类型为“{1}”的办件", "请只保留一处") \
    X(TB_FAULT_OPENS_ROLE, "opens_role", "'{1}' may take it, and may not open the other case by '{2}'", "add its role to 'by' of that opening, or let others act here", "“{1}”可办本动作，但不能以“{2}”开启另一办件", "请将其角色加入该开启动作的by，或改由他方办理") \
    X(TB_FAULT_OPENS_PARENT, "opens_parent", "'{1}' is no indexed field of type case that the opening of the other case takes", "declare it there with 'type: case, index: true' and add it to the fields of its opening", "“{1}”不是另一办件开启时填写的、可检索的办件类填写项", "请在该办件类型定义“type: case, index: true”，并加入其开启动作的fields") \
    X(TB_FAULT_OPENS_FIELD, "opens_field", "field '{1}' is not taken by '{2}' of the other case", "add it to the fields of that opening, or do not copy it", "另一办件的“{2}”不填写“{1}”", "请加入该开启动作的fields，或不复制") \
    X(TB_FAULT_OPENS_TYPE, "opens_type", "fields '{1}' and '{2}' are of different types, or have other choices", "copy a field of the same type and code list", "填写项“{1}”与“{2}”的类型或代码表不同", "请复制类型和代码表相同的填写项") \
    X(TB_FAULT_OPENS_UNSEALED, "opens_unsealed", "copies field '{1}', sealed in group '{2}', into the open field '{3}'", "put that field into a group whose readers may all read the first", "将密封在信息组“{2}”的“{1}”复制到公开的“{3}”", "请将后者归入信息组，其可读各方均须可读前者") \
    X(TB_FAULT_OPENS_READER, "opens_reader", "copies field '{1}' of group '{2}' to where '{3}' reads it, and nothing shows that it may", "take it out of the readers there, or let the same position read both; the field it is found by is copied and never changed", "将信息组“{2}”的“{1}”复制到“{3}”可读之处，而不能断定其可读", "请在该处readers中去掉，或让同一方在两处均可读，确定该方的填写项须一并复制且此后不变") \
    X(TB_FAULT_OPENS_MISSING, "opens_missing", "opens the other case by '{1}' without its field '{2}', which must be given", "copy a field to it, or do not require it there", "以“{1}”开启另一办件时缺少必填的“{2}”", "请复制一个填写项过去，或在该处不作必填") \
    /* lists */ \
    X(TB_FAULT_LIST_NO_STATE, "list_no_state", "needs states in which an entry is listed, and in which it is removed", "write 'listed_in: [...]' and 'removed_in: [...]'", "须写明列入和移出名单的状态", "请写“listed_in: [……]”和“removed_in: [……]”") \
    X(TB_FAULT_LIST_BOTH, "list_both", "in state '{1}' an entry is both listed and removed", "leave it at one of them", "状态“{1}”既算列入又算移出", "请只保留一处") \
    X(TB_FAULT_LIST_NO_KEY, "list_no_key", "nothing says what an entry is found by", "write 'keys: [{fields: [...]}]'", "没有写明按什么查询", "请写“keys: [{fields: [……]}]”") \
    X(TB_FAULT_LIST_PROVINCE, "list_province", "holds within a province, and no field of type province says which", "write 'province: FIELD', or 'scope: national'", "按省份适用，但没有指明省份类填写项", "请写“province: 填写项”，或写“scope: national”") \
    X(TB_FAULT_LIST_UNREADABLE, "list_unreadable", "is searched by field '{1}' of group '{2}', which its subscriber '{3}' cannot read", "add the subscriber to the group's readers, or search by another field", "按信息组“{2}”的“{1}”查询，但订阅方“{3}”不能读", "请将订阅方加入该组readers，或改用其他填写项") \
    X(TB_FAULT_LIST_NO_SUBSCRIBER, "list_no_subscriber", "nobody keeps a copy of it", "name who does: 'subscribers: [...]'", "没有订阅方", "请写明：“subscribers: [……]”") \
    X(TB_FAULT_LIST_NOT_TOLD, "list_not_told", "subscriber '{1}' is not told by '{2}', which changes the list", "add it to 'copies' of that action", "“{2}”改变名单，但不抄送订阅方“{1}”", "请加入该动作的copies") \
    X(TB_FAULT_LIST_BRAKE, "list_brake", "its brake needs a count and hours above 0", "write 'brake: {count: 20, hours: 24}'", "限量须写明大于0的条数和小时数", "请写“brake: {count: 20, hours: 24}”") \
    X(TB_FAULT_LIST_KEY_TWICE, "list_key_twice", "this key has the fields of another one", "keep one of them", "该查询项与另一项的填写项相同", "请只保留一处") \
    X(TB_FAULT_LIST_SCOPE, "list_scope", "holds everywhere, and yet '{1}' says in which province", "write 'scope: province', or leave 'province' out", "名单全国适用，却以“{1}”限定省份", "请写“scope: province”，或去掉province") \
    X(TB_FAULT_LIST_UNCONFIRMED, "list_unconfirmed", "'{1}' changes the list and has no field '{2}', so that nobody could go beyond the brake", "declare the field and add it to the action", "“{1}”改变名单而没有填写项“{2}”，达到限量后无法复核", "请定义该填写项并加入该动作") \
    X(TB_FAULT_LIST_RECEIPT_KIND, "list_receipt_kind", "the receipt of a removal, '{1}', is no side event", "name an action of 'kind: side'", "移出回执“{1}”不是旁注", "请写“kind: side”的动作") \
    X(TB_FAULT_LIST_RECEIPT_BY, "list_receipt_by", "subscriber '{2}' may not do '{1}', the receipt of a removal", "add it to 'by' of that action", "订阅方“{2}”不能办理移出回执“{1}”", "请加入该动作的by") \
    X(TB_FAULT_LIST_RECEIPT_OWED, "list_receipt_owed", "subscriber '{1}' owes no receipt: no duty of it ends with '{2}'", "add a duty: owed_by that position, until that action", "订阅方“{1}”没有以“{2}”完成的应办事项", "请增加应办事项：owed_by写该方，until写该动作") \
    X(TB_FAULT_DUE_DAY, "due_day", "'{1}' is on no day there is", "write a day from 1 to 31, and for a quarter a month from 1 to 3", "“{1}”所指日期不存在", "日（day）为1至31，季度内的月（month）为1至3") \
    X(TB_FAULT_DUE_BEFORE, "due_before", "is due on {1}, before {2} begins on {3}", "set a later limit, or correct the stage", "期限{1}早于{2}的开始日期{3}", "请推后期限，或改正阶段") \
    X(TB_FAULT_DUTY_TEST, "duty_test", "a duty cannot depend on who acts, on a state, or on what one party alone knows", "let it depend on open fields or dates; name other actions in 'from'", "应办事项的条件不能涉及办理人、状态或仅一方所知的情况", "请改用公开的填写项或日期；起算动作写在from中") \
    /* parameters, stages, dates */ \
    X(TB_FAULT_PARAMETER_VALUE, "parameter_value", "its value '{1}' is no {2}", "write one, or set it with: tongbao campaign set FILE --parameter {3}=VALUE", "取值“{1}”不符合类型{2}", "请填写实际取值，或用 tongbao campaign set 文件 --parameter {3}=值 代入") \
    X(TB_FAULT_PARAMETER_UNKNOWN, "parameter_unknown", "'{1}' is no parameter", "declare it under parameters, or correct the name", "“{1}”不是已定义的参数", "请在parameters中定义，或改正名称") \
    X(TB_FAULT_PARAMETER_UNUSED, "parameter_unused", "stands nowhere in the definition", "write ${{1}} where it is meant, or remove it", "定义中没有用到", "请在应代入之处写${{1}}，或去掉该参数") \
    X(TB_FAULT_PLACEHOLDER, "placeholder", "the year is not set: '{1}'", "write the year, or a parameter such as ${year}", "年份尚未填写：“{1}”", "请填写年份，或写成参数，如${year}") \
    X(TB_FAULT_CALENDAR_YEAR, "calendar_year", "'{1}' is no year", "write years such as 2019 in 'calendar'", "“{1}”不是年份", "请在calendar中写年份，如2019") \
    X(TB_FAULT_CALENDAR_UNSAID, "calendar_unsaid", "it counts by the table 'calendar' and does not say of which years", "add a line like 'calendar: [\"2015\", \"2016\"]': the years of its days and of what is due after them", "按参考表calendar计算工作日，却未写明年度", "请补写一行，如“calendar: [\"2015\", \"2016\"]”，列出期限内及其后到期事项所在的年度") \
    X(TB_FAULT_CALENDAR_SHORT, "calendar_short", "{1} lies beyond the calendar: {2} is not among the years in 'calendar', and working days of it would be judged by weekday alone", "add {2} to 'calendar', and have a calendar table signed that knows that year (ops/tables/README.md)", "{1}超出工作日历：calendar未列{2}年，该年工作日只能按星期判定", "请在calendar中加上{2}，并签发含该年的工作日历（见ops/tables/README.md）") \
    X(TB_FAULT_STAGE_UNKNOWN, "stage_unknown", "stage '{1}' is not declared", "declare it under stages, or correct the name", "阶段“{1}”未定义", "请在stages中定义，或改正名称") \
    X(TB_FAULT_STAGE_OUTSIDE, "stage_outside", "lies outside the campaign, which runs from {1} to {2}", "correct the days of one of the two", "超出专项行动期限（{1}至{2}）", "请改正其中之一的日期") \
    X(TB_FAULT_COUNTS_UNTIL, "counts_until", "counts until {1}, which is not between {2} and {3}", "write a day within, or leave it out", "计入统计的截止日期{1}不在{2}至{3}之间", "请填写期限内的日期，或不写") \
    X(TB_FAULT_OUTSIDE_USELESS, "outside_useless", "'outside' has no use without stages", "name the stages: 'stages: [...]', or remove it", "未写明阶段，outside没有用处", "请写“stages: [……]”，或去掉") \
    X(TB_FAULT_TIME_FIELD, "time_field", "field '{1}' holds no date and no time", "name a field of type date or time, or none for the event's own time", "填写项“{1}”不是日期或时间", "请指明日期类或时间类的填写项；以办理时间为准的不写field") \
    /* look-ups */ \
    X(TB_FAULT_LOOKUP_UNKNOWN, "lookup_unknown", "look-up '{1}' is not declared", "declare it under lookups, or correct the name", "查找表“{1}”未定义", "请在lookups中定义，或改正名称") \
    X(TB_FAULT_LOOKUP_MISSING, "lookup_missing", "names no look-up", "add 'lookup: ...'", "未指明查找表", "请加“lookup: ……”") \
    X(TB_FAULT_LOOKUP_FIELD, "lookup_field", "field '{1}' is not chosen from the code list '{2}' of the look-up", "name a field of type choice with that list", "填写项“{1}”不是从查找表的代码表“{2}”中选择", "请指明使用该代码表的选项类填写项") \
    X(TB_FAULT_LOOKUP_NO_ROW, "lookup_no_row", "choice '{1}' has no row: nobody is concerned with it", "add '- {value: \"{1}\", role: ...}'", "选项“{1}”没有对应行，无人负责", "请加“- {value: \"{1}\", role: ……}”") \
    X(TB_FAULT_LOOKUP_VALUE, "lookup_value", "'{1}' is not a choice of '{2}'", "add it to the code list, or correct it", "“{1}”不是代码表“{2}”的选项", "请加入代码表，或改正") \
    X(TB_FAULT_LOOKUP_ROW, "lookup_row", "a row names one role or one position", "write 'role: ...' or 'position: ...'", "每行应写一个角色或一个案内身份", "请写“role: ……”或“position: ……”") \
    X(TB_FAULT_LOOKUP_ROLE, "lookup_role", "role '{1}' has a party for each jurisdiction: which of them is not said", "name a position of kind role-of-field instead", "角色“{1}”每个管辖地各有一个单位，未指明是哪一个", "请改用role-of-field的案内身份") \
    X(TB_FAULT_LOOKUP_NESTED, "lookup_nested", "position '{1}' is looked up itself", "name the role, or a position of another kind", "案内身份“{1}”本身也是查表所得", "请写角色，或其他种类的案内身份") \
    /* rules of a field */ \
    X(TB_FAULT_RULE_TYPE, "rule_type", "'{1}' goes with type {2}, and with no other", "remove it, or choose that type", "“{1}”只适用于类型{2}", "请去掉，或改用该类型") \
    X(TB_FAULT_RULE_RANGE, "rule_range", "no number is at least {1} and at most {2}", "put min and max in order", "没有不小于{1}且不大于{2}的数", "请按大小填写min和max") \
    X(TB_FAULT_RULE_NONE, "rule_none", "'{1}: 0' would let nothing be written, and is read as no bound", "write the greatest allowed, or leave {1} out", "“{1}: 0”等于不许填写，系统按不设上限处理", "请写允许的最大值，或去掉{1}") \
    X(TB_FAULT_RULE_LENGTH, "rule_length", "no text may be longer than {1} bytes", "write a smaller max_length", "任何文字均不得超过{1}字节", "请写较小的max_length") \
    X(TB_FAULT_RULE_TOTAL, "rule_total", "'{1}' is no open field of type count, or this one is sealed", "compare two open counts", "“{1}”不是公开的数量类填写项，或本项为密封", "请用两个公开的数量类填写项比较") \
    /* measures and reports */ \
    X(TB_FAULT_CASE_TYPE_UNKNOWN, "case_type_unknown", "case type '{1}' is not declared", "declare it under case_types, or correct the name", "办件类型“{1}”未定义", "请在case_types中定义，或改正名称") \
    X(TB_FAULT_MEASURE_FORM, "measure_form", "a measure is counted in one way: counts (with sums or distinct if wanted), hours, ratio, lapses or declared", "write exactly one of them", "指标只能有一种算法：counts（可加sums或distinct）、hours、ratio、lapses或declared", "请只写其中一种") \
    X(TB_FAULT_MEASURE_SIDE, "measure_side", "counts '{1}', which is no step of the case", "name actions of kind open, chain or take-over", "统计的“{1}”不是办理步骤", "请写open、chain或take-over类的办理动作") \
    X(TB_FAULT_MEASURE_TEST, "measure_test", "a figure cannot hang on what one party alone knows", "use conditions on open fields, positions or states", "指标不能取决于仅一方知道的情况", "请用公开填写项、案内身份或状态作条件") \
    X(TB_FAULT_MEASURE_SEALED, "measure_sealed", "field '{1}' is sealed in group '{2}', which the party that counts need not read", "write 'at:' with a position that is a reader of the group", "填写项“{1}”密封在信息组“{2}”中，统计单位未必可读", "请用“at:”写明该组的可读方") \
    X(TB_FAULT_MEASURE_SUM, "measure_sum", "only a field of type count can be summed, '{1}' is none", "name a field of type count", "只能对类型为count的填写项求和，“{1}”不是", "请指明类型为count的填写项") \
    X(TB_FAULT_MEASURE_UNKNOWN, "measure_unknown", "measure '{1}' is not declared", "declare it under measures, or correct the name", "指标“{1}”未定义", "请在measures中定义，或改正名称") \
    X(TB_FAULT_MEASURE_PART, "measure_part", "a ratio is of two counted measures, '{1}' is none", "name measures with counts", "比率须由两个计数指标组成，“{1}”不是", "请写有counts的指标") \
    X(TB_FAULT_MEASURE_USELESS, "measure_useless", "'{1}' has no use in this measure", "remove it", "“{1}”在此指标中没有用处", "请去掉") \
    X(TB_FAULT_REPORT_RHYTHM, "report_rhythm", "is owed by a rhythm (every) or by dates: say which", "write every, first, last and due, or dates", "须写明按周期（every）还是按日期（dates）报送", "请写every、first、last、due，或只写dates") \
    X(TB_FAULT_REPORT_PERIOD, "report_period", "'{2}' is no period of this rhythm: '{1}'", "write it as 2015-01, 2015-Q1, 2015-H1 or 2015, as 'every' says", "“{2}”不是该周期的报告期：“{1}”", "请按every写成2015-01、2015-Q1、2015-H1或2015") \
    X(TB_FAULT_REPORT_ORDER, "report_order", "its last period '{2}' is before its first '{1}'", "put first and last in order", "最后报告期“{2}”早于最初报告期“{1}”", "请按先后填写first和last") \
    X(TB_FAULT_REPORT_DUE, "report_due", "the due day must come after the period", "write 'due: {months_after: 1, day: 15}', with 1 to 12 months and a day from 1 to 31", "报送期限须在报告期之后", "请写“due: {months_after: 1, day: 15}”，月数1至12，日1至31") \
    X(TB_FAULT_REPORT_DATES, "report_dates", "its date '{2}' stands behind '{1}', which is later", "write the dates in order", "日期“{2}”写在更晚的“{1}”之后", "请按先后填写日期") \
    X(TB_FAULT_SUMMARY_EARLY, "summary_early", "is due before the report '{1}' that it puts together", "let it be due on the same day of the same month or later", "报送期限早于所汇总的报告“{1}”", "请将汇总报告的期限定在所汇总报告的期限当日或之后") \
    X(TB_FAULT_REPORT_DATE_MONTH, "report_date_month", "figures are counted by whole months, and '{1}' is not the last day of one", "choose the last day of a month, or report declared measures only", "指标按整月统计，“{1}”不是月末", "请改为月末日期，或只报填报的指标") \
    X(TB_FAULT_REPORT_FILE, "report_file", "its case type has no action 'file' of 'kind: open'", "add one: filing is what opens a report", "其办件类型没有“kind: open”的file动作", "请增加：报送即开启报告") \
    X(TB_FAULT_REPORT_FIELD, "report_field", "its 'file' lacks the field of type '{1}' that a report needs", "add it: {id: period, type: period, index: true}, open; {id: figures, type: figures, compute: figures}", "其file动作缺少报告必需的“{1}”类填写项", "请增加：公开的{id: period, type: period, index: true}；{id: figures, type: figures, compute: figures}") \
    X(TB_FAULT_REPORT_NOBODY, "report_nobody", "role '{1}' owes it and may not file it", "add the role to 'by' of the action 'file'", "角色“{1}”应当报送，却不能办理file", "请将该角色加入file动作的by") \
    X(TB_FAULT_REPORT_UNOWED, "report_unowed", "nobody owes it", "name the roles that do: 'owed_by: [...]'", "没有应报送的单位", "请写明应报送的角色：“owed_by: [……]”") \
    X(TB_FAULT_REPORT_STATE, "report_state", "two of file, accept, return and revise lead to state '{1}', so that it does not say how the report stands", "give each a state of its own", "file、accept、return、revise中有两个通向状态“{1}”，无法判明报告状态", "请各用不同状态") \
    X(TB_FAULT_REPORT_DECLARED, "report_declared", "measure '{1}' is typed in, and the case type has no field of this id and of type declared", "add {id: {1}, type: declared} and put it among the fields of 'file'", "指标“{1}”由人填报，而办件类型没有同名的declared类填写项", "请增加同名、类型为declared的填写项，并列入file的fields") \
    X(TB_FAULT_REPORT_TYPE_TWICE, "report_type_twice", "case type '{1}' is that of report '{2}' already", "give each report a case type of its own", "办件类型“{1}”已用于报告“{2}”", "请为每种报告各设办件类型") \
    X(TB_FAULT_JUDGED_MEASURE, "judged_measure", "'{1}' is no ratio among the report's measures", "judge a ratio that the report has", "“{1}”不是该报告中的比率指标", "请写该报告中的比率指标") \
    X(TB_FAULT_JUDGED_THRESHOLD, "judged_threshold", "a threshold is a share of at most one", "write 'at_least: {numerator: 9, denominator: 10}'", "达标线应为不大于一的分数", "请写“at_least: {numerator: 9, denominator: 10}”") \
    X(TB_FAULT_RECONCILE_MEASURE, "reconcile_measure", "'{1}' is not a count among the report's measures, told apart by one field of type province or party", "name a measure of the report that counts events 'by' the other side's province or party", "“{1}”不是该报告中按对方省份或单位(一个province或party类填写项)分组的计数指标", "请写该报告中按对方省份或单位分组计数的指标") \
    X(TB_FAULT_RECONCILE_TYPE, "reconcile_type", "measures '{1}' and '{2}' do not count the same kind of case", "reconcile two measures of one case type, both told apart by provinces or both by parties", "指标“{1}”与“{2}”统计的不是同一类办件或分组方式不同", "请用同一办件类型、同为按省份或同为按单位分组的两个指标对账") \
    X(TB_FAULT_RECONCILE_ITSELF, "reconcile_itself", "holds '{1}' against itself: what one party sent, the other must count in its own way", "name in 'received' what the other party counts", "“{1}”与其自身对账，没有意义", "请在received中写对方所统计的指标") \
    X(TB_FAULT_RECONCILE_SETTLE, "reconcile_settle", "'{1}' is no side action of case type '{2}' with a required field", "name one, with the field that says why: {id: explain, kind: side, fields: [{field: reason, required: true}]}", "“{1}”不是办件类型“{2}”的、带必填项的side动作", "请指明一个side动作，并设说明原因的必填项") \
    X(TB_FAULT_SUMMARY_OF, "summary_of", "'{1}' is no report of the same periods that is owed to a role which owes this one", "name a report with the same every, first and last, owed to who files this summary", "“{1}”不是报告期相同、且报给本汇总报告报送单位的报告", "请写every、first、last相同，且报给汇总单位的报告") \
    X(TB_FAULT_SUMMARY_MEASURE, "summary_measure", "measure '{1}' is not in the report '{2}' that is put together", "add it there, or leave it out here", "所汇总的报告“{2}”没有指标“{1}”", "请在该报告中增加，或在此去掉") \
    X(TB_FAULT_SUMMARY_JUDGED, "summary_judged", "a summary has no judged figures and no reconciliations", "leave them to the report it puts together", "汇总报告不设达标线和对账", "请在所汇总的报告中规定") \
    X(TB_FAULT_LAPSES_DUTY, "lapses_duty", "'{1}' is no duty of case type '{2}'", "name duties of the case type", "“{1}”不是办件类型“{2}”的应办事项", "请写该办件类型的应办事项") \
    X(TB_FAULT_RECONCILE_SUM, "reconcile_sum", "'{1}' is not a figure of this report that adds up over parties", "name a measure of the report that is declared, counted or a ratio; not hours, not distinct values", "“{1}”不是该报告中可在各单位间相加的指标", "请写该报告中填报的、计数的或比率的指标，不能是时长或不重复值") \
    X(TB_FAULT_RECONCILE_ROLE, "reconcile_role", "role '{1}' does not owe this report", "name roles of its 'owed_by'", "角色“{1}”不报送此报告", "请写owed_by中的角色") \
    X(TB_FAULT_RECONCILE_ROLES, "reconcile_roles", "a whole is held against its parts: two different roles are named", "write both 'whole_role: ROLE' and 'parts_role: ROLE', or neither", "整体与部分对账须写两个不同的角色", "请同时写whole_role和parts_role，或都不写") \
    X(TB_FAULT_RECONCILE_RATIO, "reconcile_ratio", "one of '{1}' and '{2}' is a ratio and the other is not", "hold numbers against numbers, ratios against ratios", "“{1}”与“{2}”一个是比率、一个不是", "请以数对数、以比率对比率") \
    X(TB_FAULT_FIGURE_USELESS, "figure_useless", "'{1}' has no use in this field", "remove it, or write 'compute: measure' (and 'filed_in: REPORT' for so_far)", "“{1}”在此填写项中没有用处", "请去掉，或写“compute: measure”（so_far须有filed_in）") \
    X(TB_FAULT_FIGURE_MEASURE, "figure_measure", "measure '{1}' cannot be taken into a case: it is none that is counted, or does not add up over reports", "name one with counts, sums or lapses; with 'filed_in' also one that is declared or a ratio", "指标“{1}”不能取入办件：不是计数得出的，或在各报告间不能相加", "请写有counts、sums或lapses的指标；有filed_in时也可写填报的或比率指标") \
    X(TB_FAULT_FIGURE_REPORT, "figure_report", "'{1}' is no report that has measure '{2}'", "name a report, no summary, among whose measures it is", "“{1}”不是含有指标“{2}”的报告", "请写含有该指标的报告（不能是汇总报告）") \
    X(TB_FAULT_FIGURE_ABOUT, "figure_about", "field '{1}' does not tell apart what measure '{2}' is told apart by", "let it be of the type of the measure's one 'by' field (of lapses, and of reporters: party), or leave 'about' out", "填写项“{1}”与指标“{2}”的分组不相应", "其类型应与指标唯一的by填写项相同（超期记录和报送单位为party），或不写about") \
    X(TB_FAULT_FIGURE_OVER, "figure_over", "the figure does not say over which period: '{1}' is no field of type period", "add {id: period, type: period} and 'over: period'", "未写明统计期间：“{1}”不是类型为period的填写项", "请增加{id: period, type: period}，并写“over: period”") \
    X(TB_FAULT_FIGURE_APART, "figure_apart", "action '{1}' sets '{2}', which the figure is about, and not the figure", "add the figure to the action's fields, or take '{2}' off them", "办理动作“{1}”填写了统计所据的“{2}”，却未包含该统计项", "请在该动作中增加该统计项，或去掉“{2}”") \
    X(TB_FAULT_FIGURE_SIDE, "figure_side", "side action '{1}' states the figure, and is no step of the case", "let a step of kind open or chain state it", "旁注动作“{1}”不是办理步骤，不能包含统计项", "请由open或chain类的办理动作包含该统计项") \
    X(TB_FAULT_SCORE_FIELD, "score_field", "'{1}' is no counted figure of this case type", "name a field with 'compute: measure': nobody is judged by what somebody typed", "“{1}”不是该办件类型的统计项", "请写有“compute: measure”的填写项，评估不以人工填写的数为据") \
    X(TB_FAULT_SCORE_THRESHOLD, "score_threshold", "a row has one threshold, and its denominator is not 0", "write 'at_least: {numerator: 90, denominator: 100}', or 'at_most: ...', or none", "一行只有一条达标线，且分母不为零", "请写“at_least: {numerator: 90, denominator: 100}”或“at_most: ……”，或都不写") \
    X(TB_FAULT_SCORE_RATIO, "score_ratio", "'{1}' and '{2}' are not both numbers", "let both be of type count; a ratio stands alone", "“{1}”和“{2}”不都是数", "两项均应为count类型；比率单独成行") \
    X(TB_FAULT_SCORE_DEFAULTS, "score_defaults", "measure '{1}' counts lapses under default limits too, which do not score", "name one with 'scoring: true', or leave the threshold out", "指标“{1}”包含系统默认时限下的超期，不作评分依据", "请写有“scoring: true”的指标，或去掉达标线") \
    X(TB_FAULT_LABEL_ZH, "label_zh", "its Chinese label (zh) has no Chinese in it: '{1}'", "write it in Chinese", "中文名称（zh）中没有汉字：“{1}”", "请用中文书写") \
    X(TB_FAULT_LABEL_EN, "label_en", "its English label (en) is Chinese: '{1}'", "write it in English", "英文名称（en）写成了中文：“{1}”", "请用英文书写") \
    X(TB_FAULT_LABEL_TWICE, "label_twice", "is called '{1}', and so is '{2}': people could not tell them apart", "give one of them another label", "名称“{1}”与“{2}”相同，无法区分", "请为其中一个另取名称") \
    X(TB_FAULT_ENTRY_TWICE, "entry_twice", "'{2}' stands in '{1}' twice", "keep one of them", "“{2}”在“{1}”中写了两次", "请只保留一处") \
    X(TB_FAULT_ODD_CHARACTER, "odd_character", "YAML does not take this for what it looks like: {1}", "{2}", "YAML不认此处的写法：{3}", "冒号、逗号用半角，其后加一个半角空格；缩进只用半角空格") \
    X(TB_FAULT_TABLE_UNKNOWN, "table_unknown", "'{1}' is no reference table", "use one of: calendar, segments, provinces", "没有名为“{1}”的参考表", "可用：calendar、segments、provinces") \
    X(TB_FAULT_HOURS_NEVER, "hours_never", "'{2}' never comes after '{1}': there is nothing to measure", "put from and to in order", "“{2}”不会在“{1}”之后发生，无可统计", "请按先后填写from和to") \
    X(TB_FAULT_RATIO_ITSELF, "ratio_itself", "a measure over itself is always one", "name another measure in 'of' or 'to'", "指标与自身之比恒为一", "请在of或to中写另一指标") \
    X(TB_FAULT_REPORT_OUTSIDE, "report_outside", "'{1}' lies outside the campaign, which runs from {2} to {3}", "correct the days of one of the two", "“{1}”超出专项行动期限（{2}至{3}）", "请改正其中之一的日期") \
    X(TB_FAULT_REPORT_TO, "report_to", "'file' hands it to nobody of role '{1}', to which it is owed", "hand it over or copy it to a position of that role", "file动作没有将报告交给应接收的角色“{1}”", "请移交或抄送该角色的案内身份") \
    X(TB_FAULT_NAME_OTHER, "name_other", "the document is signed as '{1}', the definition says '{2}'", "sign it under the definition's own id and version", "文件以“{1}”签名，而定义写的是“{2}”", "请以定义中的标识和版本签名")
/* clang-format on */

#endif
