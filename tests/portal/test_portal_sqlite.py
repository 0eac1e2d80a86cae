"""What a resident can do with the pages, without scripts, on sqlite."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from portal_stories import main  # noqa: E402

sys.exit(main('sqlite'))
