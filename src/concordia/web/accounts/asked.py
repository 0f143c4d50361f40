"""Which fields of a form were asked for, so that those no form has can be noted (trust.md 5, no. 26)."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

_ALWAYS = {"csrfmiddlewaretoken", "next"}  # in every form, whether or not a page looks at them
_MOST, _LONGEST = 5, 40  # names that are noted, and signs of each


class Asked(QueryDict):
    """A form that remembers which of its fields somebody looked at."""

    def __init__(self, form: QueryDict) -> None:
        super().__init__(mutable=True, encoding=form.encoding)
        self.looked: set[str] = set(_ALWAYS)
        for name, values in form.lists():
            self.setlist(name, values)
        self._mutable = False

    def __getitem__(self, name: str) -> Any:
        self.looked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.looked.add(str(name))
        return super().__contains__(name)

    def getlist(self, key: str, default: Any = None) -> Any:
        """Every value of a field."""
        self.looked.add(key)
        return super().getlist(key, default)


def unasked(request: HttpRequest, response: HttpResponse) -> str:
    """The names of fields that were sent and that nobody looked at; empty when the form was refused or not read."""
    if response.status_code >= 400:
        return ""  # it may have been too large to read at all
    form = request.POST
    if not isinstance(form, Asked) or not form.looked - _ALWAYS:
        return ""
    names = sorted({name for name, _ in form.lists()} - form.looked)
    return ",".join(name[:_LONGEST] for name in names[:_MOST])
