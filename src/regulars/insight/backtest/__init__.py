"""Which forecast can this shop trust? Every candidate, asked on several past days, against what then happened."""

from regulars.insight.backtest.choice import choose
from regulars.insight.backtest.outlook import Outlook, outlook
from regulars.insight.backtest.run import Backtest, Trial, backtest
from regulars.insight.candidates.choice import Choice

__all__ = ["Backtest", "Choice", "Outlook", "Trial", "backtest", "choose", "outlook"]
