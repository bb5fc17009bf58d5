"""The answers to a template that is a form, as a new topic's form sends them."""

from typing import Annotated

from pydantic import StringConstraints

from forum.web.params import Params

LONGEST_ANSWER = 4000  # characters
Answer = Annotated[str, StringConstraints(max_length=LONGEST_ANSWER)]
ANSWERS = tuple(f"answer_{n}" for n in range(10))


class FormFields(Params):
    """By the place of their fields in the form."""

    template: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,19}$")] = ""
    answer_0: Answer = ""
    answer_1: Answer = ""
    answer_2: Answer = ""
    answer_3: Answer = ""
    answer_4: Answer = ""
    answer_5: Answer = ""
    answer_6: Answer = ""
    answer_7: Answer = ""
    answer_8: Answer = ""
    answer_9: Answer = ""
