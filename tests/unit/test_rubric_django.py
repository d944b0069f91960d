"""Services of Django: views that routes lead to, serializers that refuse, and a manage.py that nobody wrote."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, work

MANAGE = (
    "import sys\ndef main():\n    from django.core.management import execute_from_command_line\n"
    "    execute_from_command_line(sys.argv)\nmain()\n"
)
VIEWS = (
    "import pickle\nfrom rest_framework import serializers, status\nfrom rest_framework.response import Response\n"
    "from rest_framework.views import APIView\nMODEL = pickle.load(open('model.sav', 'rb'))\n"
    "class Row(serializers.Serializer):\n    rooms = serializers.IntegerField()\n"
    "class Answer(APIView):\n    def post(self, request):\n        rows = Row(data=request.data, many=True)\n"
    "        if rows.is_valid():\n            return Response(MODEL.predict(rows.data))\n"
    "        return Response(rows.errors, status=status.HTTP_400_BAD_REQUEST)\n"
)
ROUTES = (
    "from django.urls import path\nfrom answers import views\nurlpatterns = [path('ask', views.Answer.as_view())]\n"
)
OTHERS = (
    "from django.contrib import admin\nfrom django.urls import include, path\n"
    "urlpatterns = [path('admin/', admin.site.urls), path('', include('answers.urls'))]\n"
)
SITE = {"manage.py": MANAGE, "answers/views.py": VIEWS, "answers/urls.py": ROUTES, "site/urls.py": OTHERS}
READ = "        if rows.is_valid():\n            return Response(MODEL.predict(rows.data))\n"
UNCHECKED = READ.replace("        if rows.is_valid():\n    ", "").replace("rows.data", "request.data")
REFUSED = "        return Response(rows.errors, status=status.HTTP_400_BAD_REQUEST)\n"


def with_views(before: str, after: str) -> dict[str, str]:
    """Return the site with other views."""
    views = VIEWS.replace(before, after)
    assert views != VIEWS
    return {**SITE, "answers/views.py": views}


@pytest.mark.parametrize(
    ("criterion", "expected", "files"),
    [
        ("packaged", "met", SITE),
        ("packaged", "partly", with_views("MODEL.predict(rows.data)", "rows.data")),
        ("packaged", "not_applicable", {**SITE, "answers/urls.py": "urlpatterns = []\n"}),  # nothing leads to the view
        ("logging_and_errors", "not_met", SITE),
        ("logging_and_errors", "partly", with_views(READ, "        print(rows)\n" + READ)),
        ("configurable", "not_met", SITE),
        ("configurable", "met", with_views("'model.sav'", "sys.argv[1]")),
        ("input_validated", "met", SITE),
        ("input_validated", "met", with_views(READ + REFUSED, READ + "        else:\n    " + REFUSED)),
        (
            "input_validated",
            "met",
            with_views(READ + REFUSED, "        rows.is_valid(raise_exception=True)\n" + UNCHECKED),
        ),
        ("input_validated", "not_met", with_views(READ + REFUSED, "        rows.is_valid()\n" + UNCHECKED)),
    ],
)
def test_a_service_of_django_is_read_as_one(criterion: str, expected: str, files: dict[str, str]) -> None:
    found = finding(f"production_readiness.{criterion}", work(files))
    assert found.verdict == expected, found.reason
