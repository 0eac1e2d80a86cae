"""Open311 on a whole city, on postgres."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from checks import main  # noqa: E402

sys.exit(main("postgres"))
