"""The stories of a whole city on postgres."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from stories import main  # noqa: E402

sys.exit(main("postgres"))
