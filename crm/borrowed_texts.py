"""What libraries say here and do not translate, or not well: our catalogues translate it."""

from django.utils.translation import gettext_noop as _

THEME = (
    _("Apply Filters"),
    _("Choose file to upload"),
    _("Click to download"),
    _("Dark"),
    _("Expand row"),
    _("False"),
    _("Go back"),
    _("Image preview"),
    _("Light"),
    _("Loading more results..."),
    _("More actions"),
    _("No recent searches"),
    _("No results found"),
    _("Recent searches"),
    _("Reset filters"),
    _("Run"),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("System"),
    _("Toggle password visibility"),
    _("True"),
    _("Type to search"),
    _("Welcome back to"),
    _("You have been successfully logged out from the administration"),
)
# Their translations bend the name of the model's kind in ways that not every kind bears.
ADMIN = (
    _("Add %s"),
    _("Change %s"),
    _("View %s"),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("You may edit it again below."),
)
API = (
    _("A valid biginteger is required."),
    _("Integer value too large to convert to float"),
    _("Invalid input."),
    _("Must be a valid UUID."),
    _("Must be a valid boolean."),
    _("Not a valid string."),
    _("Surrogate characters are not allowed: U+{code_point:X}."),
)
