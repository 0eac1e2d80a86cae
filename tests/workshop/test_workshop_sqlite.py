"""The workshop on sqlite."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from workshop_stories import main  # noqa: E402

sys.exit(main("sqlite"))
