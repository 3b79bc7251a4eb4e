"""The words of the report in Chinese and English: forms, columns, dispositions, outcomes."""

from typing import Final

Words = tuple[str, str]

STATEMENTS: Final[dict[str, Words]] = {
    "income_expenditure_summary": ("收入支出总表", "Income and expenditure"),
    "income": ("收入表", "Income"),
    "expenditure": ("支出表", "Expenditure"),
    "appropriation_summary": ("财政拨款收入支出总表", "Fiscal appropriation"),
    "general_budget_expenditure": ("一般公共预算财政拨款支出表", "General budget expenditure"),
    "basic_expenditure": ("一般公共预算财政拨款基本支出表", "Basic expenditure"),
    "economic_summary": ("支出经济分类汇总表", "Expenditure by economic class"),
    "three_public": ("“三公”经费支出表", "Three public expenses"),
    "government_fund": ("政府性基金预算财政拨款收入支出表", "Government funds"),
    "state_capital": ("国有资本经营预算财政拨款支出表", "State capital budget"),
    "projects": ("项目支出表", "Projects"),
    "operating_expense": ("机构运行经费表", "Operating expenses"),
    "claim": ("情况说明", "Prose"),
    "evaluation": ("绩效表", "Performance"),
}
COLUMNS: Final[dict[str, Words]] = {
    "actual": ("实际完成值", "actual"),
    "adjusted_budget": ("全年预算数", "adjusted budget"),
    "affiliated": ("附属单位上缴收入", "from affiliated units"),
    "amount": ("金额", "amount"),
    "basic": ("基本支出", "basic"),
    "basic_capital": ("资本性支出", "capital"),
    "basic_goods": ("商品和服务支出", "goods and services"),
    "basic_individuals": ("对个人和家庭的补助", "individuals and families"),
    "basic_wages": ("工资福利支出", "wages and welfare"),
    "budget": ("预算数", "budget"),
    "carried_general_budget": ("结转一般公共预算", "general budget carried over"),
    "carried_government_fund": ("结转政府性基金", "government funds carried over"),
    "carried_over": ("上年结转", "carried over"),
    "carried_state_capital": ("结转国有资本", "state capital carried over"),
    "change": ("增减额", "change"),
    "change_rate": ("增减率", "change rate"),
    "closing": ("年末结转和结余", "closing balance"),
    "completion_rate": ("完成率", "completion rate"),
    "count": ("数量", "count"),
    "deviation": ("偏差", "deviation"),
    "executed": ("执行数", "executed"),
    "execution_rate": ("执行率", "execution rate"),
    "fiscal_account": ("财政专户", "fiscal account"),
    "fiscal_appropriation": ("财政拨款收入", "fiscal appropriation"),
    "general_budget": ("一般公共预算", "general budget"),
    "general_budget_appropriation": ("其中：财政拨款", "of which appropriation"),
    "government_fund": ("政府性基金", "government funds"),
    "income": ("本年收入", "income"),
    "initial_budget": ("年初预算数", "initial budget"),
    "meetings": ("会议费", "meetings"),
    "opening_basic": ("年初结转：基本支出", "opening, basic"),
    "opening_project": ("年初结转：项目支出", "opening, project"),
    "income_basic": ("本年收入：基本支出", "income for basic"),
    "income_project": ("本年收入：项目支出", "income for project"),
    "closing_basic": ("年末结转：基本支出", "closing, basic"),
    "closing_project": ("年末结转：项目支出", "closing, project"),
    "opening": ("年初结转和结余", "opening balance"),
    "operating": ("经营", "operating"),
    "operating_expense": ("机关运行经费", "operating expenses"),
    "other": ("其他收入", "other"),
    "overseas": ("因公出国（境）费", "travel abroad"),
    "personnel": ("人员经费", "personnel"),
    "project": ("项目支出", "project"),
    "project_operations": ("其他运转类", "operations"),
    "project_targeted": ("特定目标类", "targeted"),
    "public": ("公用经费", "public"),
    "reception": ("公务接待费", "reception"),
    "score": ("得分", "score"),
    "share": ("占比", "share"),
    "state_capital": ("国有资本经营预算", "state capital"),
    "superior_subsidy": ("上级补助收入", "superior subsidy"),
    "target": ("目标值", "target"),
    "to_affiliated": ("对附属单位补助支出", "to affiliated units"),
    "to_superior": ("上缴上级支出", "to superior"),
    "total": ("合计", "total"),
    "training": ("培训费", "training"),
    "undertaking": ("事业收入", "undertaking"),
    "unit_funds": ("单位资金", "unit funds"),
    "vehicle_operation": ("公务用车运行维护费", "vehicle operation"),
    "vehicle_purchase": ("公务用车购置费", "vehicle purchase"),
    "vehicles": ("公务用车购置及运行维护费", "vehicles"),
    "weight": ("分值", "weight"),
}
ROWS: Final[dict[str, Words]] = {
    "total": ("合计", "total"),
    "budget": ("预算数", "budget"),
    "actual": ("决算数", "final"),
    "personnel_total": ("人员经费合计", "personnel"),
    "public_total": ("公用经费合计", "public"),
}
SIDES: Final[dict[str, Words]] = {
    "income": ("收入", "Income"),
    "expenditure": ("支出", "Expenditure"),
}
REASONS: Final[dict[str, Words]] = {
    "ordinal": ("序号", "ordinal"),
    "row_ordinal": ("行次", "row number of the form"),
    "column_ordinal": ("栏次", "column number of the form"),
    "page_number": ("页码", "page number"),
    "contents": ("目录", "table of contents"),
    "duties": ("部门职责", "duties of the department"),
    "glossary": ("名词解释", "glossary"),
    "year": ("年度", "year"),
    "date": ("日期", "date"),
    "deadline": ("期限", "deadline"),
    "code": ("编码", "code"),
    "form_number": ("表号", "number of the form"),
    "document_number": ("文号", "document number"),
    "markup": ("标记", "markup"),
    "telephone": ("电话", "telephone"),
    "formula": ("公式", "formula"),
    "threshold": ("界限", "threshold"),
    "name": ("名称", "name"),
    "note": ("附注", "note"),
    "repeated": ("重复", "repeated"),
    "compared": ("上年或对比列", "another year or comparison"),
}
OUTCOMES: Final[dict[str, Words]] = {
    "fact": ("事实", "fact"),
    "excluded": ("已排除", "excluded"),
    "unplaced": ("未定栏", "unplaced"),
    "unexplained": ("未解释", "unexplained"),
}
SEVERITIES: Final[dict[str, Words]] = {
    "error": ("错误", "error"),
    "warning": ("存疑", "warning"),
    "info": ("提示", "info"),
}
ORIGINS: Final[dict[str, Words]] = {
    "document": ("文件本身的问题", "in the document itself"),
    "reading": ("读取存疑", "the reading is in doubt"),
    "undecided": ("来源未定", "undecided"),
}
STATUSES: Final[dict[str, Words]] = {
    "pass": ("相符", "holds"),
    "rounding_hint": ("尾差", "rounding"),
    "fail": ("不符", "fails"),
    "not_applicable": ("不适用", "not applicable"),
    "insufficient_data": ("数据不足", "not enough data"),
    "parse_error": ("无法读取", "cannot be read"),
}
KINDS: Final[dict[str, Words]] = {
    "final_accounts": ("部门决算", "final accounts"),
    "budget": ("部门预算", "budget"),
    "unknown": ("类型未定", "kind unknown"),
}
CHUNKS: Final[dict[str, Words]] = {
    "done": ("已读", "read"),
    "partial": ("部分读取", "partly read"),
    "failed": ("读取失败", "failed"),
    "unread": ("未读", "not read"),
}
READERS: Final[dict[str, Words]] = {
    "form": ("表式", "form"),
    "grammar": ("语法", "grammar"),
    "sequence": ("序列", "sequence"),
    "model": ("语言模型", "language model"),
    "ocr": ("文字识别", "OCR"),
    "human": ("人工更正", "corrected by a person"),
}
PLACED: Final[dict[str, Words]] = {
    "arithmetic": ("栏目由勾稽关系推定", "column settled by arithmetic"),
    "assumed_empty": ("栏目按空栏推定", "column settled by assuming empty cells"),
}


def words(table: dict[str, Words], name: str) -> Words:
    """Both names; an unknown name stands for itself."""
    return table.get(name, (name, name))
