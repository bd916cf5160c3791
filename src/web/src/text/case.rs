//! Texts of decisions on cases and mock inspections.

use super::Text;
use domain::kinds::branching::Criterion;

texts! {
    KIND_PENALTY: "适用法律与裁量", "Penalty decision";
    KIND_BRANCHING: "模拟执法", "Mock inspection";

    FACTS: "案情", "Facts of the case";
    PART_ONE: "选一项", "Choose one";
    PART_MANY: "可多选，选出全部正确的", "Choose all that apply";
    PART_AMOUNT: "只填一个数额，不写范围", "Fill in one amount, not a range";
    AMOUNT: "数额", "Amount";
    PARTS_DONE: "已作答 {} 项，共 {} 项", "{} of {} parts answered";

    PARTS: "逐项对照", "Part by part";
    PARTS_TOTAL: "得 {} 份，共 {} 份", "{} of {} shares";
    YOU_RIGHT: "你选了，正确", "You chose this; right";
    YOU_WRONG: "你选了，不正确", "You chose this; not right";
    YOU_MISSED: "你没有选，是正确答案", "You did not choose this; it is right";
    OTHERS: "其余选项错在哪里", "Why the other options are wrong";
    DECIDED: "你填的数额：", "Your amount: ";
    NOTHING: "没有填", "none";
    RANGE: "正确范围：{} 至 {}（含两端）", "Right range: {} to {}, both included";
    EXACT: "正确数额：{}", "Right amount: {}";
    MISTAKE: "容易错在：", "Often mistaken: ";

    NO_WAY_BACK: "每一步选定以后不能退回，请想好再选。", "A choice cannot be taken back: think first.";
    STEP: "第 {} 步", "Step {}";
    ENDING: "结局", "The end";
    HELD: "手里的证据：{} 件", "Evidence held: {}";
    HELD_NONE: "还没有取得证据。", "No evidence yet.";
    GAINED: "新取得：{}", "Newly gathered: {}";
    CHOOSE: "你怎么做？", "What do you do?";
    CASE_OVER: "案件到此结束", "The case ends here";
    WALKED: "走过的路：{} 步", "The path so far, steps: {}";
    TOOK: "你的选择：", "Your choice: ";

    SCORES: "七项得分", "The seven criteria";
    CRITERION: "评分项", "Criterion";
    EARNED: "得分", "Earned";
    POSSIBLE: "满分", "Possible";
    TOTAL: "合计", "Total";
    RADAR: "七项得分雷达图：{}。数字见旁边的表格。", "Radar chart of the seven criteria: {}. The table beside it has the numbers.";
    YOUR_PATH: "你走的路", "Your path";
    AWARD: "这一步得分：{}", "Earned here: {}";
    AWARD_NONE: "这一步没有得分", "Nothing earned here";
    IS_BEST: "最佳选择", "The best choice";
    NOT_BEST: "有更好的选择", "There was a better choice";
    OFF_PATH: "最佳路径不经过这里", "The best path does not come here";
    BEST_HERE: "这里的最佳选择：", "The best choice here: ";
    BEST_NEEDS: "你当时还不能这样选，因为没有取得：{}", "It was not open to you, for want of: {}";
    END_GOOD: "圆满办结", "A good end";
    END_BAD: "没有办成", "A bad end";
    NO_CHOICE: "没有作出选择。", "No choice was made.";
    UNFINISHED: "没有走到结局，已走的步骤照常计分。", "The end was not reached; the steps made count.";
    BEST_PATH: "最佳路径：{} 步", "The best path, steps: {}";
    BEST_WALKED: "你走的就是最佳路径。", "You took the best path.";

    ON_PLAN: "计划方案科学", "Sound plan";
    ON_CONDUCT: "行为规范标准", "Proper conduct";
    ON_PROCEDURE: "程序正确合法", "Lawful procedure";
    ON_EVIDENCE: "证据充分有效", "Sufficient evidence";
    ON_LAW: "适用法律正确", "Right application of law";
    ON_DOCUMENTS: "执法文书规范", "Proper documents";
    ON_DISCRETION: "自由裁量得当", "Fitting discretion";
}

/// The name of a criterion.
pub fn criterion(criterion: Criterion) -> Text {
    match criterion {
        Criterion::Plan => ON_PLAN,
        Criterion::Conduct => ON_CONDUCT,
        Criterion::Procedure => ON_PROCEDURE,
        Criterion::Evidence => ON_EVIDENCE,
        Criterion::Law => ON_LAW,
        Criterion::Documents => ON_DOCUMENTS,
        Criterion::Discretion => ON_DISCRETION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Lang;

    #[test]
    fn criteria_have_the_names_of_the_plan() {
        for one in Criterion::ALL {
            assert_eq!(criterion(one).get(Lang::Zh), one.name());
        }
    }
}
