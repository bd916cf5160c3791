//! Texts of choices, blanks, orders, pairs and essays.

use super::Text;

texts! {
    KIND_FILL: "填空题", "Fill in";
    KIND_ORDERING: "排序题", "Put in order";
    KIND_MATCHING: "配对题", "Match";
    KIND_ESSAY: "调查报告", "Report";

    HINT_ONE: "选一项，提交前可以修改", "Choose one; you can change it until you hand in";
    HINT_MANY: "选出全部正确的选项，提交前可以修改", "Choose all that are right; you can change them until you hand in";
    HINT_TRUTH: "判断对错，提交前可以修改", "Right or wrong? You can change it until you hand in";
    CLEAR: "清除选择", "Clear the choice";

    HINT_FILL: "在空格里填写。数字用阿拉伯数字、汉字都可以，单位可写可不写", "Fill in the blanks. Arabic and Chinese numerals both count; the unit may be left out";
    BLANK: "第 {} 空", "Blank {}";

    HINT_ORDER: "按先后排列：拖动左边的手柄，或用“上移”“下移”按钮；键盘可按 Alt 加上下方向键", "Put them in order: drag the handle, use the up and down buttons, or press Alt with an arrow key";
    MOVE_UP: "上移：{}", "Move up: {}";
    MOVE_DOWN: "下移：{}", "Move down: {}";
    GRIP: "拖动：{}", "Drag: {}";
    MOVED: "“{}”移到第 {} 位，共 {} 位", "“{}” moved to place {} of {}";
    STANDS: "“{}”在第 {} 位，共 {} 位，按上下方向键移动", "“{}” is at place {} of {}; the arrow keys move it";
    AT_TOP: "“{}”已经在最前", "“{}” is the first already";
    AT_END: "“{}”已经在最后", "“{}” is the last already";
    ORDER_OPEN: "还没有作答：移动步骤，或者按下面的按钮", "Not answered yet: move a step, or press the button below";
    ORDER_GIVEN: "已按现在的顺序作答，可以继续调整", "Answered with the order as it stands; you can still move steps";
    SETTLE: "就按这个顺序", "This order is right";
    ORDER_CLEAR: "清除作答，恢复原来的顺序", "Clear the answer and restore the first order";

    HINT_MATCH: "给每一项选出对应的内容。同一内容可以选多次，也可能用不上", "Choose what belongs to each. One may be chosen several times or not at all";
    PICK: "请选择", "Please choose";

    HINT_ESSAY: "写 {}–{} 字，空格和换行不计。由评委评阅", "Write {} to {} characters; spaces and line breaks do not count. Jurors will mark it";
    ESSAY_TEXT: "正文", "Your text";
    ESSAY_COUNT: "已写 {} 字", "{} characters";
    ESSAY_EMPTY: "还没有写", "Nothing written yet";
    ESSAY_SHORT: "不到最低字数", "Below the least length";
    ESSAY_FITS: "字数符合要求", "Length as asked for";
    ESSAY_LONG: "超过最高字数，请删减", "Above the greatest length; please shorten it";
    RUBRIC: "评分要点，共 {} 分", "What is marked, {} points in all";
    POINTS_N: "{} 分", "{} points";

    YOUR_ANSWER: "你的答案", "Your answer";
    RIGHT_ANSWER: "正确答案", "Right answer";
    ALSO_RIGHT: "也算对", "Right as well";
    CHOSEN: "你选的", "Your choice";
    NOTHING: "没有作答", "Not answered";
    YOUR_ORDER: "你的顺序", "Your order";
    KEY_ORDER: "正确顺序", "Right order";
    PARALLEL: "以下 {} 步先后不限", "These {} steps may stand in any order";
    STEP_BEFORE: "应在“{}”之前", "Belongs before “{}”";
    STEP_AFTER: "应在“{}”之后", "Belongs after “{}”";
    STEP_RIGHT: "次序正确", "In order";
    STEP_WRONG: "次序不对", "Not in order";
    STEP_MISSING: "没有排入", "Left out";
    AWAITING: "由评委按评分要点评阅，评阅以后才有得分", "Jurors will mark it by these points; there is no score before that";
    ESSAY_TOLD: "共 {} 字，要求 {}–{} 字", "{} characters, asked for {} to {}";
}
