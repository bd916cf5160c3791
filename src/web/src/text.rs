//! Every text of the interface, in both languages: a text that lacks one does not compile. The texts of exercises and exams
//! have tables of their own below.

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Chinese (zh-CN).
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language of `?lang=` in `query`, else the one remembered, else Chinese.
    pub fn choose(query: &str, remembered: Option<&str>) -> Self {
        let asked = crate::route::parameter(query, "lang");
        match asked.as_deref().or(remembered) {
            Some("en") => Self::En,
            _ => Self::Zh,
        }
    }

    /// The language tag (BCP 47).
    pub fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The content's text in this language; Chinese where it has no English.
    pub fn of(self, text: &wire::Bilingual) -> String {
        if self == Self::En && !text.en.is_empty() {
            text.en.clone()
        } else {
            text.zh.clone()
        }
    }
}

/// A text of the interface. `{}` stands for a value, see `Text::with`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    zh: &'static str,
    en: &'static str,
}

impl Text {
    /// The text in `lang`.
    pub fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }

    /// The text in `lang` with each `{}` replaced, in turn, by a value.
    pub fn with(self, lang: Lang, values: &[&dyn std::fmt::Display]) -> String {
        let mut parts = self.get(lang).split("{}");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for (place, part) in parts.enumerate() {
            if let Some(value) = values.get(place) {
                text.push_str(&value.to_string());
            }
            text.push_str(part);
        }
        text
    }
}

/// A moment by the clock on the wall in Shanghai: `2026-11-24 08:05`.
pub fn moment(ms: i64) -> String {
    let day = domain::time::Timestamp(ms).day();
    let minutes = (ms + 8 * 3_600_000).div_euclid(60_000);
    format!(
        "{day} {:02}:{:02}",
        minutes.div_euclid(60).rem_euclid(24),
        minutes.rem_euclid(60)
    )
}

/// Behind a moment: that it is doubtful, where it is.
pub fn doubt(doubtful: bool, lang: Lang) -> String {
    let words = doubtful.then(|| format!("（{}）", DOUBTFUL.get(lang)));
    words.unwrap_or_default()
}

macro_rules! texts {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        $(
            #[doc = $en]
            pub const $name: Text = Text { zh: $zh, en: $en };
        )*
        /// All of them, by name.
        #[cfg(test)]
        pub(super) const ALL: &[(&str, Text)] = &[$((stringify!($name), $name)),*];
    };
}

pub mod case;
pub mod choose;
pub mod exam;
pub mod organize;
pub mod spot;

