"""Forms of reports: particulars, evidence, review and state."""

from apps.disclosures.forms.particulars import EvidenceForm, LogoForm, ParticularsForm
from apps.disclosures.forms.review import CommentForm, ReviewForm, WordsForm
from apps.disclosures.forms.state import SubmitForm, VerifyForm, WithdrawForm

__all__ = [
    "CommentForm",
    "EvidenceForm",
    "LogoForm",
    "ParticularsForm",
    "ReviewForm",
    "SubmitForm",
    "VerifyForm",
    "WithdrawForm",
    "WordsForm",
]
