"""The templates of the demo that are forms."""

from forum.accounts.models import User
from forum.boards.actions import keep_field, keep_template
from forum.boards.models import Category
from forum.boards.template_forms import FieldKind, FormField
from forum.demo import plan


def make_form(category: Category, template: plan.Template, *, actor: User) -> None:
    made = keep_template(category, name=template.name, body=template.intro, actor=actor)
    for each in template.fields:
        field = FormField(each.label, FieldKind(each.kind), each.help, each.required, tuple(each.choices))
        keep_field(category, made.id, field, actor=actor)