texts! {
    APP: "安学", "Anxue";
    TAGLINE: "安全生产法规学习", "Work-safety learning";
    SKIP: "跳到正文", "Skip to content";
    NAV: "主导航", "Main";
    NAV_COURSES: "课程", "Courses";
    NAV_EXERCISES: "练兵", "Drills";
    UNIT_EXAM: "单元考试（自测 / 考核）", "Unit exam";
    COURSE_PASSED: "已通过考核，课程完成", "Assessment passed: course completed";
    COURSE_PASSED_SELF: "已通过自测，课程完成（自测不作为考核成绩）", "Self-test passed: course completed (no assessment)";
    NAV_HANDBOOK: "检查手册", "Handbook";
    NAV_RECORD: "我的记录", "My record";
    NAV_SETTINGS: "设置", "Settings";
    AND: "、", ", ";
    COLON: "：", ": ";
    LOADING: "正在打开……", "Loading…";
    RETRY: "再试一次", "Try again";
    BACK_HOME: "回到课程", "Back to the courses";

    OFFLINE_TITLE: "现在没有网络", "No network now";
    OFFLINE_BODY: "这一页还没有下载到本机。联网后再打开；已经保存的答案不受影响。", "This page is not on this device yet. Open it again with a network; stored answers are safe.";
    MISSING_TITLE: "没有这一页", "No such page";
    MISSING_BODY: "地址可能有误，或者内容已经调整。", "The address may be wrong, or the content has moved.";
    DAMAGED_TITLE: "内容文件损坏", "A content file is damaged";
    DAMAGED_BODY: "下载了两次，内容都与校验值不符。已经保存的答案不受影响。请稍后再试，或联系管理人员。", "It was fetched twice and does not match its checksum. Stored answers are safe. Try again later or tell the administrator.";
    NEWER_TITLE: "应用需要更新", "The app needs an update";
    NEWER_BODY: "内容是为新版本制作的。请刷新页面。", "The content was made for a newer version. Reload the page.";

    SAVED: "已保存在本机", "Saved on this device";
    SAVED_PENDING: "已保存在本机，{} 条待上传", "Saved on this device, {} to upload";
    SAVED_UNLINKED: "已保存在本机，尚未加入单位", "Saved on this device, no unit joined";
    SENDING: "正在上传 {} 条", "Uploading {}";
    SYNCED: "已保存，全部上传", "Saved, all uploaded";
    SYNC_OFFLINE: "已保存在本机，{} 条待上传，连上后自动上传", "Saved on this device, {} to upload once connected";
    SYNC_RELINK: "已保存在本机，需要重新加入单位后上传", "Saved on this device; join again to upload";
    SYNC_ERASED: "单位保存的数据已删除，记录只在本机", "The unit's copy was erased; the records are on this device only";
    SYNC_OPENING: "正在打开本机存储", "Opening storage";
    SYNC_REFUSED: "浏览器不允许保存，关闭页面后答案不保留", "The browser refuses storage: answers end with this page";
    SYNC_BROKEN: "本机存储打不开，现在不能答题", "Storage does not open: no answers now";
    SYNC_FULL: "上一步没有保存成功", "The last step was not saved";
    QUARANTINED: "，{} 条被退回", ", {} refused";

    REFUSED_TITLE: "浏览器不允许在本机保存", "The browser refuses storage";
    REFUSED_BODY: "可能是无痕模式，或者单位策略关闭了存储。可以看课程、做练习，但关闭页面后答案不保留。请换普通窗口或另一个浏览器。", "A private window or a policy may be the reason. You can read and practise, but answers end with this page. Use an ordinary window or another browser.";
    BROKEN_TITLE: "本机的学习记录打不开", "The records on this device do not open";
    BROKEN_BODY: "数据库可能损坏，或者由更新的版本写过。先导出能读出的记录；确认后可以清空重来。已经上传的记录在单位的服务器上，不受影响。", "The database may be damaged or was written by a newer version. Export what can be read first; then you may start anew. What was uploaded is safe on the unit's server.";
    BROKEN_EXPORT: "导出能读出的记录", "Export what can be read";
    BROKEN_ANEW: "清空，重新开始", "Clear and start anew";
    BROKEN_SURE: "确定清空本机的学习记录？没有上传、没有导出的会永久丢失。再按一次确认。", "Clear the records on this device? What was neither uploaded nor exported is lost for ever. Press again to confirm.";
    BROKEN_NONE: "一条也读不出来。", "Nothing can be read.";
    BROKEN_BUSY: "另一个标签页还开着本应用。请先关闭它。", "Another tab has the app open. Close it first.";
    FULL_BODY: "刚才的操作没有保存成功，可能是磁盘已满。请腾出空间后重做这一步；之前的答案都在。", "The last step was not saved; the disk may be full. Make room and do it again; earlier answers are safe.";
    INSECURE: "当前是普通 HTTP 网页：学习、保存、上传都可以，但断网时不能重新打开页面。离线启动需要 HTTPS。", "This is a plain HTTP page: you can study, save and upload, but not open the page without a network. Offline start needs HTTPS.";
    UPDATE_READY: "新版本已下载好。", "A new version is ready.";
    UPDATE_NOW: "更新", "Update";
    UPDATE_LATER: "还有没做完的题，做完再更新。", "Questions are still open in a tab; update afterwards.";

    HOME_TITLE: "安全生产学习", "Work-safety learning";
    HOME_LEAD: "课程、检查手册、练习，断网也能用。", "Courses, an inspection handbook and practice, with or without a network.";
    NEXT_START: "从这里开始", "Start here";
    NEXT_RESUME: "接着学", "Go on";
    COURSES: "课程", "Courses";
    KIND_ONBOARDING: "新进人员", "New inspectors";
    KIND_ROTATION: "轮训", "Rotation training";
    KIND_ENTERPRISE: "企业", "Enterprises";
    KIND_TOPIC: "专题", "Topics";
    KIND_OUTREACH: "五进宣传", "Outreach";
    HOURS: "{} 学时", "{} study hours";
    LESSONS_N: "{} 课", "{} lessons";
    ITEMS_N: "{} 题", "{} questions";
    DONE_N: "已学 {} / {} 课", "{} of {} lessons done";
    MINUTES_N: "{} 分钟", "{} min";
    HANDBOOK_LEAD: "到现场看什么、依据是什么、怎么处理", "What to check on site, on what basis, and what follows";

    OBJECTIVES: "学完以后", "Afterwards you can";
    LESSONS: "课程内容", "Lessons";
    LESSON_NO: "第 {} 课，共 {} 课", "Lesson {} of {}";
    COURSE_START: "开始学习", "Start";
    COURSE_GO_ON: "继续学习", "Go on";
    PRACTICE: "练习", "Practice";
    PRACTICE_BANK: "练习题库", "Practise the question bank";
    LESSON_DONE: "已学", "Done";
    LESSON_OPENED: "在学", "Begun";
    LESSON_MEANING: "这对你意味着什么", "What this means for you";
    LESSON_CITES: "本课依据", "Sources of this lesson";
    LESSON_NEXT: "学完了，下一课", "Done, next lesson";
    LESSON_LAST: "学完了，去练习", "Done, practise now";
    LESSON_CHECK: "想一想", "Check yourself";
    CONTENT_ZH: "", "Course content is in Chinese.";

    SINGLE: "单选题", "Single choice";
    MULTIPLE: "多选题", "Multiple choice";
    TRUE_FALSE: "判断题", "True or false";
    PLACE_OF: "第 {} 题，共 {} 题", "Question {} of {}";
    PICK_ONE: "选一项，选中即判分", "Choose one; it is marked at once";
    PICK_MANY: "选出全部正确的，再按“确定”", "Choose all that are right, then check";
    JUDGE: "判断对错", "Is this right?";
    TRUE: "对", "Right";
    FALSE: "错", "Wrong";
    CHECK: "确定", "Check";
    OUT_RIGHT: "答对了", "Right";
    OUT_WRONG: "答错了", "Wrong";
    OUT_INCOMPLETE: "选对了，但没选全", "Right, but not all";
    OUT_PARTIAL: "部分正确", "Partly right";
    OUT_AWAITING: "待评阅", "Awaiting marking";
    OUT_UNANSWERED: "没有作答", "Not answered";
    KEY_IS: "正确答案：{}", "Right answer: {}";
    IS_KEY: "正确", "Right";
    NOT_KEY: "不正确", "Not right";
    MISSED: "漏选", "Missed";
    EXPLANATION: "解析", "Explanation";
    LESSON_REVISED: "法规已修订，内容待复核", "The regulation was revised; this lesson is to be reviewed";
    LESSON_REVISED_MORE: "本课引用的法规已有新版本施行。学习时请以现行条文为准，相关题目已从新的练习和考试中撤下。",
        "A newer text of a regulation cited here is in force. Rely on the text in force; the items on it were taken out of new practice and exams.";
    BASIS: "依据", "Basis";
    BASIS_CITED: "原文未入库，未经逐条核对（{}）", "Text not at hand, not checked article by article ({})";
    BASIS_PRACTICE: "实务做法，没有法条依据：", "Good practice without a legal text: ";
    CERTAIN_HIGH: "可信度高", "high certainty";
    CERTAIN_MEDIUM: "可信度中", "medium certainty";
    CERTAIN_LOW: "可信度低", "low certainty";
    NEXT: "下一题", "Next question";
    FINISH: "看结果", "See the result";
    MODE_PRACTICE: "练习：随时看解析，不作为考核成绩", "Practice: explanations at once, no assessment";
    KEYS_HINT: "键盘：数字键选择，回车继续", "Keyboard: digits choose, Enter goes on";

    RESULT: "练习结果", "Result of the set";
    RESULT_RIGHT: "答对 {} 题，共 {} 题", "{} of {} right";
    RESULT_POINTS: "得分 {}，满分 {}", "{} of {} points";
    PROVISIONAL: "本机判分，未经服务器复核", "Marked on this device, not verified";
    VERIFIED: "服务器已复核", "Verified by the endpoint";
    VERIFIED_SOME: "服务器已复核 {} 题，其余待复核", "{} verified by the endpoint, the rest provisional";
    AGAIN: "再来一组", "Another set";
    AGAIN_WRONG: "再来一组，先做错题", "Another set, wrong ones first";
    REVIEW: "逐题回看", "Question by question";
    BACK_COURSE: "回到课程", "Back to the course";

    HANDBOOK: "九小场所检查手册", "Handbook of the nine small venues";
    VENUE_WRITING: "内容编写中", "Being written";
    CHECKS_N: "{} 项检查", "{} checks";
    VENUE_SCOPE: "适用范围", "Scope";
    CHECK_LOOK: "看什么", "What to look at";
    CHECK_HOW: "怎么查", "How";
    CHECK_VIOLATION: "违规的样子", "What a violation looks like";
    CHECK_AUTHORITY: "谁来定", "Who decides";
    CHECK_HANDOVER: "怎么处理", "What follows";
    CHECK_STOP: "立即停用", "Stop at once";
    VENUE_AID: "学习和工作参考，不是正式执法文书。", "A study and working aid, not an official document.";
    INSPECT_TITLE: "逐项检查", "Go through the checks";
    INSPECT_LEAD: "到现场一项一项看，标符合、不符合或不适用，最后得到一张检查结果清单。断网可用，只存在本机。", "Look at one check after the other on site, mark each, and get a list of findings at the end. Works offline; stays on this device.";
    INSPECT_NAME: "场所名称（可不填）", "Name of the place (optional)";
    INSPECT_BEGIN: "开始检查", "Begin";
    INSPECT_UNNAMED: "未填名称的场所", "Unnamed place";
    INSPECT_ROW: "{}：已查 {} / {}，不符合 {}", "{}: {} of {} looked at, {} not in order";
    INSPECT_DELETE: "删除", "Delete";
    INSPECT_SURE: "再按一次删除", "Press again to delete";
    INSPECT_DONE: "已查 {} / {} 项", "{} of {} looked at";
    INSPECT_PASS: "符合", "In order";
    INSPECT_FAIL: "不符合", "Not in order";
    INSPECT_NA: "不适用", "Not applicable";
    INSPECT_OPEN: "未检查", "Not looked at";
    INSPECT_HOW: "检查结果", "What was found";
    INSPECT_NOTE: "情况说明", "Note";
    INSPECT_BACK: "上一项", "Back";
    INSPECT_NEXT: "下一项", "Next";
    INSPECT_ALL: "全部检查项", "All checks";
    INSPECT_BACKGROUND: "依据和处理", "Basis and what follows";
    INSPECT_FINDINGS: "检查结果清单", "List of findings";
    INSPECT_HERE: "检查内容只存在这台设备的这个浏览器里，不会上传。", "What was found is in this browser on this device only and is not sent anywhere.";
    FINDINGS_AID: "学习和工作参考，不是执法文书，不能代替现场检查记录和责令改正指令书。", "A study and working aid, not an official document; it replaces no inspection record and no order.";
    FINDINGS_COUNTS: "不符合 {} 项，符合 {} 项，不适用 {} 项，未检查 {} 项", "{} not in order, {} in order, {} not applicable, {} not looked at";
    FINDINGS_FAILED: "不符合的项目", "Not in order";
    FINDINGS_NONE: "没有标为不符合的项目。", "Nothing was marked as not in order.";
    FINDINGS_OPEN: "未检查的项目", "Not looked at";
    FINDINGS_PASSED: "符合的项目", "In order";
    FINDINGS_NA: "不适用的项目", "Not applicable";
    FINDINGS_GONE: "手册里已经没有的项目", "No longer in the handbook";
    FINDINGS_CHANGED: "这一项的内容在检查之后更新过，请再核对。", "This check was reworded since; look again.";
    FINDINGS_COPY: "复制为文字", "Copy as text";
    FINDINGS_COPIED: "已复制。", "Copied.";
    FINDINGS_NOT_COPIED: "浏览器不允许复制，请在下面的框里选中文字复制。", "The browser does not allow it: select the text below and copy it.";
    FINDINGS_BACK: "回到检查", "Back to the checks";
    EXPAND: "全部展开", "Open all";
    COLLAPSE: "全部收起", "Close all";
    AUTH_EMERGENCY: "应急管理部门", "Emergency management";
    AUTH_FIRE: "消防救援机构", "Fire and rescue";
    AUTH_GAS: "燃气管理部门", "Gas department";
    AUTH_MARKET: "市场监管部门", "Market regulation";
    AUTH_POLICE: "公安机关", "Police";
    AUTH_CULTURE: "文化和旅游部门", "Culture and tourism";
    AUTH_HEALTH: "卫生健康部门", "Health";
    AUTH_EDUCATION: "教育部门", "Education";
    AUTH_HOUSING: "住房城乡建设部门", "Housing and construction";
    AUTH_TOWN: "乡镇、街道", "Town or sub-district";
    AUTH_CITY: "城市管理执法部门", "City management";

    SEARCH: "搜索", "Search";
    SEARCH_WORDS: "搜课程、检查手册和法规，可以用拼音首字母", "Words, or pinyin initials, in Chinese content";
    SEARCH_HINT: "例如：燃气报警、动火、aqscf（安全生产法）。几个词用空格隔开，都要出现。", "Several words must all occur. Initials work too: aqscf finds the Work Safety Law.";
    SEARCH_NONE: "没有找到。换一个说法，或者少写几个字。", "Nothing found. Try another word, or fewer.";
    SEARCH_COUNT: "找到 {} 处", "{} found";
    SEARCH_CUT: "只按前 60 个字搜索。", "Only the first 60 characters were used.";
    SEARCH_LESSONS: "课文", "Lessons";
    SEARCH_MORE: "显示其余 {} 处", "Show the other {}";
    REGS: "法规和标准", "Regulations and standards";
    REGS_ALL: "全部法规和标准", "All regulations and standards";
    REGS_LEAD: "共 {} 部，其中 {} 部的条文经过逐条核对。先看近两年施行的新文本，旧教材和旧文书最容易在这里出错。",
        "{} texts, {} of them checked article by article. First those that came into force in the last two years: old forms and courses go wrong there.";
    REGS_NEW: "近两年施行", "In force within two years";
    REGS_DATES: "文本 {} · 施行 {}", "Text of {} · in force {}";
    REGS_NO_TEXT: "原文未入库", "Text not at hand";
    REG_VERSION: "文本日期", "Date of the text";
    REG_EFFECTIVE: "施行日期", "In force from";
    REG_UNKNOWN: "未查明", "Not known";
    REG_STATUS: "状态", "Status";
    REG_IN_FORCE: "现行有效", "In force";
    REG_FUTURE: "尚未施行", "Not yet in force";
    REG_OLD: "已被 {} 文本替代", "Replaced by the text of {}";
    REG_ISSUER: "制定机关", "Issued by";
    REG_KIND: "类别", "Kind";
    REG_SOURCE: "官方发布处", "Official publication";
    REG_NOTE: "容易记错的地方", "Often mistaken";
    REG_CITED_AT: "引用处：{}", "Cited here: {}";
    REG_TEXT: "本应用不收录法规原文。请到官方发布处核对条文。", "The app does not carry the text itself. Check the article at the official publication.";
    REG_TEXT_OF: "{} 文本，本单位安装", "Text of {}, installed by your unit";
    REG_WHOLE: "全文（{} 条）", "The whole text ({} articles)";
    REG_ABSENT: "安装的文本里没有这一条，请到官方发布处核对。", "The installed text has no such article. Check it at the official publication.";
    REG_UNREACHED: "条文暂时打不开，请联网后再试。", "The article cannot be opened now. Try again with a network.";
    REG_NO_TEXT: "原文未入库，相关题目会注明。", "The text is not at hand; questions that rest on it say so.";
    KIND_LAW: "法律", "Law";
    KIND_ADMIN: "行政法规", "Administrative regulation";
    KIND_RULE: "部门规章", "Department rule";
    KIND_LOCAL: "地方性法规", "Local regulation";
    KIND_LOCAL_RULE: "地方政府规章", "Local government rule";
    KIND_JUDICIAL: "司法解释", "Judicial interpretation";
    KIND_STANDARD: "标准", "Standard";
    KIND_NORMATIVE: "规范性文件", "Normative document";

    RECORD: "我的记录", "My record";
    RECORD_HERE: "存在本机", "Stored here";
    RECORD_ACKED: "单位已确认收到", "Acknowledged by the unit";
    RECORD_PENDING: "等待上传", "Waiting to be sent";
    RECORD_UNIT: "{}，{}", "{}, {}";
    RECORD_NO_UNIT: "还没有加入单位。记录只在这台设备的这个浏览器里。", "No unit joined. The records are in this browser on this device only.";
    RECORD_JOIN: "加入单位", "Join a unit";
    RECORD_NO_ENDPOINT: "本站没有接收成绩的服务器，记录只存在本机。", "This site has no endpoint; the records stay on this device.";
    RECORD_SETS: "练习", "Practice sets";
    RECORD_NONE: "还没有练习记录。", "No practice yet.";
    RECORD_OPEN: "未做完", "Open";
    DOUBTFUL: "时间存疑", "time doubtful";
    DOUBTFUL_LEAD: "有 {} 条记录时间存疑：作答设备的时钟比服务器快一小时以上，已改按服务器收到的时间排序。请校准设备时间。", "The time of {} records is doubtful: the device's clock was more than an hour ahead of the endpoint's. They are ordered by when the endpoint received them. Please set the clock.";
    RECORD_FILE: "备份与搬家", "Backup and moving";
    RECORD_FILE_LEAD: "导出的文件包含全部学习记录，可在另一台设备上导入。", "The file holds all learning records; import it on another device.";
    RECORD_EXPORT: "导出记录", "Export records";
    RECORD_IMPORT: "导入记录文件", "Import a file of records";
    RECORD_COPY: "浏览器不让下载时，复制下面的文字保存：", "Where downloads are blocked, copy this text:";
    RECORD_SHOW_TEXT: "显示为文字", "Show as text";
    IMPORTED: "导入了 {} 条新记录。", "{} new records imported.";
    IMPORTED_APART: "导入了 {} 条记录，属于另一份档案，已单独存放。", "{} records imported; they belong to another profile and are kept apart.";
    IMPORT_FOREIGN: "这不是学习记录文件，什么也没有导入。", "This is no file of learning records; nothing was imported.";
    IMPORT_NEWER: "文件来自更新的版本，请先更新本应用。什么也没有导入。", "The file comes from a newer version; update the app first. Nothing was imported.";
    IMPORT_RECORD: "文件里第 {} 条记录读不出来，整个文件都没有导入。", "Record {} of the file cannot be read; nothing was imported.";
    IMPORT_FAILED: "没有保存成功，什么也没有导入。", "Not saved; nothing was imported.";
    IMPORT_LARGE: "文件读不出来，或者太大（上限 64 MB）。", "The file cannot be read or is too large (64 MB at most).";
    PROFILES: "本机的档案", "Profiles on this device";
    PROFILE_SWITCH: "切换", "Switch";
    PROFILE_CURRENT: "正在使用", "In use";
    QUARANTINE: "被服务器退回的记录", "Records that the endpoint refused";
    QUARANTINE_LEAD: "这些记录仍保存在本机，导出文件里也有。本应用更新后会自动重新上传一次。请把代码告诉管理人员。", "They are still here and in every export, and are sent once more after an update of this app. Tell the administrator the code.";
    QUARANTINE_RETRY: "重新上传", "Send again";

    JOIN: "加入单位", "Join a unit";
    JOIN_LEAD: "向单位的培训管理人员要单位码。加入后，学习记录会上传到单位。", "Ask the unit's training officer for its code. Your learning records are then sent to the unit.";
    JOIN_CODE: "单位码（10 位）", "Unit code (10 characters)";
    JOIN_NAME: "姓名", "Name";
    JOIN_STAFF: "工号（可不填）", "Staff number (optional)";
    JOIN_WHAT: "上传什么、给谁、存多久", "What is sent, to whom, for how long";
    JOIN_WHAT_BODY: "上传姓名、工号和学习记录（学了哪课、答了哪题、怎么答的、什么时间）。只给你加入的单位。保存到单位删除为止；在单位不再需要时，可以要求删除。", "Your name, staff number and learning records (which lesson, which question, which answer, when) go to the unit that you join and nobody else. They are kept until the unit deletes them; you can ask for that.";
    JOIN_BEFORE: "本机已有 {} 条记录，加入后一并上传。", "{} records of this device go up with it.";
    JOIN_CONSENT: "我已知悉，本机的这些记录是我本人的", "I have read this, and these records are my own";
    JOIN_DO: "加入", "Join";
    JOIN_BUSY: "正在加入……", "Joining…";
    JOINED: "已加入：{}", "Joined: {}";
    JOIN_OFFLINE: "连不上服务器，请稍后再试。什么也没有改变。", "The endpoint does not answer; try again later. Nothing changed.";
    JOIN_BAD_CODE: "单位码不对、已过期或名额已满。请核对，或向管理人员要新的。", "The code is wrong, expired or used up. Check it, or ask for a new one.";
    JOIN_BAD_NAME: "姓名要 1 到 40 个字。", "The name has 1 to 40 characters.";
    JOIN_CLAIMED: "这份档案已经加入过。换了浏览器的话，请向管理人员要关联码。", "This profile has joined already. On another browser ask the administrator for a link code.";
    JOIN_SLOW: "试的次数太多，请过几分钟再试。", "Too many tries; wait a few minutes.";
    JOIN_OTHER: "服务器没有接受（{}）。", "The endpoint did not accept it ({}).";
    JOIN_NOT_STORED: "已加入，但凭证没有存进本机。请腾出空间后再加入一次。", "Joined, but the token could not be stored here. Make room and join again.";
    JOIN_CONSENT_MISSING: "请先勾选确认。", "Please tick the box first.";

    LINK_TITLE: "另一台设备", "Another device";
    LINK_LEAD: "换手机、换电脑，或者同时用两台设备时，在这里取一个关联码，到另一台设备上输入或扫码，记录就会合在一起。", "For a new or a second device: make a code here and type or scan it there; the records come together.";
    LINK_MAKE: "取关联码", "Make a link code";
    LINK_CODE: "关联码", "Link code";
    LINK_UNTIL: "{} 前有效，只能用一次。不要发给别人。", "Valid until {}, and once. Give it to nobody else.";
    LINK_SCAN: "用另一台设备扫码，或者在它的“设置”里输入关联码", "Scan it with the other device, or type the code under its settings";
    LINK_HERE: "关联到我的档案", "Link to my profile";
    LINK_HERE_LEAD: "已经在别的设备上加入单位的，不用再加入一次。在那台设备的“设置”里取关联码，或者向管理人员要一个，在这里输入。", "If you have joined on another device, do not join again: make a link code under its settings, or ask the administrator for one, and type it here.";
    LINK_INSTEAD: "在别的设备上已经加入过？", "Joined on another device already?";
    LINK_TYPE: "关联码（10 位）", "Link code (10 characters)";
    LINK_BEFORE: "这个浏览器里已有 {} 条记录，是谁的？", "There are {} records in this browser. Whose are they?";
    LINK_MINE: "是我本人的，一起合并上传", "They are mine: put them together and send them";
    LINK_NOT_MINE: "不是我的，单独留在本机", "They are not mine: leave them apart on this device";
    LINK_WHOSE: "请先说明已有的记录是谁的。", "Please say first whose the records are.";
    LINK_BAD_CODE: "关联码不对、已用过或已过期（10 分钟）。请重新取一个。", "The code is wrong, used or older than ten minutes. Make a new one.";
    LINK_DO: "关联", "Link";
    LINK_BUSY: "正在关联……", "Linking…";
    LINKED: "已关联：{}，取回 {} 条记录", "Linked: {}; {} records came back";
    LEAVE_TITLE: "离开这台电脑", "Leave this computer";
    LEAVE_LEAD: "公用电脑用完请离开：先上传没有上传的记录，再删除这个浏览器里你的登录和记录。单位保存的记录不受影响。", "On a shared computer leave when you are done: what waits is sent first, then your token and records are removed from this browser. The unit's copy stays.";
    LEAVE_DO: "上传并离开", "Send and leave";
    LEAVE_UNSENT: "还有 {} 条记录只在这台设备上，没有上传成功。现在离开会永久丢失。请先联网上传或导出文件。", "{} records are on this device alone. Leaving now loses them for ever. Connect, or export a file first.";
    LEAVE_EXPORT: "去导出记录", "Export them";
    LEAVE_ALL_THE_SAME: "放弃这些记录，离开", "Give them up and leave";
    LEAVE_DONE: "已离开，这个浏览器里不再有你的记录。", "You have left; none of your records is in this browser.";
    LEAVE_FAILED: "没有完成，什么也没有删除。请再试一次。", "It was not done, nothing was removed. Try again.";
    HELD_TITLE: "单位保存的数据", "What the unit holds";
    HELD_LEAD: "可以导出单位服务器上关于你的全部数据，也可以要求删除。删除后不能恢复，成绩和证书依据随之消失；删除以前做的备份，到备份期满时删除。", "You can export everything that the unit's server holds on you, or have it erased. Erasure is final and takes the proof of results with it; backups made before keep it until they are thrown away.";
    HELD_EXPORT: "导出单位保存的数据", "Export what the unit holds";
    ERASE_DO: "删除单位保存的数据", "Erase what the unit holds";
    ERASE_SURE: "确定删除？单位将不再有你的任何学习记录和成绩。再按一次确认。", "Erase it? The unit will have no learning record and no result of yours. Press again to confirm.";
    ERASE_DONE: "单位保存的数据已删除。本机的记录还在，可以在“设置”里离开这台电脑时删除。", "The unit's copy was erased. The records here remain; leave this computer under settings to remove them.";
    SETTINGS: "设置", "Settings";
    LANGUAGE: "界面语言", "Language of the interface";
    STORAGE: "本机存储", "Storage on this device";
    STORAGE_LEAD: "浏览器空间不足时可能清理网站数据；Safari 七天不打开会清理。请求长期保存可以降低风险，导出文件最稳妥。", "A browser may clear site data when space is short, Safari after seven days without a visit. Asking it to keep the data helps; an exported file is safest.";
    PERSIST: "请求长期保存", "Ask to keep the data";
    PERSIST_YES: "浏览器已同意长期保存。", "The browser will keep the data.";
    PERSIST_NO: "浏览器没有同意。请定期导出记录。", "The browser did not agree. Export your records now and then.";
    VERSION: "版本", "Version";
    PRIVACY: "隐私说明", "Privacy";
    PRIVACY_1: "不登录也能学。学习记录先存在这台设备的浏览器里，不会自动发给任何人。", "You can study without signing in. Learning records lie in this browser and go to nobody by themselves.";
    PRIVACY_2: "用单位码加入后，姓名、单位、工号（如果填写）和学习记录会上传给该单位。没有别的个人信息，没有第三方统计，没有广告。", "Once you join with a unit code, your name, unit, staff number (if given) and learning records go to that unit. No other personal data, no third-party analytics, no advertising.";
    PRIVACY_3: "可以随时在“我的记录”里导出全部记录。单位保存的数据可以在下面导出或删除，也可以找单位的培训管理人员。", "You can export all records under ‘My record’ at any time. The unit's copy can be exported or erased below, or by its training officer.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_are_complete_and_take_the_same_values() {
        for (name, text) in [ALL, case::ALL, choose::ALL, exam::ALL, organize::ALL, spot::ALL].concat() {
            let holes = |text: &str| text.matches("{}").count();
            assert_eq!(holes(text.zh), holes(text.en), "{name}");
            assert!(
                !text.en.is_empty() && (!text.zh.is_empty() || name == "CONTENT_ZH"),
                "{name}"
            );
            let han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(!text.en.chars().any(han), "{name} has Chinese in its English");
        }
    }

    #[test]
    fn values_are_put_in_their_places() {
        assert_eq!(PLACE_OF.with(Lang::Zh, &[&3, &10]), "第 3 题，共 10 题");
        assert_eq!(PLACE_OF.with(Lang::En, &[&3, &10]), "Question 3 of 10");
        assert_eq!(Lang::choose("?a=1&lang=en", Some("zh-CN")), Lang::En);
        assert_eq!(Lang::choose("", Some("en")), Lang::En);
        assert_eq!(Lang::choose("?lang=fr", None), Lang::Zh);
    }
}
