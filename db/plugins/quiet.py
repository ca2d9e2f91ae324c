"""An address that leads nowhere is answered without a traceback.

Where ``rich`` is installed Datasette prints one with all local variables for every error answer, 404 included: half a
second and some hundred lines in the log for each request of a crawler. Without it only bugs leave a traceback.
"""

import datasette.handle_exception
from pluggy import HookimplMarker

hookimpl = HookimplMarker("datasette")


@hookimpl
def startup() -> None:
    """Hide ``rich`` from Datasette: its exception handler runs whatever other plugins answer."""
    datasette.handle_exception.rich = None
