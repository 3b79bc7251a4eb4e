"""Label of a two-sided form -> the side it stands on.

Source: the 23 to 34 functional classes of the government budget classification (政府收支分类科目),
which only the expenditure side names, and the balance lines of either side.
"""

import re
from typing import Literal

from pipeline.text import fold, row_label

Side = Literal["income:", "expenditure:", ""]
_EXPENDITURE = re.compile(
    r"支出|^(?:一般公共服务|外交|国防|公共安全|教育|科学技术|文化|社会保障|社会保险基金|医疗卫生|卫生健康|节能环保|城乡社区"
    r"|农林水|交通运输|资源勘探|商业服务|金融|援助其他|自然资源|国土海洋|住房保障|粮油物资|灾害防治|预备费|债务|转移性"
    r"|抗疫特别国债|国有资本经营预算$|其他支出|结余分配|年末|年终|结转下年|按|人员经费|公用经费|基本|项目)"
)
_INCOME = re.compile(
    r"收入|拨款|^(?:一般公共预算|政府性基金|国有资本经营|财政专户|单位资金|使用非财政|用事业基金|年初|上年|动用|附属|上级补助)|资金$"
)


def side_of(label: str) -> Side:
    """The side of a label; empty where the words name neither (总计)."""
    folded = fold(row_label(label))
    income, expenditure = _INCOME.search(folded), _EXPENDITURE.search(folded)
    if expenditure and not re.search(r"^.*收入(?:合计|总计)?$", folded):
        return "expenditure:"
    return "income:" if income else ""
