"""The leader's view on sqlite."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from flow_stories import main  # noqa: E402

sys.exit(main("sqlite"))
