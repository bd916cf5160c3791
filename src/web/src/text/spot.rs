//! Texts of hazard spotting and proofreading.

use super::Text;

texts! {
    KIND_HAZARD: "隐患排查", "Hazard spotting";
    KIND_PROOFREADING: "执法文书纠错", "Proofreading";

    HAZARD_RULE: "点图中的物件作标记，再选类别和依据。每找对一处 {} 分，类别 {} 分，依据 {} 分；错标一处扣 {} 分，扣完为止，最后折算成本题得分。", "Tap the objects to mark them, then choose category and ground. Each hazard found counts {}, its category {}, its ground {}; each object marked in vain takes {} away, never below zero; the sum is scaled to the question's points.";
    PROOF_RULE: "点有错的语句作标记，再选错误类型。每找对一处 {} 分，类型 {} 分；错标一处扣 {} 分，扣完为止，最后折算成本题得分。", "Press the faulty passages to mark them, then choose the kind of fault. Each fault found counts {}, its kind {}; each passage marked in vain takes {} away, never below zero; the sum is scaled to the question's points.";

    PICTURE: "现场图。不看图也能作答，见下面的“用列表作答”；放大后可用方向键移动。", "Picture of the scene. It can be answered without looking, see ‘Answer by list’ below; once enlarged, the arrow keys move it.";
    PICTURE_TOLD: "标出结果的现场图，文字说明在下面；放大后可用方向键移动。", "Picture of the scene with the results, which stand in words below; once enlarged, the arrow keys move it.";
    NEARER: "放大", "Enlarge";
    FARTHER: "缩小", "Make smaller";
    WHOLE: "全图", "Whole picture";
    BY_LIST: "用列表作答", "Answer by list";
    BY_LIST_HINT: "图中能标记的物件都在这里。勾选就是标记。", "All objects of the picture that can be marked. Ticking one marks it.";
    NOTHING_HERE: "这里没有可以标记的物件", "Nothing here can be marked";

    MARKS_NONE: "还没有标记", "Nothing marked yet";
    MARKS_N: "已标记 {} 处", "Marked: {}";
    CATEGORY: "类别", "Category";
    GROUND: "依据", "Ground";
    REASON: "错误类型", "Kind of fault";
    PLEASE_CHOOSE: "请选择", "Please choose";
    UNMARK: "取消标记", "Remove";
    UNMARK_OF: "取消标记第 {} 处：{}", "Remove mark {}: {}";
    SAID_MARKED: "已标记第 {} 处：{}", "Mark {}: {}";
    SAID_AT_ROW: "第 {} 处：{}，请选类别和依据", "Mark {}: {}. Choose category and ground";
    SAID_UNMARKED: "已取消：{}。现有 {} 处标记", "Removed: {}. Marks left: {}";

    FOUND: "找对", "Found";
    MISSED: "漏找", "Missed";
    FALSE_MARK: "错标", "Marked in vain";
    HAZARD_COUNTS: "找对 {} 处，漏找 {} 处，错标 {} 处；类别对 {} 处，依据对 {} 处。", "Found {}, missed {}, marked in vain {}; category right {}, ground right {}.";
    PROOF_COUNTS: "找对 {} 处，漏找 {} 处，错标 {} 处；错误类型对 {} 处。", "Found {}, missed {}, marked in vain {}; kind of fault right {}.";
    PARTS: "按计分规则得 {} 分，满分 {} 分。", "By the rule: {} of {}.";
    LOST: "错标扣 {} 分。", "Taken away for marks in vain: {}.";
    HAZARDS: "隐患（{} 处）", "Hazards ({})";
    FAULTS: "错误（{} 处）", "Faults ({})";
    IN_VAIN: "没有问题却被标记（{} 处）", "In order, but marked ({})";
    NO_FAULT_HERE: "这一处没有错误。", "There is no fault here.";
    WHY: "原因", "Why";
    CHOSE_RIGHT: "{}，选对", "{}: right";
    CHOSE_WRONG: "应为“{}”，选成了“{}”", "‘{}’ is right, ‘{}’ was chosen";
    CHOSE_NONE: "应为“{}”，没有选", "‘{}’ is right, nothing was chosen";
    STOOD: "原文", "It says";
    SHOULD_SAY: "应写成", "It should say";
}
